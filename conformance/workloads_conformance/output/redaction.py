"""Hides secrets by value: everything that is stored or printed passes a `Redactor`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .encodings import Decoder, usual_forms

SHORTEST_SECRET = 6
"""A secret shorter than this is not searched for: it would blot out ordinary words."""


_MOST_CLEAN, _SMALL = 4000, 256
"""Texts that are remembered to have no secret, the longer ones by their hash: header lines and answers come again."""


class Redactor:
    """Replaces every secret it knows by `$NAME`, however the common encoders write it.

    Found is a secret in upper and lower case; in hexadecimal; in base64 and base64url at any alignment; with any of its
    characters escaped as JSON, HTML, URLs or program texts do it, in several of these ways, and several times over.

    Not found, for it cannot be known: a secret reversed, split by other characters, cut short, encrypted, compressed,
    or written in a character encoding other than UTF-8.
    """

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._search: _Search | None = None

    def add(self, secret: str, name: str) -> None:
        """Hides `secret` from now on, here and in all that leaves this process; `name` says which it was."""
        self._learn(secret, name)
        if self is not _PROCESS:
            _PROCESS.add(secret, name)

    def _learn(self, secret: str, name: str) -> None:
        if len(secret) >= SHORTEST_SECRET and secret not in self._secrets:
            self._secrets[secret] = name
            self._search = None  # made when it is needed: secrets come one after the other

    def text(self, text: str) -> str:
        """Returns `text` without secrets; the very same object if there are none."""
        if len(text) < SHORTEST_SECRET:
            return text
        data = text.encode("utf-8", "surrogatepass")
        shown = self.data(data)
        return text if shown is data else shown.decode("utf-8", "surrogatepass")

    def data(self, data: bytes) -> bytes:
        """Returns `data` without secrets; the very same object if there are none."""
        search = self._search
        if search is None:  # another thread may tell it of a secret at this moment, and have it made again
            search = self._search = _Search(dict(self._secrets))
        found = search.spans(data)
        return _replaced(data, found) if found else data

    def value(self, value: Any) -> Any:
        """Returns a JSON value without secrets, in names and in strings."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(item) for key, item in value.items()}
        return value


_PROCESS = Redactor()
"""The secrets of all redactors: none may leave this process."""


def hide(secret: str, name: str) -> None:
    """Hides `secret` from now on in all that leaves this process; `name` says which it was."""
    _PROCESS.add(secret, name)


def without_secrets(text: str) -> str:
    """Returns `text` without any secret known to this process."""
    return _PROCESS.text(text)


_BEGINNING = 12
"""Bytes of what is searched for that are looked for first: tokens of one issuer begin alike."""


@dataclass(frozen=True, order=True, slots=True)
class _Span:
    start: int
    end: int
    name: bytes


class _Search:
    """Finds secrets. Texts without any, nearly all, are only looked through for what each secret has to contain."""

    def __init__(self, secrets: dict[str, str]) -> None:
        forms = {secret: usual_forms(secret) for secret in secrets}
        self._decoder = Decoder(form for given in forms.values() for form in given)
        self._needles: dict[bytes, bytes] = {}
        self._pieces: list[bytes] = []
        for secret, name in secrets.items():
            needles = self._needles_of(forms[secret])
            self._needles |= dict.fromkeys(needles, f"${name}".encode()) | self._needles
            # Who holds a secret holds each that is a part of it.
            if not any(other in secret and other != secret for other in secrets):
                self._pieces += [one for one in needles if not any(part in one and part != one for part in needles)]
        self._shortest = min(map(len, self._pieces), default=0)
        self._beginnings = tuple(dict.fromkeys(piece[:_BEGINNING] for piece in self._pieces))
        self._clean: set[bytes] = set()

    def _needles_of(self, forms: Iterable[bytes]) -> set[bytes]:
        """Returns what is looked for: the forms, and what comes of them where escapes are taken back too eagerly."""
        found = {needle for form in forms for needle in (form, *(read.data for read in self._decoder.readings(form)))}
        return {needle.lower() for needle in found if len(needle) >= SHORTEST_SECRET}

    def spans(self, data: bytes) -> list[_Span]:
        """Returns where secrets stand, in order; what overlaps is one."""
        if len(data) < self._shortest or not self._pieces:
            return []
        known = data if len(data) <= _SMALL else sha256(data).digest()
        if known in self._clean:
            return []
        found = list(self._in(data))
        for reading in self._decoder.readings(data):
            found += (_Span(*reading.span(span.start, span.end), span.name) for span in self._in(reading.data))
        if not found:
            if len(self._clean) == _MOST_CLEAN:
                self._clean.clear()
            self._clean.add(known)
        return _joined(found)

    def _in(self, data: bytes) -> Iterable[_Span]:
        lowered = data.lower()
        for beginning in self._beginnings:  # a loop: every answer comes by here, and `any` takes twice as long
            if beginning in lowered:
                break
        else:
            return
        for needle, name in self._needles.items():
            start = lowered.find(needle)
            while start >= 0:
                end = start + len(needle)
                yield _Span(start, end, name)
                start = lowered.find(needle, end)


def _joined(spans: list[_Span]) -> list[_Span]:
    """Joins spans that overlap; the longest of them names the whole."""
    joined: list[_Span] = []
    longest = 0
    for span in sorted(spans):
        length = span.end - span.start
        if not joined or span.start >= joined[-1].end:
            joined.append(span)
            longest = length
            continue
        name = span.name if length > longest else joined[-1].name
        longest = max(longest, length)
        joined[-1] = _Span(joined[-1].start, max(joined[-1].end, span.end), name)
    return joined


def _replaced(data: bytes, spans: list[_Span]) -> bytes:
    pieces: list[bytes] = []
    last = 0
    for span in spans:
        pieces += (data[last : span.start], span.name)
        last = span.end
    return b"".join([*pieces, data[last:]])
