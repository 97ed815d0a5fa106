"""The ledger: on disk before each create is sent, so that what a killed run created can be found and removed.

JSON lines. The first, `{"prefix", "target", "project"}`, is followed by `{"create": n, "name"}` before a create
leaves, `{"created": id, "create": n}` when it was answered, and `{"gone": id}` when the workload was seen to be gone;
a run that leaves nothing removes its ledger. Lines reach the operating system one by one, which outlives a killed
process.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from workloads_conformance.errors import UsageError

EMBEDDED = "embedded"
"""The target in the ledger of a run on the embedded server, whose workloads end with it."""


def ledgers(directory: Path) -> list[Path]:
    """Returns the ledgers in a report directory: those of runs that did not end, or left something."""
    return sorted(directory.glob("ledger-*.jsonl"))


class CreateLog(Protocol):
    """What a client tells of the creates that it sends."""

    prefix: str

    def create(self, name: str | None) -> int:
        """Records that a create is about to be sent; returns its number."""
        ...

    def created(self, number: int, identifier: str | None) -> None:
        """Records the answer to create `number`: the id of what it made, or None if it made nothing."""
        ...

    def gone(self, identifier: str) -> None:
        """Records that a workload was seen to be gone."""
        ...


class Ledger:
    """Writes one run's ledger, a file of its own so that no later run overwrites what an earlier one left."""

    def __init__(self, directory: Path, *, prefix: str, target: str, project: str) -> None:
        self.prefix = prefix
        self.path = directory / f"ledger-{prefix}.jsonl"
        self._creates = 0
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        except OSError as error:
            raise UsageError(f"report-dir {str(directory)!r} cannot be written: {error.strerror}.") from None
        self._write({"prefix": prefix, "target": target, "project": project})

    def create(self, name: str | None) -> int:
        """Records that a create is about to be sent; returns its number."""
        self._creates += 1
        self._write({"create": self._creates, "name": name})
        return self._creates

    def created(self, number: int, identifier: str | None) -> None:
        """Records the answer to create `number`: the id of what it made, or None if it made nothing."""
        self._write({"created": identifier, "create": number})

    def gone(self, identifier: str) -> None:
        """Records that a workload was seen to be gone."""
        self._write({"gone": identifier})

    def close(self, *, clean: bool) -> None:
        """Ends the ledger, and removes it if nothing is left."""
        os.close(self._file)
        if clean:
            self.path.unlink(missing_ok=True)

    def _write(self, record: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(record).encode() + b"\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfinished:
    """What a ledger says may be left: ids to delete, and whether a create was sent whose answer was never seen."""

    prefix: str
    target: str
    project: str
    identifiers: tuple[str, ...]
    unanswered: int


def read_ledger(path: Path) -> Unfinished:
    """Returns what the run behind the ledger at `path` may have left.

    Raises:
        UsageError: there is no ledger, or it is damaged before its last line (a killed run may cut that one short).
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}; give the --report-dir of the run to sweep."
        ) from None
    records = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict):
            records.append(record)
        elif number < len(lines):
            raise UsageError(f"{path} is damaged in line {number}; it is no ledger that this suite wrote.")
    if not records or not {"prefix", "target", "project"} <= records[0].keys():
        raise UsageError(f"{path} does not begin like a ledger; give the --report-dir of the run to sweep.")
    answered = {record["create"] for record in records if "created" in record}
    gone = {record["gone"] for record in records if "gone" in record}
    created = dict.fromkeys(record["created"] for record in records if record.get("created"))
    return Unfinished(
        prefix=records[0]["prefix"],
        target=records[0]["target"],
        project=records[0]["project"],
        identifiers=tuple(identifier for identifier in created if identifier not in gone),
        unanswered=sum("name" in record and record["create"] not in answered for record in records),
    )
