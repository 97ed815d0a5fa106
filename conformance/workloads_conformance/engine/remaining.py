"""What remains when a run has cleaned up: a workload that is still there though its deletion was accepted.

It breaks a clause, though no test need have seen it: the clean-up deletes more workloads than the tests of DELETE.
"""

from __future__ import annotations

from functools import partial

from .answers import is_gone, is_success
from .cleanup import GONE
from .judges import ONCE, JudgingTest
from .trial import Trial, UntestableError

_MOST = 3
"""Workloads that are asked for once more."""


async def _what_was_deleted_is_gone(trial: Trial, _case: object) -> None:
    """Asks once more for deletions that were accepted, and judges that the workloads go away."""
    claims = trial.context.client.inventory.still_there()[:_MOST]
    if not claims:
        raise UntestableError("every workload whose deletion was accepted is gone")
    for claim in claims:
        answer = await trial.delete(claim.id)
        seen = await trial.eventually(GONE, partial(trial.get, claim.id), is_gone, needed=False)
        if is_success(answer):
            trial.judge(
                "WV2-DELETE-003",
                is_gone(seen),
                message="a workload is still there when the settle time after its deletion is over",
                code="delete/still-there",
                expected="404, or a workload with deletedAt or syncInfo.status Deleted",
                observed=str(seen),
                answer=seen,
            )


REMAINING_CHECK = JudgingTest(
    "cleaning up.what was deleted is gone", ("WV2-DELETE-003",), ONCE, _what_was_deleted_is_gone
)
"""Run when the clean-up, which waits for the settle time, has left something."""
