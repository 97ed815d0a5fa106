"""Reading files that somebody gave: regular ones, up to a size, and JSON that holds no surprises.

What is wrong with one is told as the end of a sentence that begins with the file's name. Whoever calls adds what to do.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import stat
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from .escaping import one_line

_MOST_OBJECTS = 50_000
_MOST_TOKENS = 2_000_000
"""Objects that JSON may hold; and texts, lists, commas and colons. No file can then ask for much time or memory."""

_WIDEST = 48 * 2**20
"""Bytes that a text may take in memory, where one character far from ASCII makes all of them wide."""

_MOST_DIGITS = 20
_SHOWN = 80

_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{,:]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTINUED = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that begin no character."""

_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class GivenError(Exception):
    """A file cannot be used. `str()` says why, and follows the file's name; it has no full stop."""


class DamagedError(GivenError):
    """What a file holds is not what it should be."""


def open_given(path: Path) -> BinaryIO:
    """Opens a regular file for reading, and nothing that would wait or never end.

    Raises:
        GivenError: it is no such file, or cannot be opened.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe would wait for a writer
    except OSError as error:
        raise GivenError(f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise GivenError("is not a path of a file") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise GivenError("is not a file")
    return open(handle, "rb")  # noqa: PTH123 - of a descriptor


def given_bytes(path: Path, most: int) -> bytes:
    """Returns what a file holds, at most `most` bytes of it.

    Raises:
        GivenError: it is larger, no regular file, or cannot be read.
    """
    try:
        with open_given(path) as file:
            if os.fstat(file.fileno()).st_size > most:
                raise GivenError(_too_large(most))
            data = file.read(most + 1)
    except OSError as error:
        raise GivenError(f"cannot be read: {error.strerror}") from None
    if len(data) > most:
        raise GivenError(_too_large(most))
    return data


def _too_large(most: int) -> str:
    return f"has more than {most // 2**20} MiB" if most >= 2**20 else f"has more than {most // 2**10} KiB"


def given_text(path: Path, most: int) -> str:
    """Returns the text in a file, as `given_bytes` does.

    Raises:
        GivenError: as there; or it is not in UTF-8.
    """
    return decoded(given_bytes(path, most))


def decoded(data: bytes) -> str:
    """Returns bytes as text.

    Raises:
        GivenError: it is not in UTF-8, or would take too much memory.
    """
    width = 1 if data.isascii() else 4 if re.search(rb"[\xf0-\xf7]", data) else 2
    if len(data) * width > _WIDEST and len(data.translate(None, _CONTINUED)) * width > _WIDEST:
        raise DamagedError("holds more text than can be read")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedError(f"is not in UTF-8 (byte {error.start})") from None


def strict_json(text: str, what: str) -> Any:
    """Returns the value of a JSON text that holds to RFC 8259 where it leaves parsers a choice.

    Args:
        text: what is read.
        what: it should be, for the error: `report`.

    Raises:
        DamagedError: it is not JSON, too deep or too large; a name is duplicated in an object; a number is none, or
            larger than any that is meant; an escape makes half a character.
    """
    tokens = Counter(text[found.start()] for found in _TOKENS.finditer(text))
    if tokens.total() > _MOST_TOKENS:
        many = (
            f"more than {_MOST_OBJECTS} objects" if tokens["{"] > _MOST_OBJECTS else f"more values than any {what} does"
        )
        raise DamagedError(f"holds {many}")
    if len(text) * (4 if _HALF.search(text) else 2 if "\\u" in text else 1) > _WIDEST:
        raise DamagedError(f"holds more text than any {what} does")
    number = itertools.count(1)

    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if next(number) > _MOST_OBJECTS:
            raise ValueError(f"it holds more than {_MOST_OBJECTS} objects")
        return _object(pairs)

    try:
        value = json.loads(
            text, object_pairs_hook=make, parse_constant=_no_number, parse_float=_float, parse_int=_integer
        )
        if _HALF.search(text):
            _refuse_halves(value)
    except json.JSONDecodeError as error:
        where = "it ends too early" if not text[error.pos :].strip() else f"line {error.lineno}, {error.msg}"
        raise DamagedError(f"is not JSON: {where}") from None
    except ValueError as error:
        raise DamagedError(f"is not a {what}: {error}") from None
    except RecursionError:
        raise DamagedError(f"is not a {what}: its values are nested too deeply") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{shown(name)} is duplicated in one object")
        found[name] = value
    return found


def _refuse_halves(value: object) -> None:
    """Refuses texts that no file can hold: an escape may stand for half of a character."""
    if isinstance(value, str) and _SURROGATE.search(value):
        raise ValueError("a text in it holds half a character")
    if isinstance(value, dict):
        for name in value:
            _refuse_halves(name)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_halves(one)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:_MOST_DIGITS]} is too large a number")
    return value


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:_MOST_DIGITS]}… is too large a number")
    return int(text)


def shown(value: object) -> str:
    """Returns a value as an error shows it: on one line, and not the whole of it where it is long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and value.bit_length() > 4 * _SHOWN:
        return "a huge number"
    text = str(value)
    text = one_line(text[:_SHOWN]) + ("…" if len(text) > _SHOWN else "")
    return repr(text) if isinstance(value, str) else text
