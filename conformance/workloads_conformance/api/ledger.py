"""The ledger: on disk before each create is sent, so that what a killed run created can be found and removed.

JSON lines, each authenticated by itself (HMAC-SHA-256 over run, target, project and line, under a key of the user's
own): who cannot read the key can neither make a line nor move one from another run, and a damaged line costs itself
alone. The first names run, target and project; `sending` is written before a create leaves, `answered` says what it led
to, `gone` that its workload was seen to be gone. Lines reach the operating system one by one, which outlives a killed
process; a run that leaves nothing removes its ledger.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workloads_conformance.errors import ConformanceError, UsageError

from .envelope import workload_id
from .identity import Asked
from .inventory import Create, Inventory

EMBEDDED = "embedded"
"""What stands for the URL of the embedded server, whose workloads end with it."""

PREFIX = re.compile(r"wlc-[a-z0-9]{6}-\Z")
"""The form of the prefix that all names of a run have."""

_FORMAT = "workloads-conformance-ledger/3"
_LARGEST = 32 * 1024 * 1024
_LONGEST = 16 * 1024
"""Bytes of a ledger, and of a line, that are read: a run of a hundred thousand creates has fewer."""

_NAMES = ("name", "manifest_name", "is_prefix", "dry_run", "may_be_dry_run")


class LedgerError(ConformanceError):
    """Creates cannot be written down any more; none is sent without."""


@dataclass(frozen=True, slots=True)
class LedgerHeader:
    """What every line of a ledger is bound to: the prefix of the run's names, its target, its project."""

    prefix: str
    target: str
    project: str


class Ledger:
    """Writes one run's ledger, a file of its own so that no later run overwrites what an earlier one left.

    Raises:
        UsageError: the directory cannot be written.
    """

    def __init__(self, directory: Path, header: LedgerHeader, key: bytes) -> None:
        self.path = directory / f"ledger-{header.prefix}.jsonl"
        self._header, self._key = header, key
        self._whole = True
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        except OSError as error:
            raise UsageError(f"report-dir {str(directory)!r} cannot be written: {error.strerror}.") from None
        try:
            self._write({"format": _FORMAT, **asdict(header)})
        except LedgerError as error:
            raise UsageError(str(error)) from None

    def sending(self, number: int, asked: Asked) -> None:
        """Records that a create is about to be sent.

        Raises:
            LedgerError: it cannot be written down.
        """
        self._write({"sending": number, **asdict(asked)})

    def answered(self, number: int, create: Create) -> None:
        """Records what a create was answered with; that this cannot be written leaves the create to be looked for."""
        self._try({"answered": number, "done": create.done, "id": create.id})

    def gone(self, identifier: str) -> None:
        """Records that a workload was seen to be gone, if it can be written."""
        self._try({"gone": identifier})

    def close(self, *, clean: bool) -> None:
        """Ends the ledger, and removes it if nothing is left."""
        os.close(self._file)
        if clean:
            with contextlib.suppress(OSError):  # the directory may have gone; what is gone is not swept again
                self.path.unlink()

    def _try(self, line: dict[str, Any]) -> None:
        with contextlib.suppress(LedgerError):  # what is said of a create that was written down only helps a sweep
            self._write(line)

    def _write(self, line: dict[str, Any]) -> None:
        data = json.dumps({**line, "mac": _mac(self._key, self._header, line)}).encode() + b"\n"
        if not self._whole:
            data = b"\n" + data  # the line before was cut short, and ends here
        try:
            written = os.write(self._file, data)
        except OSError as error:
            raise LedgerError(
                f"the ledger {self.path} cannot be written: {error.strerror}; nothing is created without it."
            ) from None
        self._whole = written == len(data)
        if not self._whole:
            raise LedgerError(f"the ledger {self.path} cannot be written: the disk is full; nothing is created.")


class NoLedger:
    """Writes nothing: what is created ends with the embedded server, or nothing is created."""

    def sending(self, number: int, asked: Asked) -> None:
        """Writes nothing."""

    def answered(self, number: int, create: Create) -> None:
        """Writes nothing."""

    def gone(self, identifier: str) -> None:
        """Writes nothing."""

    def close(self, *, clean: bool) -> None:
        """Closes nothing."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a run that did not end, or left something, has in its ledger.

    Attributes:
        header: the run, its target and its project.
        creates: those that were not refused, and whose workload was not seen to be gone, by number.
        damaged: how many lines cannot be believed.
    """

    header: LedgerHeader
    creates: dict[int, Create]
    damaged: int

    def inventory(self, *, dry_runs_create: bool) -> Inventory:
        """Returns the account of these creates, as of a run that has read nothing yet."""
        inventory = Inventory(self.header.prefix, NoLedger(), dry_runs_create)
        for number, create in self.creates.items():
            inventory.restore(number, create)
        return inventory


def ledgers(directory: Path) -> list[Path]:
    """Returns the ledgers in a report directory: those of runs that did not end, or left something.

    The parts of a run that `pytest -n` split have directories of their own in it.
    """
    return sorted(path for where in ("", "gw*/") for path in directory.glob(f"{where}ledger-*.jsonl"))


def read_ledger(path: Path, key: bytes) -> Unfinished:
    """Returns what the run behind a ledger may have left; only lines that this key authenticates count.

    Raises:
        UsageError: the file cannot be read, is not a ledger, or was not made under this key.
    """
    lines = _lines(path)
    first = _object(lines[:1])
    header = _header(first)
    if header is None or not _is_authentic(key, header, first):
        raise UsageError(
            f"{path} was not written by a run of this user, or its first line was changed: it names a target and a "
            "prefix that cannot be believed. Sweep as the user and on the machine of the run (the key lies in its "
            "state directory, see XDG_STATE_HOME)."
        )
    creates: dict[int, Create] = {}
    damaged = 0
    for text in lines[1:]:
        line = _object([text])
        if not _is_authentic(key, header, line) or not _take(creates, line):
            damaged += bool(text.strip())
    return Unfinished(header, {number: one for number, one in creates.items() if one.done is not False}, damaged)


def _lines(path: Path) -> list[bytes]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UsageError(f"{path} is not a regular file, as a ledger is.")
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{path} cannot be read: {told}; give the --report-dir of the run to sweep.") from None
    if len(data) > _LARGEST:
        raise UsageError(f"{path} has more than {_LARGEST // 2**20} MiB, which no ledger has.")
    return data.split(b"\n")


def _object(lines: list[bytes]) -> dict[str, Any]:
    """Returns the JSON object in a line; an empty one if there is none, or the line is too long to be one of ours."""
    try:
        value = json.loads(lines[0]) if lines and len(lines[0]) <= _LONGEST else None
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {}


def _header(line: dict[str, Any]) -> LedgerHeader | None:
    values = [line.get(name) for name in ("prefix", "target", "project")]
    if line.get("format") != _FORMAT or not all(isinstance(value, str) for value in values):
        return None
    header = LedgerHeader(*map(str, values))
    return header if PREFIX.match(header.prefix) else None


def _take(creates: dict[int, Create], line: dict[str, Any]) -> bool:
    """Adds what an authentic line tells; false if it tells nothing known."""
    if "sending" in line:
        creates[line["sending"]] = Create(Asked(**{name: line[name] for name in _NAMES}))
        return True
    if "answered" in line and (create := creates.get(line["answered"])):
        create.done, create.id = line["done"], workload_id(line["id"])
        return True
    if "gone" in line:
        for number in [number for number, create in creates.items() if create.id == line["gone"]]:
            del creates[number]
        return True
    return False


def _is_authentic(key: bytes, header: LedgerHeader, line: dict[str, Any]) -> bool:
    said = line.pop("mac", None)
    expected = _mac(key, header, line).encode()
    return isinstance(said, str) and hmac.compare_digest(said.encode("utf-8", "replace"), expected)


def _mac(key: bytes, header: LedgerHeader, line: dict[str, Any]) -> str:
    text = json.dumps([asdict(header), line], sort_keys=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
