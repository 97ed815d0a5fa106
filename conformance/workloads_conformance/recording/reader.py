"""Reads the record of a run, and refuses one that is damaged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError

from .bodies import decode_body
from .chain import DamagedRecordError, read_chain
from .entries import RECORD_FORMAT


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """What a record holds.

    Attributes:
        run: the first entry: what was judged, how and with what.
        exchanges: their entries, in the order in which the answers came.
        bodies: by digest; None for one that the record left out.
        facts: what only the moment told, by key.
        tests: the names of the tests whose turn came, in order.
        findings: requirement and finding, in the order in which they were found.
        end: the last entry; None if the run was killed.
    """

    run: dict[str, Any]
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    bodies: dict[str, bytes | None] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    tests: list[str] = field(default_factory=list)
    findings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    end: dict[str, Any] | None = None

    def body(self, digest: str) -> bytes:
        """Returns a body.

        Raises:
            UsageError: the record left it out, for it was too large.
        """
        found = self.bodies[digest]
        if found is None:
            raise UsageError("the record left out bodies, as there were too many, and cannot be judged again.")
        return found

    def shown(self, digest: str) -> bytes:
        """Returns a body for people to see; empty where the record left it out."""
        return self.bodies[digest] or b""

    @property
    def stopped(self) -> str | None:
        """Why the run did not come to its end; None if it did."""
        if self.end is None:
            return f"the run was killed; its record ends without its last line, after {len(self.exchanges)} exchanges"
        why = self.end["stopped"]
        return None if why is None else str(why)


def read_record(path: Path) -> RunRecord:
    """Returns the record at `path`; one that a killed run left is returned without its `end`.

    Raises:
        UsageError: it cannot be read, or is no record.
        DamagedRecordError: it is not as it was written; the text names the line.
    """
    record, end = None, None
    number = 0
    for number, entry in enumerate(read_chain(path), 1):
        if record is None:
            record = _begin(path, entry)
            continue
        if end is not None:
            raise DamagedRecordError(f"{path} is damaged in line {number}: it goes on after its last line.")
        try:
            end = _take(record, entry)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedRecordError(f"{path} is damaged in line {number}: {error}.") from None
    if record is None:
        raise UsageError(f"{path} is empty; give the record.jsonl of a run.")
    if end is None:
        return record
    return RunRecord(**{name: getattr(record, name) for name in record.__slots__ if name != "end"}, end=end)


def _begin(path: Path, entry: dict[str, Any]) -> RunRecord:
    if entry.get("kind") != "run" or not str(entry.get("format", "")).startswith("workloads-conformance-record/"):
        raise UsageError(f"{path} is no record of a run; give the record.jsonl of one.")
    if entry["format"] != RECORD_FORMAT:
        raise UsageError(f"{path} is a {entry['format']}; this version of the suite reads {RECORD_FORMAT}.")
    return RunRecord(run=entry)


def _take(record: RunRecord, entry: dict[str, Any]) -> dict[str, Any] | None:
    """Adds an entry to the record; returns it if it is the last."""
    match entry["kind"]:
        case "body":
            record.bodies[entry["sha256"]] = decode_body(entry)
        case "exchange":
            for digest in (entry.get("body"), entry.get("reply_body")):
                if digest is not None and digest not in record.bodies:
                    raise ValueError("it refers to a body that is not there")
            record.exchanges.append(entry)
        case "fact":
            record.facts[entry["key"]] = entry["value"]
        case "test":
            record.tests.append(entry["name"])
        case "finding":
            record.findings.append((entry["requirement"], entry["finding"]))
        case "end":
            return entry
        case kind:
            raise ValueError(f"{kind!r} is no kind of entry")
    return None
