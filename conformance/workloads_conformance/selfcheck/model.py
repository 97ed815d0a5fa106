"""What a self-check found, as frozen values; the renderings compute nothing."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from workloads_specs import Level, load_catalogue

from .catalogue import HonestServer
from .declare import Fault
from .judging import ServerOutcome


class FaultVerdict(StrEnum):
    """What became of a fault. Only `KILLED` counts as found."""

    KILLED = "killed"
    UNCLEAN = "unclean"
    """Found, and a MUST that has nothing to do with it was reported as violated too."""
    SURVIVED = "survived"
    NOT_JUDGED = "not judged"


class VariantVerdict(StrEnum):
    """What became of an honest server."""

    ACCEPTED = "accepted"
    BLAMED = "blamed"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class FaultResult:
    """A fault and what the suite made of it."""

    fault: Fault
    outcome: ServerOutcome

    @property
    def found(self) -> tuple[str, ...]:
        """The requirements that the fault names and that were found violated."""
        return tuple(name for name in self.fault.requirements if name in self.outcome.failed)

    @property
    def unrelated(self) -> tuple[str, ...]:
        """The requirements that were found violated though the fault has nothing to do with them."""
        related = (*self.fault.requirements, *self.fault.also)
        return tuple(
            name for name in self.outcome.failed if not any(fnmatch.fnmatchcase(name, glob) for glob in related)
        )

    @property
    def verdict(self) -> FaultVerdict:
        """Killed for the right reason, or not."""
        if self.outcome.problem:
            return FaultVerdict.NOT_JUDGED
        if not self.found:
            return FaultVerdict.SURVIVED
        if any(_levels()[name] is Level.MUST for name in self.unrelated):
            return FaultVerdict.UNCLEAN
        return FaultVerdict.KILLED


@dataclass(frozen=True, slots=True)
class VariantResult:
    """An honest server and what the suite made of it."""

    honest_server: HonestServer
    outcome: ServerOutcome

    @property
    def verdict(self) -> VariantVerdict:
        """Accepted only if no MUST and no SHOULD failed and none was left undecided."""
        if self.outcome.problem:
            return VariantVerdict.NOT_JUDGED
        if self.outcome.failed:
            return VariantVerdict.BLAMED
        return VariantVerdict.UNDECIDED if self.outcome.undecided else VariantVerdict.ACCEPTED


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaScore:
    """The faults of one area, counted."""

    area: str
    faults: int
    killed: int
    unclean: int
    survived: int
    not_judged: int
    seconds: float
    exchanges: int

    @property
    def percent(self) -> float:
        """The share that was killed for the right reason, in per cent."""
        return 100 * self.killed / self.faults if self.faults else 100.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SelfCheck:
    """The whole result. `bar` is the least percentage of faults that has to be killed."""

    faults: tuple[FaultResult, ...]
    variants: tuple[VariantResult, ...]
    seed: int
    jobs: int
    bar: float
    seconds: float

    @property
    def areas(self) -> tuple[AreaScore, ...]:
        """The score by area, in catalogue order."""
        names = dict.fromkeys(result.fault.area for result in self.faults)
        return tuple(_score(name, [result for result in self.faults if result.fault.area == name]) for name in names)

    @property
    def total(self) -> AreaScore:
        """The score of all areas."""
        return summed("all", self.areas)

    @property
    def clauses(self) -> tuple[int, int]:
        """How many clauses at least one fault was found on, and how many the faults of this run name."""
        named = {name for result in self.faults for name in result.fault.requirements}
        return len({name for result in self.faults for name in result.found}), len(named)

    @property
    def escaped(self) -> tuple[FaultResult, ...]:
        """The faults that do not count as found."""
        return tuple(result for result in self.faults if result.verdict is not FaultVerdict.KILLED)

    @property
    def wronged(self) -> tuple[VariantResult, ...]:
        """The honest servers that were not plainly accepted."""
        return tuple(result for result in self.variants if result.verdict is not VariantVerdict.ACCEPTED)

    @property
    def passed(self) -> bool:
        """True if the bar is reached and every honest server was accepted."""
        return self.total.percent >= self.bar and not self.wronged


def summed(name: str, areas: Sequence[AreaScore]) -> AreaScore:
    """Returns the score of several areas together, under a name."""
    return AreaScore(
        area=name,
        faults=sum(area.faults for area in areas),
        killed=sum(area.killed for area in areas),
        unclean=sum(area.unclean for area in areas),
        survived=sum(area.survived for area in areas),
        not_judged=sum(area.not_judged for area in areas),
        seconds=sum(area.seconds for area in areas),
        exchanges=sum(area.exchanges for area in areas),
    )


@cache
def _levels() -> dict[str, Level]:
    return {requirement.id: requirement.level for requirement in load_catalogue().values()}


def _score(area: str, results: Sequence[FaultResult]) -> AreaScore:
    verdicts = [result.verdict for result in results]
    return AreaScore(
        area=area,
        faults=len(results),
        killed=verdicts.count(FaultVerdict.KILLED),
        unclean=verdicts.count(FaultVerdict.UNCLEAN),
        survived=verdicts.count(FaultVerdict.SURVIVED),
        not_judged=verdicts.count(FaultVerdict.NOT_JUDGED),
        seconds=sum(result.outcome.seconds for result in results),
        exchanges=sum(result.outcome.exchanges for result in results),
    )
