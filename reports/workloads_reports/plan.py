"""How much of the suite's plan a run went through: tests, cases, what was left out by choice, and shards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Shards:
    """Which shards of a run a report is on.

    Attributes:
        of: how many there are.
        numbers: those that the report is on, from 1, in ascending order.
        plan: the digest (SHA-256, in hexadecimal) of what was split; shards of one run have the same.
        unreached: the ids of requirements that are undecided only because violations kept all cases from them: cases
            of another shard may decide them.
    """

    of: int
    numbers: tuple[int, ...]
    plan: str
    unreached: tuple[str, ...] = ()

    @property
    def absent(self) -> tuple[int, ...]:
        """Those that the report is not on."""
        return tuple(number for number in range(1, self.of + 1) if number not in self.numbers)

    def __str__(self) -> str:
        some = "shards" if len(self.numbers) > 1 else "shard"
        return f"{some} {', '.join(map(str, self.numbers))} of {self.of}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of what the suite is to go through a run went through, such as pairs of steps.

    Attributes:
        what: what is counted.
        covered: how many of them were covered.
        possible: how many there are.
        items: which were covered, a digest each; only where other shards of the run may have covered others.
    """

    what: str
    covered: int
    possible: int
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selected:
    """What of the suite was asked for.

    Attributes:
        how: how it was asked for, such as `--only must`.
        requirements: the ids of the requirements that were asked for.
    """

    how: str
    requirements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """How much of the suite's plan a run went through.

    Attributes:
        tests: how many tests the plan has; 0 in a report that does not say.
        cases: how many cases of them ran.
        missing: the names of the tests that did not run to their end: deselected, cut off, lost. Those that are left
            to other shards are not among them.
        coverage: counts of what tests cover by construction.
        selected: what the run was asked for; None if nothing of the suite was left out by choice.
        shards: which shards of a run that was split; None for one that was not.
    """

    tests: int = 0
    cases: int = 0
    missing: tuple[str, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    selected: Selected | None = None
    shards: Shards | None = None

    @property
    def absent(self) -> tuple[int, ...]:
        """The shards of the run that the report is not on."""
        return self.shards.absent if self.shards else ()
