"""Whether a workload's updatedAt moves by itself: what a write is blamed for, another workload shows without the write.

"The timestamp for the last time the workload was updated" may count what a platform does on its own, at any time.
"""

from __future__ import annotations

from typing import Final

from workloads_conformance.api import Answer, WorkloadTrial, differing, is_at_rest, value_of
from workloads_conformance.runner import UndecidedError, is_success

UPDATED: Final = ("updatedAt", "updatedBy")
"""The members that say when a workload was last updated, and by whom."""


async def moves_by_itself(trial: WorkloadTrial, seen: Answer, written: Answer, *, is_updated: bool = False) -> bool:
    """Returns whether updatedAt of a workload that nobody writes to moves before it is as old as another was.

    Args:
        trial: the case's, which holds one workload more from now on.
        seen: the reading with another updatedAt than before.
        written: the answer to the last write that was accepted.
        is_updated: whether that was an update.

    Raises:
        UndecidedError: the other workload cannot be read.
    """
    age = seen.exchange.ended - written.exchange.ended
    made = twin = await trial.existing(trial.body(priority="low"))
    if is_updated:
        made = trial.need_accepted(await trial.update(twin.id, {"metadata": {"priority": "high"}}), "the update")
    first = await trial.settled(twin.id)
    await trial.pause(max(0.0, age - (first.exchange.ended - made.exchange.ended)))
    last = await trial.reading(twin.id)
    if value_of(last, "updatedAt") is None:
        raise UndecidedError("the workload that this case compares with cannot be read")
    return bool(value_of(first, "updatedAt") != value_of(last, "updatedAt"))


async def judge_untouched(trial: WorkloadTrial, requirement: str, before: Answer, written: Answer, what: str) -> None:
    """Judges that a refusal has not moved updatedAt of a workload, if the platform was done with that before.

    Args:
        trial: the case's.
        requirement: what is violated if it has.
        before: the reading before the refused request.
        written: the answer to the create of the workload.
        what: the refused request, in words.
    """
    if not is_at_rest(before):
        return

    def same(answer: Answer) -> bool:
        return is_success(answer) and not differing(UPDATED, before, answer)

    after = await trial.reading(written.id)
    if not same(after):
        after = await trial.stays(lambda: trial.get(written.id), same)
    if not same(after) and (not is_success(after) or await moves_by_itself(trial, after, written)):
        return
    difference = trial.compared(UPDATED, before, after)
    trial.judge(
        requirement,
        same(after),
        message=f"{what} changed updatedAt of the workload that has the name",
        code=f"{what}/changed:updatedAt",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
