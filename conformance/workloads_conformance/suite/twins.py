"""Whether a workload's updatedAt moves by itself: what a write is blamed for, another workload shows without the write.

"The timestamp for the last time the workload was updated" may count what a platform does on its own, at any time.
"""

from __future__ import annotations

from typing import Final

from workloads_conformance.api import Answer, WorkloadTrial, value_of
from workloads_conformance.runner import UndecidedError

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
