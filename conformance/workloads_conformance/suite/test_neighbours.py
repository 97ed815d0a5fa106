"""A write to one workload, and another beside it that must not feel it."""

from __future__ import annotations

import itertools

from workloads_conformance.engine import Answer, Trial, differing, is_gone, is_success, judges

from .revisions import revised, revision

_WRITES = ("an update of the metadata", "an update of the manifest", "a delete")
_MEMBERS = ("name", "projectId", "priority", "category", "preemptibility", "gvk", "createdAt")


@judges("WV2-LIFE-007", "WV2-LIFE-009", alone=True)
async def test_a_write_leaves_the_neighbour_alone(trial: Trial) -> None:
    """PUT and DELETE address one workload by its id; another, of a name that begins alike, stays as it is.

    One after the other, so that the newest workload is the one that a write could be taken for.
    """
    for write, which in itertools.product(_WRITES, ("older", "newer")):
        await _judge_write(trial, write, which)


async def _judge_write(trial: Trial, write: str, which: str) -> None:
    name = trial.name()
    bodies = [trial.body(name=name), trial.body(name=f"{name}-more")]
    first, second = [
        await trial.existing({**body, "manifest": revised(body["manifest"], "as it was made")}) for body in bodies
    ]
    target, neighbour = (first, second) if which == "older" else (second, first)
    before = await trial.settled(neighbour.id)
    if write == "a delete":
        trial.need_accepted(await trial.delete(target.id), "the delete")
    elif write == "an update of the manifest":
        manifest = revised(bodies[first is not target]["manifest"], "updated")
        trial.need_accepted(await trial.update(target.id, {"manifest": manifest}), "the update")
    else:
        update = {"metadata": {"priority": "very-high", "category": "Build"}}
        trial.need_accepted(await trial.update(target.id, update), "the update")

    def same(answer: Answer) -> bool:
        return (
            is_success(answer)
            and not is_gone(answer)
            and not differing(_MEMBERS, before.metadata, answer.metadata)
            and revision(answer) == revision(before)
        )

    after = await trial.remains(lambda: trial.get(neighbour.id), same)
    trial.judge(
        "WV2-LIFE-007",
        same(after),
        message=f"{write} changed another workload",
        expected=str(before),
        observed=str(after),
        answer=after,
    )
    trial.judge(
        "WV2-LIFE-009",
        is_success(after) and not is_gone(after),
        message=f"{write} took another workload away",
        expected="200, and a workload that is not marked as deleted",
        observed=str(after),
        answer=after,
    )
