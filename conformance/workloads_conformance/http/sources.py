"""The source of a run's token: an environment variable, a file, or client credentials, as the settings say."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.output import Redactor
from workloads_conformance.settings import Settings
from workloads_reports import GivenError, given_text

from .credentials import ClientCredentials, TokenEndpoint
from .tokens import EARLY, PAUSE, SHELL_NAME, USUAL_LIFE, NoTokenError, TokenSource, claims, hide_token, is_jwt, is_word
from .wire import Wire

_LARGEST = 2**20
"""Bytes of a file with a token."""


class FixedToken:
    """A token from an environment variable, or from a file, which is read again when the token is near its end."""

    def __init__(self, text: str, shell_name: str, redactor: Redactor, path: Path | None = None) -> None:
        self.shell_name = shell_name
        self.renews = path is not None
        self._redactor, self._path = redactor, path
        self.first = self._token = self._word(text)
        self._read_again = time.time() + PAUSE
        self.adopt(self.first)

    def _word(self, text: str) -> str:
        token = text.strip()
        if not is_word(token):
            where = self._path or "$" + self.shell_name
            raise UsageError(f"the token in {where} is empty or no single printable word.")
        hide_token(self._redactor, token, self.shell_name)
        return token

    async def token(self) -> str:
        """Returns the token; a file is read again at 0.8 of its life, and the token kept if that has none."""
        now = time.time()
        if self.renews and now >= self._read_again:
            self._read_again = now + PAUSE
            with contextlib.suppress(NoTokenError):
                if (token := await self.another()) != self._token and is_jwt(token) == is_jwt(self.first):
                    self.adopt(token)
        return self._token

    async def another(self) -> str:
        """Returns what is in the file now."""
        if self._path is None:
            raise NoTokenError(f"${self.shell_name} holds no other", may_change=False)
        try:
            return self._word(_read(self._path))
        except UsageError as error:
            raise NoTokenError(str(error).rstrip("."), may_change=True) from None

    def adopt(self, token: str) -> None:
        """Takes a token, and reads the file again at 0.8 of its life."""
        self._token = token
        now, said = time.time(), claims(token)
        begins, ends = _number(said.get("iat"), now), _number(said.get("exp"), now + USUAL_LIFE)
        self._read_again = max(now + PAUSE, begins + EARLY * (ends - begins))


def token_source(
    settings: Settings, environ: Mapping[str, str], wire: Wire, redactor: Redactor, endpoint: TokenEndpoint
) -> TokenSource:
    """Returns the source that the settings name; client credentials are exchanged at `endpoint`."""
    if settings.token_env:
        return FixedToken(environ[settings.token_env], settings.token_env, redactor)
    if settings.token_file:
        return FixedToken(_read(settings.token_file), SHELL_NAME, redactor, settings.token_file)
    assert settings.client_id
    assert settings.client_secret_env
    client = (settings.client_id, environ[settings.client_secret_env].strip())
    return ClientCredentials(wire, redactor, client, endpoint, patience=settings.settle)


def _number(said: object, otherwise: float) -> float:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else otherwise


def _read(path: Path) -> str:
    try:
        return given_text(path, _LARGEST)
    except GivenError as error:
        raise UsageError(f"token-file {str(path)!r} {error}; give a file that holds one token.") from None
