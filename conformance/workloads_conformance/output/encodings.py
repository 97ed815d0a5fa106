r"""What encoders make of a text: the forms that can be known beforehand, and taking escapes back where they cannot.

An encoder of JSON, HTML or URLs may escape any of a text's characters, in more than one way, and encoders are applied
one after the other. Nobody can list what comes of that; but each escape says for itself what it stands for.
"""

from __future__ import annotations

import base64
import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5
from urllib.parse import quote, quote_plus

_SHORT = {
    b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"/": b"/", b'"': b'"', b"'": b"'", b"\\": b"\\",
}  # fmt: skip
_KINDS = {
    b"%": rb"% (?P<percent>[0-9a-f]{2})",
    b"\\": rb"""
        \\ (?: (?-i:u)(?P<high>d[89ab][0-9a-f]{2})\\(?-i:u)(?P<low>d[c-f][0-9a-f]{2})
             | (?-i:u)(?P<unit>[0-9a-f]{4}) | (?-i:u)\{(?P<braces>[0-9a-f]{1,6})\}
             | (?-i:U)(?P<wide>[0-9a-f]{8}) | (?-i:x)(?P<byte>[0-9a-f]{2}) | (?P<short>[SHORT]) )""",
    b"&": rb"""
        & (?: \#x0*(?P<hexadecimal>[0-9a-f]{1,6})(?:;|(?![0-9a-f\\%&]))
            | \#0*(?P<decimal>[0-9]{1,7})(?:;|(?![0-9\\%&])) | (?P<name>[a-z][a-z0-9]{1,31};) )""",
}
"""Escapes in URLs, in JSON and program texts, and in HTML, by the byte that they begin with. No quantifier can go a
long way and fail: the time is linear in the text, whoever wrote it."""

_RAW = "surrogateescape"
"""How Python hands over what in the environment is not UTF-8."""

_DEPTH = 4
"""Encoders applied one after the other that are seen through."""

_KNOWN = 4096
"""Escapes that are remembered with what they stand for."""

_WORK = 2**19
"""Bytes that are looked through to find out in which order the encoders came, beside the text itself, once."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with escapes taken back, which knows where each byte of it came from.

    Attributes:
        data: what came of it.
        at: where each piece begins in `data`. Pieces are in turn text that stood there as it is, and an escape.
        origin: where each piece begins in what `data` was made of.
        before: what `data` was made of, if that was not the text itself.
    """

    data: bytes
    at: list[int]
    origin: list[int]
    before: Reading | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Returns where that stood in the text which became `data[start:end]`."""
        first, last = bisect_right(self.at, start) - 1, bisect_right(self.at, end - 1) - 1
        begin = self.origin[first] + (0 if first % 2 else start - self.at[first])
        stop = self.origin[last + 1] if last % 2 else self.origin[last] + end - self.at[last]
        return (begin, stop) if self.before is None else self.before.span(begin, stop)


class Decoder:
    """Takes escapes back that may stand for a character of certain texts; others are left, and cost little.

    Args:
        texts: what may be hidden behind escapes.
    """

    def __init__(self, texts: Iterable[bytes]) -> None:
        # An outer encoder may have escaped what an inner one's escape is made of, too.
        self._meant = frozenset(rb"\/%&#;{}0123456789abcdefghijklmnopqrstuvwxyz").union(*map(bytes.lower, texts))
        short = b"".join(re.escape(key) for key, value in _SHORT.items() if value[0] in self._meant)
        self._kinds = {
            mark: re.compile(pattern.replace(b"SHORT", short), re.VERBOSE | re.IGNORECASE)
            for mark, pattern in _KINDS.items()
        }
        every = b"|".join(pattern.replace(b"SHORT", short) for pattern in _KINDS.values())
        self._known: dict[bytes, bytes | None] = {}
        self._every = re.compile(every, re.VERBOSE | re.IGNORECASE)

    def readings(self, data: bytes) -> Iterator[Reading]:
        """Yields what `data` may mean: one layer of escapes after the other taken back, in whatever order they came."""
        left = _WORK + len(data)
        seen, now = {data}, [Reading(data, [0], [0])]
        for depth in range(_DEPTH):
            following = []
            for reading in now:
                before = reading if depth else None
                for pattern in self._patterns(reading.data):
                    left -= len(reading.data)
                    found = self._decoded(pattern, reading.data, before) if left >= 0 else None
                    if found is not None and found.data not in seen:
                        seen.add(found.data)
                        following.append(found)
                        yield found
            now = following

    def _patterns(self, data: bytes) -> list[re.Pattern[bytes]]:
        kinds = [pattern for mark, pattern in self._kinds.items() if mark in data]
        return kinds if len(kinds) < 2 else [self._every, *kinds]  # where it is one kind, it is each

    def _decoded(self, pattern: re.Pattern[bytes], data: bytes, before: Reading | None) -> Reading | None:
        """Returns `data` with one layer of escapes taken back; None if there is none that may stand for something."""
        pieces: list[bytes] = []
        at, origin = [0], [0]
        length = last = 0
        known = self._known
        for found in pattern.finditer(data):
            escape = found[0]
            value = known[escape] if escape in known else self._learn(escape, found)
            if value is None:
                continue
            start, end = found.span()
            pieces += (data[last:start], value)
            length += start - last
            at += (length, length + len(value))
            origin += (start, end)
            length += len(value)
            last = end
        return Reading(b"".join([*pieces, data[last:]]), at, origin, before) if pieces else None

    def _learn(self, escape: bytes, found: re.Match[bytes]) -> bytes | None:
        """Returns what an escape stands for; None if it is none, or stands for nothing that is meant."""
        value = _value(found)
        if value is not None and len(value) == 1 and value.lower()[0] not in self._meant:
            value = None
        if len(self._known) < _KNOWN:
            self._known[escape] = value
        return value


def _value(found: re.Match[bytes]) -> bytes | None:
    """Returns what an escape stands for, in UTF-8; None if it is none."""
    kind, given = found.lastgroup, found[found.lastindex or 0]
    if kind in ("percent", "byte"):
        return bytes([int(given, 16)])
    if kind == "low":
        high, low = int(found["high"], 16), int(given, 16)
        return _character(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))
    if kind == "short":
        return _SHORT[given.lower()]
    if kind == "name":
        named = html5.get(given.decode("ascii"))
        return None if named is None else named.encode()
    return _character(int(given, 10 if kind == "decimal" else 16))


def _character(code: int) -> bytes | None:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else None  # Unicode's end


def usual_forms(text: str) -> set[bytes]:
    """Returns what encoders make of a text by default, the text itself among it, also in base64 and hexadecimal."""
    plain = {
        text, text.replace(" ", "+"), quote(text, safe="", errors=_RAW), quote_plus(text, errors=_RAW),
        html.escape(text),
        json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1].replace("/", "\\/"),
    }  # fmt: skip
    forms = {form.encode("utf-8", errors) for form in plain for errors in (_RAW, "surrogatepass")}
    # Headers are read as Latin-1, whatever they were written in.
    forms |= {form.decode("latin-1").encode() for form in forms}
    return forms | {shape for form in forms for shape in (form.hex().encode(), *_base64_forms(form))}


def _base64_forms(data: bytes) -> Iterator[bytes]:
    """Yields what is in a base64 text for these bytes, at each of the three alignments at which they may begin.

    The characters that share bits with the neighbours are left out.
    """
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data)
        core = encoded[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")
