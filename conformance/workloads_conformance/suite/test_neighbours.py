"""A write to one workload, and another beside it that must not feel it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial

from workloads_conformance.api import Answer, WorkloadTrial, differing, is_gone
from workloads_conformance.runner import is_success, judges

from .revisions import revised, revision

_WRITES = ("an update of the metadata", "an update of the manifest", "a delete")
_ALIVE = 4
"""Live workloads of a run for each pair that is there at a time: two of the pair, and as many of other trials."""

_MEMBERS = ("name", "projectId", "priority", "category", "preemptibility", "createdAt")


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """A workload as it was read before another one was written to, and what the write was."""

    write: str
    before: Answer

    def same(self, answer: Answer) -> bool:
        """Tells whether the workload is in `answer` as it was."""
        return (
            is_success(answer)
            and not is_gone(answer)
            and not differing(_MEMBERS, self.before, answer)
            and revision(answer) == revision(self.before)
        )

    def members(self, answer: Answer) -> tuple[str, ...]:
        """Returns what is compared: the manifest only where it is of another revision, which alone counts."""
        return (*_MEMBERS, *(("rawManifest",) if revision(answer) != revision(self.before) else ()))


@judges("WV2-LIFE-007", "WV2-LIFE-009")
async def test_a_write_leaves_the_neighbour_alone(trial: WorkloadTrial) -> None:
    """PUT and DELETE address one workload by its id; another, of a name that begins alike, stays as it is.

    One after the other, with no other trial under way: a server that takes the newest workload for the one that is
    written to is found.
    """
    pairs = list(itertools.product(_WRITES, ("older", "newer")))
    at_a_time = max(1, min(len(pairs), trial.settings.max_live // _ALIVE))
    for first in range(0, len(pairs), at_a_time):
        async with trial.exclusive():
            neighbours = [
                await _written_beside(trial, write, which) for write, which in pairs[first : first + at_a_time]
            ]
        readings = await trial.at_once(*(_watched(trial, neighbour) for neighbour in neighbours))
        for neighbour, after in zip(neighbours, readings, strict=True):
            _judge(trial, neighbour, after)
        if first + at_a_time < len(pairs):
            await trial.tidy()


def _judge(trial: WorkloadTrial, neighbour: _Neighbour, after: Answer) -> None:
    difference = trial.compared(neighbour.members(after), neighbour.before, after)
    trial.judge(
        "WV2-LIFE-007",
        neighbour.same(after),
        message=f"{neighbour.write} changed another workload",
        code=f"{neighbour.write}/neighbour-changed",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
    trial.judge(
        "WV2-LIFE-009",
        is_success(after) and not is_gone(after),
        message=f"{neighbour.write} took another workload away",
        code=f"{neighbour.write}/neighbour-gone",
        expected="200, and a workload that is not marked as deleted",
        observed=str(after),
        answer=after,
    )


async def _written_beside(trial: WorkloadTrial, write: str, which: str) -> _Neighbour:
    name = trial.name()
    bodies = [trial.body(name=name), trial.body(name=f"{name}-more")]
    bodies = [{**body, "manifest": revised(body["manifest"], "as it was made")} for body in bodies]
    created = [trial.need_accepted(await trial.create(body), "the create that this case needs") for body in bodies]
    first, second = await trial.at_once(*(trial.visible(answer.id) for answer in created))
    target, before = (first, second) if which == "older" else (second, first)
    if write == "a delete":
        trial.need_accepted(await trial.delete(target.id), "the delete")
    elif write == "an update of the manifest":
        manifest = revised(bodies[target is second]["manifest"], "updated")
        trial.need_accepted(await trial.update(target.id, {"manifest": manifest}), "the update")
    else:
        update = {"metadata": {"priority": "very-high", "category": "Build"}}
        trial.need_accepted(await trial.update(target.id, update), "the update")
    return _Neighbour(write, before)


async def _watched(trial: WorkloadTrial, neighbour: _Neighbour) -> Answer:
    # A replica that is behind may show what was before the write, for a while.
    return await trial.stays(partial(trial.get, neighbour.before.id), neighbour.same)
