"""Which cases of which tests a shard runs: the same in every process that splits the same plan.

A plan is split by its costs. Tests that cost little beside a shard stay whole, for each piece draws its cases and runs
its control anew; others fall into pieces of every second, third, … case. The most expensive piece goes first, each to
the shard that has the least so far; a hash decides between equals.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from workloads_conformance.runner import Fixed, JudgingTest, Share
from workloads_conformance.runner.cases import most
from workloads_conformance.settings import Settings, Shard

_PIECES = 4
"""Pieces of which a shard takes at least so many, so that what is left over at the end is a part of one of them."""


@dataclass(frozen=True, slots=True)
class _Slice:
    test: str
    number: int
    of: int
    cost: float

    @property
    def place(self) -> tuple[float, str]:
        """What pieces are sorted by."""
        return -self.cost, hashlib.sha256(f"{self.test} {self.number}/{self.of}".encode()).hexdigest()


@cache
def costs() -> Mapping[str, float]:
    """Returns the exchanges that a case of each test takes, by the test's name; docs/make_costs.py counts them."""
    text = files(__package__ or "").joinpath("costs.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text)["exchanges"])


def shares(tests: Sequence[JudgingTest], settings: Settings, shard: Shard) -> dict[str, Share]:
    """Returns what the shard runs of each test, without the tests of which it runs nothing."""
    loads = [(0.0, number) for number in range(1, shard.of + 1)]
    taken: dict[str, list[_Slice]] = {}
    for piece in sorted(_pieces(tests, settings, shard.of), key=lambda piece: piece.place):
        load, number = heapq.heappop(loads)
        heapq.heappush(loads, (load + piece.cost, number))
        if number == shard.number:
            taken.setdefault(piece.test, []).append(piece)
    return {
        name: Share(frozenset(piece.number for piece in pieces), pieces[0].of) for name, pieces in sorted(taken.items())
    }


def _pieces(tests: Sequence[JudgingTest], settings: Settings, of: int) -> Iterator[_Slice]:
    counts = {test.name: _most(test, settings) for test in tests}
    typical = sum(costs().values()) / max(1, len(costs()))
    each = {name: costs().get(name, typical) for name in counts}
    largest = sum(counts[name] * each[name] for name in counts) / of / _PIECES
    for name, cases in counts.items():
        pieces = max(1, min(cases, math.ceil(cases * each[name] / max(1.0, largest)))) if of > 1 else 1
        for number in range(pieces):
            yield _Slice(name, number, pieces, len(range(number, cases, pieces)) * each[name])


def _most(test: JudgingTest, settings: Settings) -> int:
    return len(test.listed(settings)) if isinstance(test.cases, Fixed) else most(test.cases, settings)


def digest(tests: Sequence[JudgingTest], settings: Settings, versions: Mapping[str, str]) -> str:
    """Returns what tells the plan that is split from others, SHA-256 in hexadecimal.

    The versions stand for the cases, which are drawn by no shard as a whole.
    """
    plan = [[test.name, _most(test, settings), costs().get(test.name)] for test in tests]
    manner = [settings.kinds, settings.literal, settings.budget]
    text = json.dumps([plan, manner, dict(versions)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
