"""Whether what was deleted goes away: within a test, and of what is left when a run has cleaned up.

A workload that is still there though its deletion was accepted violates a clause, whether a test saw it or not: the
clean-up deletes more workloads than the tests of DELETE.
"""

from __future__ import annotations

from functools import partial

from workloads_conformance.runner import ONCE, JudgingTest, UndecidedError, UntestableError, is_success

from .answers import Answer, is_gone
from .deletions import GONE
from .envelope import is_leaving
from .trial import WorkloadTrial

_AT_A_TIME = 2
"""Workloads that are asked for once more; whoever repeats it takes the next ones."""


def there_or_gone(seen: Answer) -> Answer:
    """Returns a reading that shows a workload, or that it is gone.

    Raises:
        UndecidedError: it shows neither: it is refused in another way than with 404, say, which is judged elsewhere.
    """
    if not is_gone(seen) and not (is_success(seen) and seen.workload):
        raise UndecidedError(f"GET returned {seen.status}, which does not show whether the workload is there")
    return seen


async def goes_away(trial: WorkloadTrial, identifier: str) -> Answer:
    """Waits until a workload whose deletion was accepted is gone, and judges that it is; returns the last reading."""
    seen = there_or_gone(await trial.eventually(GONE, partial(trial.get, identifier), is_gone))
    _judge_gone(trial, seen)
    return seen


def _judge_gone(trial: WorkloadTrial, seen: Answer) -> None:
    """Judges that the last reading within the settle time shows a deleted workload as gone.

    Raises:
        UndecidedError: it is marked as one that is to be deleted, and the target tells of none whether it is.
    """
    if not is_gone(seen) and is_leaving(seen.body):
        raise UndecidedError(
            "GET shows a deleted workload with desiredPhase Deleted, and neither deletedAt nor syncInfo: whether it is "
            "gone cannot be told"
        )
    trial.judge(
        "WV2-DELETE-003",
        is_gone(seen),
        message="a workload is still there when the settle time after its deletion is over",
        code="delete/still-there",
        expected="404, or a workload with deletedAt or syncInfo.status Deleted",
        observed=str(seen),
        answer=seen,
    )


async def _what_was_deleted_is_gone(trial: WorkloadTrial, _case: object) -> None:
    """Asks once more for deletions that were accepted, and have had the settle time.

    What stays is judged; and several that went only when they were asked for again, which no accident explains. That
    something was late does not satisfy a clause that no test could try.
    """
    left = trial.inventory.still_there()[:_AT_A_TIME]
    before = [await trial.reading(claim.id) for claim in left]
    for claim in left:
        await trial.delete(claim.id)
        last = await trial.eventually(GONE, partial(trial.get, claim.id), is_gone, needed=False)
        if not is_gone(there_or_gone(last)):
            _judge_gone(trial, last)
            return
    stayed = [seen for seen in before if not is_gone(there_or_gone(seen))]
    if len(stayed) == _AT_A_TIME:
        _judge_gone(trial, stayed[0])
        return
    raise UntestableError("every workload whose deletion was accepted is gone")


REMAINING_CHECK = JudgingTest(
    "cleaning up.what was deleted is gone", ("WV2-DELETE-003",), ONCE, _what_was_deleted_is_gone
)
"""Run when the clean-up has waited for the whole settle time, and something is left."""
