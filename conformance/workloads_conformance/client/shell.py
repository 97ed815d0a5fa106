"""A request as a curl command to paste: the token as `$NAME`, an odd body from a file beside the report."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path

from .messages import Exchange, Request
from .redaction import Redactor

_LONGEST = 4000
"""Bytes of a body that a command line still carries."""


class Shell:
    """Writes commands against one target."""

    def __init__(self, target: str, token_name: str, redactor: Redactor, directory: Path) -> None:
        self._target, self._token_name = target.rstrip("/"), token_name
        self._redactor, self._directory = redactor, directory

    def script(self, exchanges: Sequence[Exchange]) -> str:
        """Returns the commands that repeat these exchanges in order.

        An id that an answer gave and a later path uses is carried in a shell variable, for the target will give
        another one next time. Needs curl, and jq where an id is carried.
        """
        lines: list[str] = []
        variables: dict[str, str] = {}
        for index, exchange in enumerate(exchanges):
            identifier = _identifier(exchange)
            used = identifier and any(identifier in later.request.path for later in exchanges[index + 1 :])
            command = self.command(exchange.request, variables)
            if used and identifier and identifier not in variables:
                variable = f"ID{len(variables) + 1}"
                command = f"{variable}=$({command} | jq -r .metadata.id)"
                variables[identifier] = variable
            lines.append(command)
        return "\n".join(lines)

    def command(self, request: Request, variables: dict[str, str]) -> str:
        """Returns one curl command; `variables` maps ids in the path to shell variables."""
        target = request.target
        url = shlex.quote(self._target + target)
        for identifier, variable in variables.items():
            if identifier in target:
                head, tail = target.split(identifier, 1)
                url = f'{shlex.quote(self._target + head)}"${variable}"{shlex.quote(tail) if tail else ""}'
        words = ["curl -sS"]
        if request.method == "HEAD":
            words.append("-I")
        elif request.method != "GET" or request.body is not None:
            words.append(f"-X {shlex.quote(request.method)}")
        words.append(url)
        shell = f"Bearer ${self._token_name}" if request.authorization is None else request.authorization.shell
        if shell is not None:
            words.append(f'-H "Authorization: {shell}"')
        headers = list(request.headers)
        given = {name.lower() for name, _ in request.headers} | request.without
        if request.body is not None and "content-type" not in given:
            headers.append(("Content-Type", "application/json"))
        words += [f"-H {shlex.quote(f'{name}:')}" for name in sorted(request.without)]
        words += [f"-H {shlex.quote(self._redactor.text(f'{name}: {value}'))}" for name, value in headers]
        if request.body is not None:
            words.append(f"--data-binary {self._body(request.body)}")
        return " ".join(words)

    def _body(self, body: bytes) -> str:
        text = self._redactor.text(body.decode("utf-8", "replace"))
        if len(body) <= _LONGEST and text.encode() == body and text.isprintable() and not text.startswith("@"):
            return shlex.quote(text)
        path = self._directory / "bodies" / f"{hashlib.sha256(body).hexdigest()[:16]}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        # A body that holds a secret is stored without it; the command then needs it put back by hand.
        path.write_bytes(
            body if self._redactor.text(body.decode("latin-1")) == body.decode("latin-1") else text.encode()
        )
        return shlex.quote(f"@{path}")


def _identifier(exchange: Exchange) -> str | None:
    answer = exchange.response
    if exchange.request.method != "POST" or answer is None or not answer.json.readable:
        return None
    body = answer.json.value
    metadata = body.get("metadata") if isinstance(body, dict) else None
    identifier = metadata.get("id") if isinstance(metadata, dict) else None
    return identifier if isinstance(identifier, str) and len(identifier) >= 8 else None  # noqa: PLR2004 - no accidental matches
