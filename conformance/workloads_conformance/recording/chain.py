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
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError
from workloads_reports import GivenError, open_given

_TAIL = re.compile(rb',"hash":"([0-9a-f]{64})"\}\n\Z')
_LONGEST = 24 * 1024 * 1024
"""Bytes of a line; a longer one is none that the suite wrote: its largest holds a body of 16 MiB in base64."""


class DamagedRecordError(UsageError):
    """A record is not as it was written; the text names the line."""


class ChainWriter:
    """Appends to a file, each line handed to the operating system at once, which outlives a killed process."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND, 0o644)
        self._lock = threading.Lock()
        self._hash, self._number = "", 0

    def write(self, entry: Mapping[str, Any]) -> None:
        """Appends one line."""
        with self._lock:
            self._number += 1
            text = json.dumps({"n": self._number, **entry}, separators=(",", ":")).encode()
            self._hash = _digest(self._hash, text)
            os.write(self._file, text[:-1] + b',"hash":"' + self._hash.encode() + b'"}\n')

    @property
    def head(self) -> str:
        """The hash of the last line, which stands for all of them."""
        return self._hash

    def close(self) -> None:
        """Ends the writing."""
        os.close(self._file)


def read_chain(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the lines of a file as JSON objects; a last line that was cut short in writing is left out.

    Raises:
        UsageError: the file cannot be read.
        DamagedRecordError: a line is not as it was written, or not where it was.
    """
    before, number = "", 0
    try:
        with open_given(path) as file:
            while line := file.readline(_LONGEST):
                number += 1
                if not line.endswith(b"\n") and not file.read(1):
                    return  # a killed process left it
                entry, before = _entry(path, number, line, before)
                yield entry
    except GivenError as error:
        raise UsageError(f"{path} {error}; give the record.jsonl of a run.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _entry(path: Path, number: int, line: bytes, before: str) -> tuple[dict[str, Any], str]:
    tail = _TAIL.search(line)
    if tail is None:
        raise DamagedRecordError(f"{path} is damaged in line {number}: it does not end in a hash.")
    text = line[: tail.start()] + b"}"
    digest = _digest(before, text)
    if digest.encode() != tail[1]:
        raise DamagedRecordError(
            f"{path} is damaged in line {number}: it was changed, or does not follow the line before it."
        )
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or entry.get("n") != number:
        raise DamagedRecordError(f"{path} is damaged in line {number}: it is no line {number} of a record.")
    return entry, digest


def _digest(before: str, text: bytes) -> str:
    return hashlib.sha256(before.encode() + b"\n" + text).hexdigest()
