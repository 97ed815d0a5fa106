"""What a trial gathers: exchanges, judgements, observations, and how long what it waited for took."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence

from workloads_conformance.http import Exchange

from . import judgement
from .answers import Answer
from .judgement import Judgement
from .values import shown

_LONGEST_ANSWER = 200
"""Characters of an answer to what the contract leaves open."""


class Gathering:
    """Holds what a trial showed, and is told what a test makes of it."""

    def __init__(self) -> None:
        self.judgements: list[Judgement] = []
        self.exchanges: list[Exchange] = []
        self.observations: list[tuple[str, str]] = []
        self.durations: list[tuple[str, float]] = []
        self.covered: list[tuple[str, Hashable]] = []
        self.also: dict[int, Sequence[int]] = {}
        """Statuses that were right beside the documented ones, by the number of the exchange."""
        self.is_whole = False
        """Every request of the trial led to what a test makes of it, not only those that are about the same thing."""
        self._began, self._ended = float("inf"), 0.0

    @property
    def seconds(self) -> float:
        """The time from its first request to its last answer."""
        return max(0.0, self._ended - self._began)

    def kind_of(self, exchange: Exchange) -> Hashable:
        """Returns what is the same of requests that do the same to different things."""
        return exchange.request.method

    def place_of(self, exchange: Exchange | None) -> tuple[object, ...]:
        """Returns what is the same of an exchange when the case is run again: how many requests like it came before."""
        if exchange is None:
            return ()
        before = itertools.takewhile(lambda found: found is not exchange, self.exchanges)
        kind = self.kind_of(exchange)
        return kind, sum(self.kind_of(found) == kind for found in before)

    def brief(self, exchange: Exchange) -> Exchange:
        """Returns an exchange with as much of its answer as a report, and what repeats it, needs."""
        return exchange.brief()

    def gather(self, exchange: Exchange, also: Sequence[int]) -> Exchange:
        """Takes up an exchange; returns the form in which it is held.

        Only the test itself holds the whole answer, and only as long as it needs it.
        """
        held = self.brief(exchange)
        self.exchanges.append(held)
        self._began = min(self._began, exchange.started)
        self._ended = max(self._ended, exchange.ended)
        if also:
            self.also[exchange.number] = also
        return held

    def judge(  # noqa: PLR0913 - the texts go by name
        self,
        requirement: str,
        satisfied: bool,  # noqa: FBT001 - `judge(requirement, a == b, ...)` reads as a sentence
        *,
        message: str,
        expected: object,
        observed: object,
        answer: Answer | None = None,
        way: str = "",
        code: str = "",
    ) -> bool:
        """Records whether a requirement was satisfied, and returns that; the texts matter where it was not.

        A `message` that names what may be another each time needs a `way` that does not, and `code` is what the
        finding is known by from run to run (see `Judgement`).
        """
        if satisfied:
            self.judgements.append(judgement.satisfied(requirement))
            return True
        self.judgements.append(
            judgement.violated(
                requirement,
                message=message,
                expected=shown(expected),
                observed=shown(observed),
                exchange=self._held(answer.exchange) if answer else None,
                way=way,
                code=code,
            )
        )
        return False

    def _held(self, exchange: Exchange) -> Exchange:
        """Returns the form in which the trial holds an exchange."""
        return next((held for held in self.exchanges if held.number == exchange.number), None) or self.brief(exchange)

    def observe(self, requirement: str, answer: str) -> None:
        """Records the target's answer to what the contract leaves open."""
        self.observations.append((requirement, answer[:_LONGEST_ANSWER]))

    def cover(self, what: str, *items: Hashable) -> None:
        """Notes that the case has been through these, of the many that the suite is to go through."""
        self.covered.extend((what, item) for item in items)

    def end(self) -> None:
        """Gives up, if nothing is wrong, all of the exchanges but what is counted."""
        if all(judgement.satisfied for judgement in self.judgements):
            self.exchanges = [exchange.bare() for exchange in self.exchanges]
