"""Hides secrets by value: everything that is stored or printed passes a `Redactor`."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

_SHORTEST = 6
"""A secret shorter than this is not searched for: it would blot out ordinary words."""


class Redactor:
    """Replaces every secret it has been told of, plain, base64 (at any alignment) or URL-encoded, by `$NAME`."""

    def __init__(self) -> None:
        self._replacements: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._bytes: re.Pattern[bytes] | None = None

    def add(self, secret: str, name: str) -> None:
        """Hides `secret` from now on; `name` says which it was."""
        if len(secret) < _SHORTEST:
            return
        for form in _forms(secret):
            self._replacements.setdefault(form, f"${name}")
        longest_first = sorted(self._replacements, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        encoded = {form.encode("utf-8", "surrogateescape") for form in self._replacements}
        self._bytes = re.compile(b"|".join(map(re.escape, sorted(encoded, key=len, reverse=True))))

    def text(self, text: str) -> str:
        """Returns `text` without secrets."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self._replacements[match.group()], text)

    def data(self, data: bytes) -> bytes:
        """Returns `data` without secrets; the very same object if there are none."""
        if self._bytes is None or self._bytes.search(data) is None:
            return data
        return self._bytes.sub(
            lambda match: self._replacements[match.group().decode("utf-8", "surrogateescape")].encode(), data
        )

    def value(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Returns a JSON value without secrets, in names and in strings."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(item) for key, item in value.items()}
        return value


def _forms(secret: str) -> set[str]:
    forms = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    data = secret.encode("utf-8", "surrogateescape")
    for shift in range(3):
        # Inside a longer base64 text the secret starts at one of three alignments; the characters that share bits
        # with its neighbours are left out.
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        start = -(-shift * 8 // 6)
        end = (shift + len(data)) * 8 // 6
        core = encoded[start:end]
        forms |= {core, core.replace("+", "-").replace("/", "_"), quote(core, safe="")}
    return {form for form in forms if len(form) >= _SHORTEST}
