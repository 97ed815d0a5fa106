"""Durations as small plots: where on a shared logarithmic scale each distribution lies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .model import Timing

WIDTH = 480.0
"""Units of a plot's own coordinates, from the scale's start to its end."""

_FLOOR = 0.0001
"""Seconds below which nothing is told apart: a tenth of a millisecond."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A power of ten on the scale."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Where the numbers of one distribution lie on the scale."""

    minimum: float
    median: float
    p95: float
    maximum: float


class Scale:
    """A logarithmic scale that holds all of these durations, from one power of ten to another."""

    def __init__(self, timings: Mapping[str, Timing]) -> None:
        least = max(_FLOOR, min((timing.minimum for timing in timings.values()), default=_FLOOR))
        most = max(_FLOOR, max((timing.maximum for timing in timings.values()), default=1.0))
        self._first = math.floor(math.log10(least))
        self._last = max(math.ceil(math.log10(most)), self._first + 1)

    def ticks(self) -> list[Tick]:
        """Returns the powers of ten."""
        return [Tick(self._x(10.0**power), _label(10.0**power)) for power in range(self._first, self._last + 1)]

    def bar(self, timing: Timing) -> Bar:
        """Returns where a distribution lies."""
        return Bar(self._x(timing.minimum), self._x(timing.median), self._x(timing.p95), self._x(timing.maximum))

    def _x(self, seconds: float) -> float:
        share = (math.log10(max(seconds, _FLOOR)) - self._first) / (self._last - self._first)
        return round(WIDTH * min(max(share, 0.0), 1.0), 1)


def duration(seconds: float) -> str:
    """Returns a duration with three significant digits at most, in the unit in which people read it."""
    if seconds >= 1:
        return f"{seconds:.3g} s" if seconds < 1000 else f"{seconds:.0f} s"  # no exponents
    return f"{seconds * 1000:.3g} ms"


def _label(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
