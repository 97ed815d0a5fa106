"""What comes between two steps of a case: all that the others send, or as much of it as may matter."""

from __future__ import annotations

from workloads_conformance.api import WorkloadTrial
from workloads_conformance.runner import is_success

_REST = 12.0
"""Seconds for which a workload is left alone where what happened to it is repeated."""

_MANY, _AT_A_TIME = 32, 2
"""Workloads that come and go then: as many as a small cache or table may hold, and how many are alive at a time."""


async def until_much_has_come(trial: WorkloadTrial) -> None:
    """Returns when all other tests have ended; they have created hundreds of workloads, and written to each.

    Where what showed after that is repeated there are no others: a crowd of its own comes, and some time goes by.
    """
    if not trial.attempt.repeats:
        await trial.until_others_end()
        return
    for _ in range(_MANY // _AT_A_TIME):
        created = await trial.at_once(*(trial.create(trial.body()) for _ in range(_AT_A_TIME)))
        await trial.at_once(*(trial.delete(answer.id) for answer in created if is_success(answer) and answer.id))
    await trial.pause(_REST)
