"""Which of a test's cases are run, where a run is split."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """Of every `of` cases of a test those at these places; `WHOLE` is all of them."""

    places: frozenset[int]
    of: int

    def of_cases(self, count: int) -> list[int]:
        """Returns the indexes of those that are run of so many cases."""
        return [index for index in range(count) if index % self.of in self.places]


WHOLE = Share(frozenset({0}), 1)
