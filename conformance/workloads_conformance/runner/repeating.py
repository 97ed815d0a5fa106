"""Repeats the one request that showed a violation: after the writes that led to it, under other names and ids.

What is repeated is what the commands of the finding repeat. The case around it may have dozens of requests; where a
target fails at random, one or another of them fails each time. What led to it are the writes to the same workload or,
if these do not show it again, all of its case: a target may answer wrongly after a refusal, or to whoever comes third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workloads_conformance.http import Exchange

from .trial import Trial
from .undecided import UndecidedError

_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Repetition:
    """The exchanges to repeat, the last of which showed the violation, and statuses that were right there (`also`)."""

    exchanges: Sequence[Exchange]
    also: Sequence[int]


def repetition(trial: Trial, shown: Exchange, *, widely: bool = False) -> Repetition:
    """Returns what has to be sent to come to `shown`, an exchange of the trial, again; `widely` all that may matter."""
    return Repetition(trial.leading_to(shown, widely=widely), trial.also.get(shown.number, ()))


async def repeat(trial: Trial, case: Repetition) -> None:
    """Sends the requests again, as far from each other in time as they were; only the last is judged.

    What was waited for in vain between two of them is not waited for again.

    Raises:
        UndecidedError: the target failed on the way to it, where it had not.
    """
    renaming = trial.renaming()
    *before, last = case.exchanges
    try:
        for index, exchange in enumerate(before):
            answer = await trial.send(renaming.request(exchange.request))
            if has_failed(answer.exchange) and not has_failed(exchange):
                raise UndecidedError(
                    f"{exchange.request.method}, before the repeated request, returned {answer.status}"
                )
            renaming.learn(exchange, answer)
            apart = case.exchanges[index + 1].started - exchange.ended
            await trial.pause(max(0.0, min(apart, trial.worth_waiting)))
    finally:
        trial.judgements.clear()
    await trial.send(renaming.request(last.request), also=case.also)


def has_failed(exchange: Exchange) -> bool:
    """True if there is no answer, or a 5xx."""
    return exchange.response is None or exchange.response.status >= _SERVER_ERRORS
