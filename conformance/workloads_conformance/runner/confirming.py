"""The ways to come again to what a case showed, and what a few repetitions of one say.

What a single exchange showed is repeated as that request, after the writes to the same workload; then after all writes
of the case, if these do not show it each time; then as the case, in which the same has to be wrong at the same place.
What a test made of several answers is repeated as the case. What does not show again at all by itself may do so right
after requests that were refused, or where several such requests, or others, are under way. In the end it is repeated
in these ways.

A case that fails by itself may have failed first at another place, because of what others did beside it. What each
repetition of it shows in place of what was looked for is examined, too.

Between repetitions of a case other requests are sent: behind one name there may be several servers that take turns, and
each repetition would come to the same of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .judgement import Judgement
from .outcome import Examined, Outcome
from .repeating import Repetition, has_failed, repeat, repetition
from .trial import Trial

Test = Callable[[Any, Any], Awaitable[None]]
"""A coroutine `(trial, case)`."""

IN_ITS_CASE, AFTER_REFUSALS, AT_ONCE, AMID_OTHERS = " in its case", " after refusals", " at once", " amid others"
IN_CIRCUMSTANCES = {
    AFTER_REFUSALS: "right after other requests that were refused",
    AT_ONCE: "where several such requests are sent at once",
    AMID_OTHERS: "where other requests are sent at the same time",
}
"""The approaches that are taken where nothing shows again by itself, and what a finding says of them."""
OTHERS, _LIVES = 4, 6
"""What goes on beside repetitions that are amid others: so many at a time, and lives of workloads of each."""

STIRS = 3
"""Before the first repetition nothing else is sent, before the second one life of a workload, then two, and so on from
none: the same number each time might bring each repetition to the same server."""


@dataclass(frozen=True, slots=True)
class Approach:
    """A way to come again to what a case showed: a test, and the case that it is run on.

    Attributes:
        name: tells it from the first, which has none.
        widely: whether all writes of the case led to it, and not only those to the same workload.
        at_once: whether the repetitions go on at the same time.
        stirred: whether other requests come between them.
        amid: whether others go on at the same time.
    """

    name: str
    test: Test
    case: Any
    widely: bool = False
    at_once: bool = False
    stirred: bool = False
    amid: bool = False


def approaches(test: Test, outcome: Outcome, violation: Judgement) -> Iterator[Approach]:
    """Yields the ways to repeat what a case of a test showed, the shortest first."""
    if not violation.alone or violation.exchange is None:
        yield Approach("", test, outcome.case, at_once=outcome.takes_long, stirred=True)
        if not _has_failed(violation):
            yield Approach(AFTER_REFUSALS, _after_refusals(test), outcome.case, at_once=outcome.takes_long)
        yield Approach(AT_ONCE, test, outcome.case, at_once=True)
        if not _has_failed(violation):
            yield Approach(AMID_OTHERS, test, outcome.case, at_once=True, amid=True)
        return
    near = repetition(outcome.trial, violation.exchange)
    yield Approach("", repeat, near)
    if _has_failed(violation):
        # It may be anybody's on the way: each further approach would be one more chance to come three times by chance.
        yield Approach(IN_ITS_CASE, test, outcome.case, widely=True)
        return
    wide = repetition(outcome.trial, violation.exchange, widely=True)
    if len(wide.exchanges) > len(near.exchanges):
        yield Approach(" after all writes", repeat, wide, widely=True)
    # It may take more than writes to come to it.
    yield Approach(IN_ITS_CASE, test, outcome.case, widely=True, stirred=True)
    yield Approach(AFTER_REFUSALS, _after_refusals(repeat), near, widely=True)
    yield Approach(AT_ONCE, repeat, near, at_once=True)
    yield Approach(AMID_OTHERS, repeat, near, at_once=True, amid=True)


async def stir(trial: Trial, _case: None) -> None:
    """Sends a request of each operation."""
    await trial.stir()


async def live(trial: Trial, _case: None) -> None:
    """Sends requests of each operation for a while."""
    for _ in range(_LIVES):
        await trial.stir()


def _after_refusals(test: Test) -> Test:
    """Returns the test right after one request of each operation that is refused."""

    async def run(trial: Trial, case: Any) -> None:
        await trial.stir_wrongly()
        trial.judgements.clear()
        await test(trial, case)

    return run


def nearest(test: Test, outcome: Outcome, violation: Judgement) -> Approach:
    """Returns the shortest approach."""
    return next(approaches(test, outcome, violation))


def shown_again(found: Outcome, outcome: Outcome, violation: Judgement) -> Judgement | None:
    """Returns the judgement in which a repetition shows what a case showed."""
    if isinstance(found.case, Repetition):
        return found.last_violation(violation.requirement)
    return found.same_violation(outcome, violation)


def examined(again: Sequence[Outcome], outcome: Outcome, violation: Judgement, approach: Approach) -> Examined:
    """Returns what repetitions in one way say."""
    repeats = [(found, judged) for found in again if (judged := shown_again(found, outcome, violation)) is not None]
    alike = [(found, judged) for found, judged in repeats if judged.code == violation.code]
    shown, judgement = (alike or repeats or [(outcome, violation)])[0]
    return Examined(
        shown, outcome, judgement, len(repeats), widely=approach.widely, where=IN_CIRCUMSTANCES.get(approach.name, "")
    )


def shown_instead(again: Sequence[Outcome], violation: Judgement) -> tuple[Judgement, Outcome] | None:
    """Returns the first other violation that each repetition of a case shows, and the outcome of the first of them.

    None that is a 5xx: of many requests some fail each time, where they do by chance.
    """
    first, *others = again
    if isinstance(first.case, Repetition):
        return None
    for found in first.trial.judgements:
        other = not found.satisfied and not found.is_like(violation) and not _has_failed(found)
        if other and all(one.same_violation(first, found) is not None for one in others):
            return found, first
    return None


def goes_on(best: Examined, approach: Approach, violation: Judgement) -> bool:
    """True if an approach is taken after others, none of which showed it again each time."""
    if not best.repeated:
        return True
    return not _has_failed(violation) and approach.name not in IN_CIRCUMSTANCES


def is_sometimes(found: Examined) -> bool:
    """True if what was shown shows again sometimes, so that more repetitions tell more.

    Not if it was a 5xx: that may be anybody's on the way, and where thousands of requests are sent, one in a hundred
    would be confirmed sooner or later.
    """
    judgement = found.judgement
    return 0 < found.repeated < found.repetitions and judgement.exchange is not None and not _has_failed(judgement)


def _has_failed(judgement: Judgement) -> bool:
    """True if what was judged is a 5xx, or no answer: it may be anybody's on the way."""
    return judgement.exchange is not None and has_failed(judgement.exchange)
