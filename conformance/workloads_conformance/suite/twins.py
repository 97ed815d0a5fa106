"""Whether a workload's updatedAt moves by itself: what a write is blamed for, another workload shows without the write.

"The timestamp for the last time the workload was updated" may count what a platform does on its own, at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from workloads_conformance.api import Answer, WorkloadTrial, differing, is_at_rest, is_gone, value_of
from workloads_conformance.runner import is_success

UPDATED: Final = ("updatedAt", "updatedBy")
"""The members that say when a workload was last updated, and by whom."""


_LATER: Final = 0.5
"""Seconds by which the twin may move later than the other: a platform has much to do, and is not on time."""


async def _moves_by_itself(trial: WorkloadTrial, before: Answer, seen: Answer, written: Answer) -> bool:
    """Returns whether updatedAt of a workload that nobody writes to moves, at the age at which another's has moved.

    Raises:
        UndecidedError: the workload cannot be made or read.
    """
    twin = await trial.existing(trial.body(priority="low"))
    first = await trial.settled(twin.id)
    if _age(first, twin) > _age(before, written):
        first = twin  # it was not read as early as the other: what it did meanwhile counts
    last = await trial.reading(twin.id)
    if (left := _age(seen, written) + _LATER - _age(last, twin)) > 0:
        await trial.pause(left)
        last = await trial.reading(twin.id)
    return bool(value_of(first, "updatedAt") != value_of(last, "updatedAt"))


def _age(answer: Answer, written: Answer) -> float:
    return answer.exchange.ended - written.exchange.ended


async def stays_untouched(
    trial: WorkloadTrial, members: Sequence[str], before: Answer, written: Answer, holds: Callable[[Answer], bool]
) -> tuple[Answer, Sequence[str]]:
    """Reads a workload that nothing may have changed; returns the reading, and the members that it is to be judged by.

    These are without updatedAt and updatedBy where nothing else differs, and a twin's move, too, without any write.

    Args:
        trial: the case's, which may hold one workload more from now on.
        members: the members in which the reading has to be as `before`.
        before: the reading before what should change nothing.
        written: the answer to the create of the workload.
        holds: what has to be true of the reading beside.

    Raises:
        UndecidedError: nothing can be said about the workload, or its twin.
    """
    others = tuple(member for member in members if member not in UPDATED)

    def same(answer: Answer) -> bool:
        return is_success(answer) and holds(answer) and not differing(members, before, answer)

    after = await trial.remains(lambda: trial.get(written.id), same)
    if same(after):
        return after, members
    if is_success(after) and holds(after) and not differing(others, before, after):
        return after, others if await _moves_by_itself(trial, before, after, written) else members
    return await trial.eventually("shown again", lambda: trial.get(written.id), same), members


async def judge_untouched(trial: WorkloadTrial, requirement: str, before: Answer, written: Answer, what: str) -> None:
    """Judges that a refusal has left a workload, and not moved its updatedAt, if the platform was done with it before.

    Args:
        trial: the case's.
        requirement: what is violated if it has.
        before: the reading before the refused request.
        written: the answer to the create of the workload.
        what: the refused request, in words.
    """
    if not is_at_rest(before):
        return
    after, members = await stays_untouched(trial, UPDATED, before, written, lambda answer: not is_gone(answer))
    difference, changed = trial.compared(members, before, after), differing(members, before, after)
    is_there, names = is_success(after) and not is_gone(after), " and ".join(changed)
    trial.judge(
        requirement,
        is_there and not changed,
        message=f"{what} {f'changed {names} of' if is_there else 'took away'} the workload",
        code=f"{what}/{f'changed:{names}' if is_there else 'gone'}",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
