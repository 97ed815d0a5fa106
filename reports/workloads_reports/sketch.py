"""How durations are distributed, in a form that adds up: the sketch of a whole is the sum of those of its parts.

Beside count, minimum and maximum, which are exact, a sketch counts durations by bins that grow by 2 %. So a median of
it is within 1 % of the true one, whether the durations were counted in one sketch or in several that were added.
"""

from __future__ import annotations

from collections.abc import Iterable

from ddsketch.ddsketch import BaseDDSketch
from ddsketch.mapping import LogarithmicMapping
from ddsketch.store import DenseStore

from .model import Timing

_ACCURACY = 0.01
_DIGITS = 4
"""Durations are kept to a tenth of a millisecond."""

_FURTHEST = 2000
"""The bins of 0.1 ms to a billion years are nearer to that of one second; nobody has to make room for others."""


class Durations:
    """Counts durations, in seconds. Memory does not depend on how many there are."""

    def __init__(self) -> None:
        self._store = DenseStore()
        self._sketch = BaseDDSketch(LogarithmicMapping(_ACCURACY), self._store, DenseStore(), 0)
        self._minimum, self._maximum = float("inf"), 0.0

    def add(self, seconds: float) -> None:
        """Counts a duration."""
        kept = round(seconds, _DIGITS)
        self._sketch.add(kept)
        self._extend(kept, kept)

    def _extend(self, minimum: float, maximum: float) -> None:
        self._minimum, self._maximum = min(self._minimum, minimum), max(self._maximum, maximum)

    def add_all(self, timing: Timing) -> None:
        """Counts all that a timing was made of."""
        mapping = LogarithmicMapping(_ACCURACY)
        for key, count in _bins(timing.sketch):
            self._sketch.add(0.0 if key is None else mapping.value(key), count)
        self._extend(timing.minimum, timing.maximum)

    @property
    def timing(self) -> Timing:
        """What has been counted, which is one duration or more."""
        return Timing(
            count=int(self._sketch.count),
            minimum=self._minimum,
            median=self._quantile(0.5),
            p95=self._quantile(0.95),
            maximum=self._maximum,
            sketch=self._text(),
        )

    def _quantile(self, share: float) -> float:
        found = float(self._sketch.get_quantile_value(share) or 0)
        return min(max(round(found, _DIGITS), self._minimum), self._maximum)

    def _text(self) -> str:
        zeros = int(self._sketch.count - self._store.count)
        counted = ((place + self._store.offset, int(count)) for place, count in enumerate(self._store.bins) if count)
        return " ".join([*([f"zero:{zeros}"] if zeros else []), *(f"{key}:{count}" for key, count in counted)])


def counted_in(sketch: str) -> int:
    """Returns how many durations a sketch holds.

    Raises:
        ValueError: its text is none of a sketch.
    """
    return sum(count for _, count in _bins(sketch))


def _bins(sketch: str) -> Iterable[tuple[int | None, int]]:
    """Yields the key of each bin, None for that of zero, and what was counted in it."""
    for one in sketch.split():
        name, _, count = one.partition(":")
        key = None if name == "zero" else int(name)
        if key is not None and abs(key) > _FURTHEST:
            raise ValueError(f"a sketch has no bin {key}")
        yield key, int(count)
