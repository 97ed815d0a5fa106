"""Requests that are refused each time while others are taken: what the target cannot serve is not too many."""

from __future__ import annotations

from dataclasses import dataclass

from .messages import Request

_IN_A_ROW = 2
"""Refusals of one request, one after the other, that may be for too many."""


@dataclass(slots=True)
class _Refusals:
    """Of one request, in a row; and how many others had been taken by the time of the last."""

    times: int = 0
    taken: int = 0


class Unserved:
    """Tells refusals that are about one request from those that are about how many there are."""

    def __init__(self) -> None:
        self._taken = 0
        self._refusals: dict[tuple[str, str], _Refusals] = {}

    @property
    def has_taken(self) -> bool:
        """Whether the target has taken any request: one that has not is starting, and says nothing of how many."""
        return self._taken > 0

    def taken(self, request: Request) -> None:
        """Notes that the target took the request."""
        self._taken += 1
        self._refusals.pop((request.method, request.target), None)

    def refused(self, request: Request) -> bool:
        """Notes that the target refused the request; returns whether it refuses it each time, and takes others."""
        known = self._refusals.setdefault((request.method, request.target), _Refusals())
        others_are_taken = self._taken > known.taken
        known.times, known.taken = known.times + 1, self._taken
        return known.times > _IN_A_ROW and others_are_taken
