"""Which pairs of specimen, place, form, kind and operation museums show, of those that there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from .forms import FORMS, PLAIN
from .museums import OPERATIONS, SPECIMENS, Museum, Visit, fits, places_of

Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two of the five, each with its name and its value."""

_NAMES = ("specimen", "place", "form", "kind", "operation")


@dataclass(frozen=True, slots=True)
class PairCoverage:
    """The pairs that are shown, of all that can be; `str` says how many of how many."""

    shown: frozenset[Pair]
    possible: frozenset[Pair]

    @property
    def missing(self) -> list[Pair]:
        """Those that are not shown, sorted."""
        return sorted(self.possible - self.shown)

    def __str__(self) -> str:
        return f"{len(self.shown & self.possible)} of {len(self.possible)} pairs"


def pairs_shown(visits: Iterable[tuple[Visit, str]], kinds: Sequence[str]) -> PairCoverage:
    """Returns what visits, each with the kind that it is on, show of what can be shown on `kinds`."""
    shown: set[Pair] = set()
    for visit, kind in visits:
        for operation in OPERATIONS:
            shown.update(pairs_in(visit.museum(operation, kind), operation))
    return PairCoverage(frozenset(shown), pairs_possible(tuple(kinds)))


def pairs_in(museum: Museum, operation: str) -> Iterator[Pair]:
    """Gives the pairs that a museum shows where it is sent in an operation."""
    for exhibit in museum.exhibits:
        yield from _pairs(exhibit.specimen.name, exhibit.place.name, museum.form.name, museum.kind, operation)


@cache
def pairs_possible(kinds: tuple[str, ...]) -> frozenset[Pair]:
    """Returns the pairs that there can be on `kinds`."""
    return frozenset(_possible(kinds))


def _possible(kinds: Sequence[str]) -> Iterator[Pair]:
    for specimen, kind, operation in itertools.product(SPECIMENS, kinds, OPERATIONS):
        forms = [form for form in (PLAIN.values() if specimen.large else FORMS) if fits(specimen, form, operation)]
        for place, form in itertools.product(places_of(specimen, kind), forms):
            yield from _pairs(specimen.name, place.name, form.name, kind, operation)


def _pairs(*values: str) -> Iterator[Pair]:
    return itertools.combinations(zip(_NAMES, values, strict=True), 2)
