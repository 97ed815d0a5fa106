"""What comes between two steps of a case: all that the others send, or as much of it as may matter."""

from __future__ import annotations

from workloads_conformance.api import WorkloadTrial
from workloads_conformance.runner import is_success
from workloads_strategies import CATEGORIES, PRIORITIES

from .revisions import revised

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
    for first in range(0, _MANY, _AT_A_TIME):
        await trial.at_once(*(_come_and_go(trial, first + place) for place in range(_AT_A_TIME)))
    await trial.pause(_REST)


async def _come_and_go(trial: WorkloadTrial, number: int) -> None:
    """Creates a workload, updates all of it, and deletes it; one in a few is in everything as others are."""
    values = [
        {"priority": PRIORITIES[turn % len(PRIORITIES)], "category": CATEGORIES[turn % len(CATEGORIES)]}
        for turn in (number, number + 1)
    ]
    body = trial.body(**values[0])
    created = await trial.create(body)
    if is_success(created) and created.id:
        await trial.update(created.id, {"metadata": values[1], "manifest": revised(body["manifest"], "updated")})
        await trial.delete(created.id)
