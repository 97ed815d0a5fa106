"""The points of the space, and a draw of some of them by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType

from .legality import rule_on
from .operating import operators_at
from .places import Part, Place, all_places
from .rulings import Ruled, Ruling
from .triggers import triggers_for

_LEGAL_SHARE = 4
"""Of this many points that are drawn, one is legal."""


@dataclass(frozen=True)
class Point:
    """A server that is different in one way: `operator` at `place`, whenever `trigger` is true."""

    place: Place
    operator: str
    trigger: str
    ruled: Ruled

    @property
    def id(self) -> str:
        """Its stable name, such as `GET 200 workload.metadata.name / truncated at 8 / after an update`."""
        return f"{self.place} / {self.operator} / {self.trigger}"

    @property
    def is_fault(self) -> bool:
        """True if it violates the contract; it is legal otherwise."""
        return self.ruled.ruling is Ruling.FAULT

    @cached_property
    def sentence(self) -> str:
        """What a client would suffer, or what is different."""
        return (
            f"{_WHERE[self.place.part].format(place=self.place)} is {self.operator}, {self.trigger}. {self.ruled.why}"
        )

    @property
    def stratum(self) -> tuple[Part, str]:
        """The kind of place and the operation: what is drawn from in equal shares."""
        return self.place.part, self.place.operation

    @property
    def makes_dry_runs_real(self) -> bool:
        """True if it may turn a dry run into a create, which mode dry-run forbids."""
        return self.place.part is Part.PARAMETER


_WHERE: Mapping[Part, str] = {
    part: "What {place} has" if part in (Part.REQUEST, Part.ANSWER) else "{place}" for part in Part
}


@cache
def all_points() -> Mapping[str, Point]:
    """Returns every fault and every legal point, by id, in the order of the contract."""
    return MappingProxyType({point.id: point for point in _all() if point.ruled.ruling in (Ruling.FAULT, Ruling.LEGAL)})


@cache
def counts() -> Mapping[Ruling, int]:
    """Returns how many points each ruling has; those without a difference are none."""
    rulings = [point.ruled.ruling for point in _all()]
    return MappingProxyType({ruling: rulings.count(ruling) for ruling in Ruling})


@cache
def _all() -> tuple[Point, ...]:
    return tuple(
        Point(place, operator, trigger, ruled)
        for place in all_places()
        for operator in operators_at(place)
        for ruled in (rule_on(place, operator),)
        for trigger in triggers_for(place)
    )


def drawn(size: int, seed: int, points: Sequence[Point]) -> list[Point]:
    """Returns `size` of the points, a quarter of them legal, in the order in which they were drawn.

    Each kind of place and operation has the same share; within it an operator is drawn first, then a place, then a
    trigger, each of those that there are with the same chance. So a member that has many siblings counts no more than
    an effect that has none.
    """
    faults = [point for point in points if point.is_fault]
    legal = [point for point in points if not point.is_fault]
    fair = min(len(legal), size // _LEGAL_SHARE)
    generator = random.Random(seed)  # noqa: S311 - no secret
    chosen = [*_draw(faults, size - fair, generator), *_draw(legal, fair, generator)]
    generator.shuffle(chosen)
    return chosen


def _draw(points: Sequence[Point], size: int, generator: random.Random) -> Iterator[Point]:
    strata: dict[tuple[Part, str], list[Point]] = {}
    for point in points:
        strata.setdefault(point.stratum, []).append(point)
    order: list[tuple[Part, str]] = []
    for _ in range(min(size, len(points))):
        order = order or generator.sample(list(strata), len(strata))
        stratum = order.pop()
        left = strata[stratum]
        for key in ("operator", "place", "trigger"):
            value = generator.choice(list(dict.fromkeys(getattr(point, key) for point in left)))
            left = [point for point in left if getattr(point, key) == value]
        yield left[0]
        strata[stratum].remove(left[0])
        if not strata[stratum]:
            del strata[stratum]
