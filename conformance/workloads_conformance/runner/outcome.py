"""What a trial showed, and how often it showed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .judgement import Judgement
from .repeating import has_failed
from .trial import Trial

REPETITIONS = 3
MORE_REPETITIONS = 9
"""Repetitions of what repeated, but not each time; few would tell little."""

_OFTEN, _OFTEN_IN_TIME = 3, 4
"""Of all of these, how many have to show what is wrong: a target that is wrong one time of three is wrong.

One more where it took several answers to see it: most of that is waited for, and a busy machine is late by chance."""

_QUICK = 2.0
"""Seconds below which a case is repeated by itself. Longer ones wait most of the time, and do so together."""


@dataclass(slots=True)
class Outcome:
    """What one trial showed."""

    case: Any
    trial: Trial
    inconclusive: str | None = None
    final: bool = False
    """A repetition would be inconclusive for the same reason."""
    untestable: str | None = None
    error: str | None = None

    @property
    def is_sound(self) -> bool:
        """True if the trial came to its end and found nothing wrong."""
        came_through = not (self.inconclusive or self.untestable or self.error)
        return came_through and all(judgement.satisfied for judgement in self.trial.judgements)

    @property
    def takes_long(self) -> bool:
        """True if the trial waited for something that may take its time."""
        return self.trial.seconds >= _QUICK

    def violation(self, requirement: str, code: str) -> Judgement | None:
        """Returns the first judgement that the requirement was violated, with this code."""
        return next((found for found in self._violated(requirement) if found.code == code), None)

    def last_violation(self, requirement: str) -> Judgement | None:
        """Returns the first judgement that the requirement was violated in the last exchange."""
        last = self.trial.exchanges[-1] if self.trial.exchanges else None
        return next((found for found in self._violated(requirement) if found.exchange is last), None)

    def same_violation(self, of: Outcome, violation: Judgement) -> Judgement | None:
        """Returns a judgement that the requirement was violated as `violation`, of another run of the case, has it.

        What was judged on an exchange alone has to be shown by the exchange at the same place; and so has a write that
        failed: of many, one or another does each time where a target fails at random.
        """
        place = of.trial.place_of(violation.exchange)
        for found in self._violated(violation.requirement):
            if violation.alone:
                if found.alone and self.trial.place_of(found.exchange) == place:
                    return found
            elif found.is_like(violation) and (
                not _is_failed_write(violation) or self.trial.place_of(found.exchange) == place
            ):
                return found
        return None

    def _violated(self, requirement: str) -> Iterator[Judgement]:
        return (found for found in self.trial.judgements if not found.satisfied and found.requirement == requirement)


def _is_failed_write(violation: Judgement) -> bool:
    exchange = violation.exchange
    return exchange is not None and has_failed(exchange) and exchange.request.method != "GET"


@dataclass(slots=True)
class Examined:
    """A violated requirement, its smallest case, and how often that case violated it again.

    Attributes:
        outcome: of the case, or of a repetition, which showed it.
        smallest: of the case.
        widely: whether all writes of the case led to it, and not only those to the same workload.
        where: in which circumstances alone it showed again, in words; empty if it did by itself.
        instead: another violation, and the run of the case that showed it: what the case, by itself, shows each time.
    """

    outcome: Outcome
    smallest: Outcome
    judgement: Judgement
    repeated: int
    repetitions: int = REPETITIONS
    widely: bool = False
    where: str = ""
    instead: tuple[Judgement, Outcome] | None = None

    @property
    def is_confirmed(self) -> bool:
        """True if it repeated each time, or, of many times, more often than chance explains."""
        often = _OFTEN if self.judgement.alone else _OFTEN_IN_TIME
        return self.repeated == self.repetitions or (self.repetitions > REPETITIONS and self.repeated >= often)
