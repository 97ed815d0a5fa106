"""Reads JSON that a stranger sent: never raises, and tells what is against RFC 8259 from what is beyond our limits."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 200
"""Nesting that the suite follows; deeper JSON is well-formed, and the suite declines to judge it."""

MAX_PARTS = 250_000
"""Structural characters that the suite follows: a hundred times what the largest answer of an honest server has. A few
bytes of JSON can be hundreds in memory, so that they are counted before any value is made."""

MAX_DIGITS = 1000
"""Digits of an integer, which is read in time that grows with their square."""

_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"

_PART = 120
"""Bytes of memory that a structural character stands for, at most: `{"":0}` takes some 240."""

_TOKEN = re.compile(rf'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{{]|[\]}}]|[0-9]{{{MAX_DIGITS + 1},}}')
"""What matters for an outline: a text, a bracket that opens or closes, an integer that is too long."""

_MOST_NAMES = 10
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Decoded:
    """What reading a body as JSON gave.

    Attributes:
        value: the value, if neither `error` nor `limit` is set.
        error: how the text breaks RFC 8259.
        limit: why the suite cannot read it although it may be JSON.
        duplicates: names that some object has twice: the first ten, each cut to 100 characters.
        outline: the value; where it is nested too deeply, or holds an integer that is too long, with null or 0 in the
            place of that. It says whose answer it is, which has to be known even where nothing is judged by it.
    """

    value: Any = None
    error: str | None = None
    limit: str | None = None
    duplicates: tuple[str, ...] = ()
    outline: Any = None

    @property
    def readable(self) -> bool:
        """True if `value` is what the body says."""
        return self.error is None and self.limit is None


class _NotJsonError(ValueError):
    pass


def decode_json(body: bytes) -> Decoded:
    """Returns the JSON value in `body`, or why there is none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return Decoded(error=f"not UTF-8: {error.reason} at byte {error.start}")
    if parts(body) > MAX_PARTS:
        return Decoded(limit=f"it has more than {MAX_PARTS} members and elements")
    return _decoded(text)


def _decoded(text: str) -> Decoded:
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) != len(items) and len(duplicates) < _MOST_NAMES:
            duplicates.extend(_twice([name for name, _ in items])[: _MOST_NAMES - len(duplicates)])
        return result

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_int=_integer, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return Decoded(error=f"not JSON: {error.msg} at character {error.pos}")
    except _NotJsonError as error:
        return Decoded(error=str(error))
    except RecursionError:
        return Decoded(limit=_TOO_DEEP, outline=_outline(text))
    except ValueError:
        return Decoded(limit=f"it holds an integer of more than {MAX_DIGITS} digits", outline=_outline(text))
    if _depth(value) > MAX_DEPTH:
        return Decoded(limit=_TOO_DEEP, duplicates=tuple(duplicates), outline=_outline(text))
    value = _with_whole_characters(value, text)
    return Decoded(value=value, duplicates=tuple(duplicates), outline=value)


def _outline(text: str) -> Any:
    """Returns the JSON value without what is beyond our limits; None if there is none. Takes linear time."""
    kept: list[str] = []
    depth = last = 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in ("[", "{"):
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept.append(text[last : found.start()] + "null")
        elif token in ("]", "}"):
            if depth == MAX_DEPTH + 1:
                last = found.end()
            depth -= 1
        elif token[0] != '"' and depth <= MAX_DEPTH:
            kept.append(text[last : found.start()] + "0")
            last = found.end()
    with contextlib.suppress(ValueError, RecursionError):
        return _with_whole_characters(json.loads("".join([*kept, text[last:]])), text)
    return None


def parts(body: bytes, most: int = MAX_PARTS) -> int:
    """Returns how many structural characters ([ { , :) JSON has outside its strings; up to `most`, those in them count.

    Takes time in proportion to the length. A result of more than `most` may be inexact.
    """
    found = _structural(body)
    if found <= most:
        return found
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') // 2 > most + 1:
        return most + 1  # between two strings of JSON there is one at least
    return _structural(b"".join(plain.split(b'"')[::2]))


def size_in_memory(body: bytes) -> int:
    """Returns how many bytes of memory the JSON value in `body` takes, at most; 0 if it is too large to be read."""
    found = parts(body)
    if found > MAX_PARTS:
        return 0
    # Python's texts have one, two or four bytes for each character, by the widest of them.
    width = 1 if body.isascii() else 4 if any(lead in body for lead in (b"\xf0", b"\xf1", b"\xf2", b"\xf3")) else 2
    return len(body) * width + found * _PART


def _structural(body: bytes) -> int:
    return sum(map(body.count, (b"[", b"{", b",", b":")))


def _twice(names: Sequence[str]) -> list[str]:
    """Returns the names that occur more than once, in order, each cut."""
    seen: set[str] = set()
    again: set[str] = set()
    for name in names:
        (again if name in seen else seen).add(name)
    return [name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…" for name in sorted(again)[:_MOST_NAMES]]


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("an integer too long")
    return int(digits)


def _with_whole_characters(value: Any, text: str) -> Any:
    """Returns the value, which `text` says, with U+FFFD in the place of each unpaired surrogate.

    RFC 8259, 8.2: the grammar allows them, and what a reader makes of them is its own.
    """
    if "\\u" not in text or not _has_surrogate(value):
        return value
    shown = json.dumps(value, ensure_ascii=False)
    return json.loads(shown.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _refuse_constant(name: str) -> None:
    raise _NotJsonError(f"not JSON: {name} is not a JSON number")


def _depth(value: object) -> int:
    """The nesting of arrays and objects, found without recursion."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, list | dict)]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth


def _has_surrogate(value: object) -> bool:
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            try:
                item.encode()
            except UnicodeEncodeError:
                return True
        elif isinstance(item, dict):
            left.extend(item)
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
    return False
