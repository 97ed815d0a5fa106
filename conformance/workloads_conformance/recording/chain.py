"""Lines that hold together: each carries its number, and a hash over the line before it and itself.

A line is a JSON object, whose first member is `n`, its number from 1, and whose last is `hash`, in hexadecimal: SHA-256
over the hash of the line before (nothing for the first), a line feed, and the line as it is without that member. Who
changes, moves, adds or takes out a line breaks the chain there; who cuts off its end takes the last line, which says
that it is the last.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import weakref
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError
from workloads_conformance.http.decode import parts
from workloads_reports import GivenError, open_given, open_private
from workloads_reports.escaping import json_shown

_TAIL = re.compile(rb',"hash":"([0-9a-f]{64})"\}\n\Z')
_TAIL_FORM = b',"hash":"' + b"0" * 64 + b'"}\n'
_LONGEST = 13 * 1024 * 1024
"""Bytes of a line; a longer one is none that the suite wrote."""

MOST_LINES = 1_000_000
"""Lines of a record: what a run of an hour writes."""

_MOST_PARTS = 20_000
"""Structural characters of a line: those of an entry with all the header lines that an answer may have are 2,000."""


class DamagedRecordError(UsageError):
    """A record is not as it was written; the text names the line."""


class ChainWriter:
    """Appends to a new file, each line handed to the operating system at once, which outlives a killed process.

    Attributes:
        size: bytes that have been written.
        failure: why nothing is written any more, such as a full disk; what was written stands.
    """

    def __init__(self, path: Path) -> None:
        self._file = open_private(path, os.O_APPEND)
        self._lock = threading.Lock()
        self._hash, self._number = "", 0
        self.size = 0
        self.failure: str | None = None

    def write(self, entry: Mapping[str, Any]) -> None:
        """Appends one line, unless one before it could not be written."""
        with self._lock:
            if self.failure is not None:
                return
            self._number += 1
            text = json_shown(json.dumps({"n": self._number, **entry}, separators=(",", ":"))).encode()
            self._hash = _digest(self._hash, text)
            line = text[:-1] + b',"hash":"' + self._hash.encode() + b'"}\n'
            try:
                written = os.write(self._file, line)
            except OSError as error:
                self.failure = error.strerror or str(error)
                return
            self.size += written
            if written < len(line):
                self.failure = "no space is left"

    @property
    def lines(self) -> int:
        """The lines that have been written."""
        return self._number

    @property
    def head(self) -> str:
        """The hash of the last line, which stands for all of them."""
        return self._hash

    def close(self) -> None:
        """Ends the writing."""
        os.close(self._file)


class Chain:
    """A file of lines: read once from the first to the last and checked, and then any of them again, by its number.

    Iterating raises a UsageError if the file cannot be read or holds more lines than a run writes, and a
    DamagedRecordError if a line is not as it was written, or not where it was. A last line that was cut short in
    writing is left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = open_given(path)
        except GivenError as error:
            raise UsageError(f"{path} {error}; give the record.jsonl of a run.") from None
        weakref.finalize(self, self._file.close)
        self._ends = array("Q", [0])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        before = ""
        try:
            while line := self._file.readline(_LONGEST):
                number = len(self._ends)
                if not line.endswith(b"\n") and not self._file.read(1):
                    return  # a killed process left it
                if number > MOST_LINES:
                    raise UsageError(f"{self._path} has more than {MOST_LINES} lines, which no run writes.")
                entry, before = _entry(self._path, number, line, before)
                self._ends.append(self._ends[-1] + len(line))
                yield entry
        except OSError as error:
            raise UsageError(f"{self._path} cannot be read: {error.strerror}.") from None

    def length(self, number: int) -> int:
        """Returns the bytes of the line of this number."""
        return self._ends[number] - self._ends[number - 1]

    def entry(self, number: int) -> dict[str, Any]:
        """Returns the line of this number, from 1, which has been iterated over before."""
        start, end = self._ends[number - 1], self._ends[number]
        line = os.pread(self._file.fileno(), end - start, start)
        try:
            found: dict[str, Any] = json.loads(line[: -len(_TAIL_FORM)] + b"}")
        except ValueError:
            raise DamagedRecordError(
                f"{self._path} is damaged in line {number}: it changed while it was read."
            ) from None
        return found


def read_chain(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the lines of a file as JSON objects, as iterating over a `Chain` does."""
    yield from Chain(path)


def _entry(path: Path, number: int, line: bytes, before: str) -> tuple[dict[str, Any], str]:
    tail = _TAIL.match(line, max(0, len(line) - len(_TAIL_FORM)))
    if tail is None:
        raise DamagedRecordError(f"{path} is damaged in line {number}: it does not end in a hash.")
    text = line[: tail.start()] + b"}"
    digest = _digest(before, text)
    if digest.encode() != tail[1]:
        raise DamagedRecordError(
            f"{path} is damaged in line {number}: it was changed, or does not follow the line before it."
        )
    if parts(text, _MOST_PARTS) > _MOST_PARTS:
        raise DamagedRecordError(f"{path} is damaged in line {number}: no entry has so many members and elements.")
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or entry.get("n") != number:
        raise DamagedRecordError(f"{path} is damaged in line {number}: it is not line {number} of a record.")
    return entry, digest


def _digest(before: str, text: bytes) -> str:
    return hashlib.sha256(before.encode() + b"\n" + text).hexdigest()
