"""Hides secrets by value: everything that is stored or printed passes a `Redactor`."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST_SECRET = 6
"""A secret shorter than this is not searched for: it would blot out ordinary words."""


class Redactor:
    """Replaces every secret it has been told of, plain, base64 (at any alignment) or URL-encoded, by `$NAME`."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._bytes: dict[bytes, bytes] = {}

    def add(self, secret: str, name: str) -> None:
        """Hides `secret` from now on; `name` says which it was."""
        if len(secret) < SHORTEST_SECRET:
            return
        found = dict.fromkeys(_forms(secret), f"${name}") | self._texts
        # The longest first: a secret may be part of another.
        self._texts = dict(sorted(found.items(), key=lambda entry: len(entry[0]), reverse=True))
        self._bytes = {
            form.encode("utf-8", "surrogateescape"): replacement.encode() for form, replacement in self._texts.items()
        }

    def text(self, text: str) -> str:
        """Returns `text` without secrets."""
        # Searching for one form after the other is over long before a search for any of them.
        for form, replacement in self._texts.items():
            if form in text:
                text = text.replace(form, replacement)
        return text

    def data(self, data: bytes) -> bytes:
        """Returns `data` without secrets; the very same object if there are none."""
        for form, replacement in self._bytes.items():
            if form in data:
                data = data.replace(form, replacement)
        return data

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
    return {form for form in forms if len(form) >= SHORTEST_SECRET}
