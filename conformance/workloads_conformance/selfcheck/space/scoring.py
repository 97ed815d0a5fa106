"""What the suite saw of the space, as frozen values: verdicts, rates with their intervals, and tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from workloads_conformance.selfcheck.judging import ServerOutcome
from workloads_specs import Level

from .judging import PointOutcome
from .places import Part, chosen_by_clients
from .points import Point
from .rulings import Ruling, catalogue

_Z = 1.959964
"""The quantile of the normal distribution for 95 %, on both sides."""


class PointVerdict(StrEnum):
    """What became of a point."""

    KILLED = "killed"
    STOPPED = "stopped"
    """No finding, but the gate is closed: the target was refused, or a MUST was left undecided."""
    SURVIVED = "survived"
    NEVER_WRONG = "never wrong"
    """It survived, and nothing that the suite sent came to it."""
    NOT_SHOWN = "not shown"
    """The target does not show what would be wrong, and does not have to."""
    ACCEPTED = "accepted"
    NEVER_DIFFERENT = "never different"
    """It was accepted, and nothing that the suite sent came to it."""
    BLAMED = "blamed"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, and the interval (Wilson, 95 %) in which the share of all lies, in per cent."""

    count: int
    of: int

    @property
    def percent(self) -> float:
        """The share; 0 of nothing."""
        return 100 * self.count / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The bounds; (0, 100) for nothing."""
        if not self.of:
            return 0.0, 100.0
        share, square = self.count / self.of, _Z * _Z
        middle = share + square / (2 * self.of)
        half = _Z * math.sqrt(share * (1 - share) / self.of + square / (4 * self.of * self.of))
        below, above = (100 * (middle + sign * half) / (1 + square / self.of) for sign in (-1, 1))
        return max(0.0, below), min(100.0, above)

    def __str__(self) -> str:
        below, above = self.interval
        return f"{self.count} of {self.of}, {self.percent:.1f} % ({below:.1f} to {above:.1f} %)"


@dataclass(frozen=True, slots=True)
class PointResult:
    """A point and what the suite made of it."""

    point: Point
    outcome: ServerOutcome

    @property
    def failed(self) -> tuple[str, ...]:
        """The MUST and SHOULD that were found violated."""
        return tuple(name for name in self.outcome.failed if catalogue()[name].level is not Level.OBSERVE)

    @property
    def is_named(self) -> bool:
        """True if one of the clauses that the rule names was found violated."""
        return any(name in self.point.ruled.clauses for name in self.failed)

    @property
    def hits(self) -> int:
        """How often the server was different."""
        ending = self.outcome.ending if isinstance(self.outcome, PointOutcome) else None
        return ending.hits if ending else 0

    @property
    def _is_not_shown(self) -> bool:
        """True if the target does not have to show the member, or the operator changes none of its own values there."""
        place = self.point.place
        ending = self.outcome.ending if isinstance(self.outcome, PointOutcome) else None
        own = place.part is Part.ANSWER and place.name not in chosen_by_clients()
        return place.optional or (own and ending is not None and ending.unaffected > 0)

    @property
    def verdict(self) -> PointVerdict:
        """What became of it."""
        if not isinstance(self.outcome, PointOutcome) or self.outcome.ending is None:
            return PointVerdict.NOT_JUDGED
        undecided = any(catalogue()[name].level is Level.MUST for name in self.outcome.undecided)
        closed = bool(self.outcome.problem) or undecided
        if self.point.is_fault:
            if self.failed:
                return PointVerdict.KILLED
            never = PointVerdict.NOT_SHOWN if self._is_not_shown else PointVerdict.NEVER_WRONG
            left = PointVerdict.SURVIVED if self.hits else never
            return PointVerdict.STOPPED if closed and self.hits else left
        if self.failed:
            return PointVerdict.BLAMED
        fair = PointVerdict.ACCEPTED if self.hits else PointVerdict.NEVER_DIFFERENT
        return PointVerdict.UNDECIDED if closed else fair


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """The points that have something in common, counted."""

    name: str
    killed: Rate
    blamed: Rate


@dataclass(frozen=True, kw_only=True)
class SpaceCheck:
    """The whole result.

    Attributes:
        results: of the points that were drawn, in their order.
        waiting: how many were drawn and not begun when the time was up.
        space: how many points there are, by ruling.
        bar: the least kill rate, in per cent.
        target: the user's server, as a URL; empty for the reference server.
        already: requirements that the target violates as it is.
        why: for each id of a point that nothing came to, what of the settings kept it away, if that can be told.
    """

    results: tuple[PointResult, ...]
    waiting: int
    space: dict[Ruling, int]
    seed: int
    jobs: int
    profile: str
    bar: float
    seconds: float
    target: str = ""
    already: tuple[str, ...] = ()
    why: dict[str, str]

    @cached_property
    def faults(self) -> tuple[PointResult, ...]:
        """The faults that were judged, and that the target could show."""
        wrong = (one for one in self._judged if one.point.is_fault)
        return tuple(one for one in wrong if one.verdict is not PointVerdict.NOT_SHOWN)

    @cached_property
    def legal(self) -> tuple[PointResult, ...]:
        """The legal points that were judged and came into effect; the others show nothing."""
        fair = (one for one in self._judged if not one.point.is_fault)
        return tuple(one for one in fair if one.verdict is not PointVerdict.NEVER_DIFFERENT)

    @cached_property
    def _judged(self) -> tuple[PointResult, ...]:
        return tuple(one for one in self.results if one.verdict is not PointVerdict.NOT_JUDGED)

    def of(self, *verdicts: PointVerdict) -> tuple[PointResult, ...]:
        """Returns the results with one of these verdicts."""
        return tuple(one for one in self.results if one.verdict in verdicts)

    @property
    def killed(self) -> Rate:
        """Faults on which a MUST or SHOULD was found violated."""
        return _rate(self.faults, lambda one: one.verdict is PointVerdict.KILLED)

    @property
    def named(self) -> Rate:
        """Faults on which one of the clauses that the rule names was found violated."""
        return _rate(self.faults, lambda one: one.is_named)

    @property
    def closed(self) -> Rate:
        """Faults that do not pass a gate: killed or stopped."""
        return _rate(self.faults, lambda one: one.verdict in (PointVerdict.KILLED, PointVerdict.STOPPED))

    @property
    def blamed(self) -> Rate:
        """Legal points on which a MUST or SHOULD was reported as violated."""
        return _rate(self.legal, lambda one: one.verdict is PointVerdict.BLAMED)

    def rows(self, key: Callable[[Point], str]) -> tuple[Row, ...]:
        """Returns a row for each value of a key, in the order of their names."""
        names = sorted({key(one.point) for one in (*self.faults, *self.legal)})
        return tuple(
            Row(
                name=name,
                killed=_rate(_having(self.faults, key, name), lambda one: one.verdict is PointVerdict.KILLED),
                blamed=_rate(_having(self.legal, key, name), lambda one: one.verdict is PointVerdict.BLAMED),
            )
            for name in names
        )

    def cell(self, place: str, trigger: str) -> Rate:
        """Returns the kill rate at a kind of place and under a trigger."""
        here = [one for one in self.faults if place_of(one.point) == place and one.point.trigger == trigger]
        return _rate(here, lambda one: one.verdict is PointVerdict.KILLED)

    @property
    def seen_after(self) -> tuple[tuple[int, float], ...]:
        """The exchanges and seconds after which each killed fault was seen, soonest first."""
        seen = (one.outcome.first_seen for one in self.faults if one.outcome.first_seen)
        return tuple(sorted(seen, key=lambda found: found[1]))

    @property
    def left(self) -> tuple[str, ...]:
        """The ids of workloads that could not be removed."""
        outcomes = (one.outcome for one in self.results)
        endings = (one.ending for one in outcomes if isinstance(one, PointOutcome) and one.ending)
        return tuple(identifier for ending in endings for identifier in ending.left)

    @property
    def passed(self) -> bool:
        """True if the bar is reached, no legal point was blamed, and nothing is left."""
        return self.killed.percent >= self.bar and not self.blamed.count and not self.left


def place_of(point: Point) -> str:
    """Returns the kind of a point's place, with its method."""
    return f"{point.place.method} {point.place.part}"


def _having(results: Sequence[PointResult], key: Callable[[Point], str], name: str) -> list[PointResult]:
    return [one for one in results if key(one.point) == name]


def _rate(results: Sequence[PointResult], counts: Callable[[PointResult], bool]) -> Rate:
    return Rate(sum(map(counts, results)), len(results))
