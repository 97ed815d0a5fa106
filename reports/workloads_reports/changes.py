"""What can have changed between two runs, and how a report tells it of the run before it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .verdicts import RunVerdict, Verdict


class Transition(StrEnum):
    """What happened to a requirement between two reports."""

    NEWLY_FAILING = "newly-failing"
    NO_LONGER_JUDGED = "no-longer-judged"
    STILL_FAILING = "still-failing"
    FIXED = "fixed"
    NEWLY_JUDGED = "newly-judged"
    ADDED = "added"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A requirement that changed since the earlier run, or that still fails.

    Attributes:
        requirement: its id.
        before: its verdict in the earlier report; None if it was not there.
        after: its verdict in this one; None if it is gone.
        regression: whether it is one, by `REGRESSION_RULE`.
    """

    requirement: str
    change: Transition
    before: Verdict | None
    after: Verdict | None
    regression: bool


@dataclass(frozen=True, slots=True)
class Circumstance:
    """A setting in which two runs differ: what it is, and its value in the earlier and in this one."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """What changed since an earlier run, known by the `run` id, the instant at which it finished and its verdict."""

    run: str
    finished: datetime
    verdict: RunVerdict
    circumstances: tuple[Circumstance, ...]
    changes: tuple[Changed, ...]

    @property
    def regressions(self) -> int:
        """The number of changes that are regressions."""
        return sum(one.regression for one in self.changes)

    def __str__(self) -> str:
        """The changes in numbers: `2 newly-failing, 1 fixed`."""
        seen = Counter(one.change for one in self.changes)
        return ", ".join(f"{seen[change]} {change}" for change in Transition if seen[change]) or "nothing changed"
