"""Writes the record of a run while it goes on."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError
from workloads_conformance.http import Exchange
from workloads_conformance.output import Redactor

from .bodies import BodyStore
from .chain import MOST_LINES, ChainWriter
from .entries import RECORD_FORMAT, hidden_entry, request_entry, response_entry
from .hidden import HiddenShapes

RECORD_NAME = "record.jsonl"


MOST = 144 * 1024 * 1024
"""Bytes of a record. A standard run of an honest server takes 20 MB; 110 MB where gateways add 14 KB of header lines to
each answer."""

_RESERVE = 4 * 1024 * 1024
"""Bytes beyond these for what is said and done when a record is full: cleaning up, findings, the end."""

_LINES_LEFT = 20_000
"""Lines for the same."""

_SHARE = 0.7
"""The part of a record that bodies may take; what was asked and answered matters more than how it went on."""


class Recorder:
    """Appends what happens to `record.jsonl` in a directory, a former run's record given up. Safe to use from threads.

    Args:
        directory: where the record is written.
        redactor: hides secrets.
        most: bytes that the record may have; there is a little more for the end of a run.

    Raises:
        UsageError: the directory cannot be written.
    """

    def __init__(self, directory: Path, redactor: Redactor, most: int = MOST) -> None:
        self.path = directory / RECORD_NAME
        self._redactor = redactor
        self._bodies = BodyStore(int(_SHARE * most))
        self._most = most
        self._shapes = HiddenShapes()
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        try:
            self._chain = ChainWriter(self.path)
        except OSError as error:
            raise UsageError(f"report-dir {str(directory)!r} cannot be written: {error.strerror}.") from None

    def begin(self, run: Mapping[str, Any]) -> None:
        """Writes the first entry; `run` says what is judged, how and with what."""
        self._write({"kind": "run", "format": RECORD_FORMAT, **self._redactor.value(dict(run))})

    @property
    def full(self) -> str | None:
        """Why nothing more may be asked; None as long as there is room for it."""
        if self._chain.failure is not None:
            return (
                f"{self.path} cannot be written: {self._chain.failure}; free some space, or choose another --report-dir"
            )
        if self._chain.size > self._most:
            return f"{RECORD_NAME} has grown to {self._most} bytes, more than an answer to each request should need"
        if self._chain.lines > MOST_LINES - _LINES_LEFT:
            return f"{RECORD_NAME} has grown to {MOST_LINES - _LINES_LEFT} lines, which is all that can be read again"
        return None

    def exchange(self, exchange: Exchange, trial: str) -> None:
        """Writes an exchange, without secrets, and bodies that are new.

        Of those that still come when the record is full, it takes in as many as there is a reserve for.
        """
        if self._chain.size > self._most + _RESERVE:
            return
        request, answer = exchange.request, exchange.response
        with self._lock:
            sent = None if request.body is None else self._body(self._redactor.data(request.body))
            received = None if answer is None else self._body(answer.public.body)
            entry = {"kind": "exchange", "trial": self._redactor.text(trial)}
            entry |= request_entry(request, self._redactor, sent) | response_entry(exchange, received)
            if answer is not None and answer.redacted is not None:
                entry |= hidden_entry(answer, answer.redacted, self._shapes)
            self._write(entry)

    def _body(self, body: bytes) -> str:
        digest, entry = self._bodies.entry(body)
        if entry is not None:
            self._write(entry)
        return digest

    def recorded_value(self, key: str, value: object) -> None:
        """Writes a recorded value."""
        self._write({"kind": "recorded_value", "key": self._redactor.text(key), "value": value})

    def test(self, name: str) -> None:
        """Writes that a test's turn has come."""
        self._write({"kind": "test", "name": name})

    def finding(self, requirement: str, finding: Mapping[str, Any]) -> None:
        """Writes a finding, which holds no secrets any more."""
        self._write({"kind": "finding", "requirement": requirement, "finding": dict(finding)})

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Writes the last entry, with the number of entries of each kind.

        What is still on its way when a run is cut short comes too late for the record.
        """
        with self._lock:
            self._write({"kind": "end", **self._redactor.value(dict(outcome)), "counts": dict(self._counts)})

    def close(self) -> None:
        """Ends the writing; a record that was never begun is taken away."""
        self._chain.close()
        if not self._counts:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _write(self, entry: dict[str, Any]) -> None:
        if self._counts["end"]:
            return
        self._counts[entry["kind"]] += 1
        self._chain.write(entry)
