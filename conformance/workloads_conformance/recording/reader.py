"""Reads the record of a run, and refuses one that is damaged."""

from __future__ import annotations

import re
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from workloads_conformance.errors import UsageError

from .bodies import MOST, decode_body, is_held
from .chain import Chain, DamagedRecordError
from .entries import RECORD_FORMAT
from .schema import entry_flaw

_DIGEST = re.compile("[0-9a-f]{64}")
_MOST_HELD = 32 * 1024 * 1024
"""Bytes of the lines that are kept as they are read: what was judged, recorded values and tests."""

_CACHED = 16 * 1024 * 1024
"""Bytes of bodies that were asked for last, which are kept."""


class Entries(Sequence[dict[str, Any]]):
    """Entries of one kind, in order; each is read from the file when it is asked for."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._numbers = array("Q")

    def add(self, number: int) -> None:
        """Appends the entry in a line."""
        self._numbers.append(number)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(index, slice):
            return [self._chain.entry(number) for number in self._numbers[index]]
        return self._chain.entry(self._numbers[index])


class RecordedBodies(Mapping[str, bytes | None]):
    """Bodies by digest, None for one that the record left out; each is read when it is asked for.

    Attributes:
        left_out: whether there is one that the record left out.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._numbers: dict[int, int] = {}
        self._taken = 0
        self._last: OrderedDict[str, bytes] = OrderedDict()
        self.left_out = False

    def add(self, number: int, entry: dict[str, Any]) -> None:
        """Takes the body in a line.

        Raises:
            ValueError: it is not what its digest and size say, or one more than a run takes in.
        """
        if is_held(entry):
            self._taken += entry["size"]
            if self._taken > MOST:
                raise ValueError(f"it has more than {MOST} bytes of bodies, which no run takes in")
            decode_body(entry)
        self.left_out = self.left_out or not is_held(entry)
        self._numbers[int(entry["sha256"], 16)] = number

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return (f"{digest:064x}" for digest in self._numbers)

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and _DIGEST.fullmatch(digest) is not None and int(digest, 16) in self._numbers

    def __getitem__(self, digest: str) -> bytes | None:
        if digest not in self:
            raise KeyError(digest)
        if digest in self._last:
            self._last.move_to_end(digest)
            return self._last[digest]
        body = decode_body(self._chain.entry(self._numbers[int(digest, 16)]))
        if body is not None:
            self._last[digest] = body
            while len(self._last) > 1 and sum(map(len, self._last.values())) > _CACHED:
                self._last.popitem(last=False)
        return body


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """What a record holds. Bodies, exchanges and findings stay in the file, which has to remain.

    Attributes:
        run: the first entry: what was judged, how and with what.
        exchanges: their entries, in the order in which the answers came.
        bodies: by digest; None for one that the record left out.
        recorded_values: values that a replay cannot compute, by key.
        tests: the names of the tests whose turn came, in order.
        found: the entries of what was found, in order.
        end: the last entry; None if the run was killed.
    """

    run: Mapping[str, Any]
    exchanges: Entries
    bodies: RecordedBodies
    found: Entries
    recorded_values: Mapping[str, Any]
    tests: Sequence[str]
    end: Mapping[str, Any] | None

    @property
    def findings(self) -> list[tuple[str, dict[str, Any]]]:
        """Requirement and finding, in the order in which they were found."""
        return [(entry["requirement"], entry["finding"]) for entry in self.found]

    def check_whole(self) -> None:
        """Raises a UsageError if bodies were left out, without which the run cannot be judged again."""
        if self.bodies.left_out:
            raise UsageError("the record left out bodies, as there were too many, and cannot be judged again.")

    def body(self, digest: str) -> bytes:
        """Returns a body; `check_whole` says whether there are all."""
        found = self.bodies[digest]
        assert found is not None
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
        UsageError: it cannot be read, or is not a record.
        DamagedRecordError: it is not as it was written; the text names the line.
    """
    chain = Chain(path)
    record, held = None, 0
    for number, entry in enumerate(chain, 1):
        if record is None:
            record = _Reading(_first(path, entry), chain)
            continue
        if flaw := entry_flaw(entry):
            raise DamagedRecordError(f"{path} is damaged in line {number}: {flaw}.")
        if record.end is not None:
            raise DamagedRecordError(f"{path} is damaged in line {number}: it has lines after its last one.")
        try:
            record.take(number, entry)
        except ValueError as error:
            raise DamagedRecordError(f"{path} is damaged in line {number}: {error}.") from None
        held += chain.length(number) if entry["kind"] in ("recorded_value", "test") else 0
        if held > _MOST_HELD:
            raise UsageError(
                f"{path} has more than {_MOST_HELD} bytes of recorded values and tests, which no run writes."
            )
    if record is None:
        raise UsageError(f"{path} is empty; give the record.jsonl of a run.")
    return record.ended()


def _first(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """Returns the first entry, if it is that of a record that this version reads."""
    if entry.get("kind") != "run" or not str(entry.get("format", "")).startswith("workloads-conformance-record/"):
        raise UsageError(f"{path} is not a record of a run; give the record.jsonl of one.")
    if entry["format"] != RECORD_FORMAT:
        raise UsageError(f"{path} is a {entry['format']!s:.60}; this version of the suite reads {RECORD_FORMAT}.")
    if flaw := entry_flaw(entry):
        raise DamagedRecordError(f"{path} is damaged in line 1: {flaw}.")
    return entry


class _Reading:
    """A record of which the lines come one after the other."""

    def __init__(self, run: dict[str, Any], chain: Chain) -> None:
        self._run = run
        self._exchanges, self._bodies, self._found = Entries(chain), RecordedBodies(chain), Entries(chain)
        self._recorded_values: dict[str, Any] = {}
        self._tests: list[str] = []
        self.end: dict[str, Any] | None = None

    def take(self, number: int, entry: dict[str, Any]) -> None:
        """Adds the entry in a line.

        Raises:
            ValueError: it does not go with what came before.
        """
        match entry["kind"]:
            case "body":
                self._bodies.add(number, entry)
            case "exchange":
                for digest in (entry.get("body"), entry.get("reply_body")):
                    if digest is not None and digest not in self._bodies:
                        raise ValueError("it refers to a body that is not there")
                self._exchanges.add(number)
            case "recorded_value":
                self._recorded_values[entry["key"]] = entry["value"]
            case "test":
                self._tests.append(entry["name"])
            case "finding":
                self._found.add(number)
            case "end":
                self.end = entry

    def ended(self) -> RunRecord:
        """Returns the record."""
        return RunRecord(
            run=self._run,
            exchanges=self._exchanges,
            bodies=self._bodies,
            found=self._found,
            recorded_values=self._recorded_values,
            tests=self._tests,
            end=self.end,
        )
