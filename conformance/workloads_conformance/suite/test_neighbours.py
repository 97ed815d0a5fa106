"""Writes to workloads, and others beside them that must not feel it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial

from workloads_conformance.api import Answer, WorkloadTrial, differing, is_gone, shows
from workloads_conformance.runner import Kinds, Turn, UndecidedError, is_success, judges

from .meanwhile import until_much_has_come
from .revisions import revised, revision

_WRITES = ("an update of the metadata", "an update of the manifest", "a delete")
_ALIVE = 4
"""Live workloads of a run for each pair that is there at a time: two of the pair, and as many of other trials."""

_READINGS = 12
"""Of a workload that was left alone: one in a few may show what was there before."""

_OPTIONS = {"priority": "low", "category": "Train", "preemptibility": "non-preemptible"}
"""What a neighbour is made with, so that it has something to lose."""

_MEMBERS = ("name", "projectId", "priority", "category", "preemptibility", "createdAt")


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """A workload as it was read before others were written to, and what the write was.

    Attributes:
        write: is the first part of the findings' codes.
        before: the reading.
        changed: what is said if it is another then.
        gone: what is said if it is not there.
    """

    write: str
    before: Answer
    changed: str
    gone: str

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


@judges("WV2-LIFE-007", "WV2-LIFE-009", turn=Turn.LAST)
async def test_a_write_leaves_the_neighbour_alone(trial: WorkloadTrial) -> None:
    """PUT and DELETE address one workload by its id; another, of a name that begins alike, stays as it is.

    One after the other, with no other trial under way: a server that takes the newest workload for the one that is
    written to is found.
    """
    pairs = list(itertools.product(_WRITES, ("older", "newer")))
    at_a_time = max(1, min(len(pairs), trial.settings.max_live // _ALIVE))
    for first in range(0, len(pairs), at_a_time):
        neighbours = [await _written_beside(trial, write, which) for write, which in pairs[first : first + at_a_time]]
        readings = await trial.at_once(*(_watched(trial, neighbour) for neighbour in neighbours))
        for neighbour, after in zip(neighbours, readings, strict=True):
            _judge(trial, neighbour, after)
        if first + at_a_time < len(pairs):
            await trial.tidy()


@judges("WV2-LIFE-007", "WV2-LIFE-009", over=("created", "updated"), kinds=Kinds.DEALT, turn=Turn.THROUGHOUT)
async def test_what_is_left_alone_stays_as_it_is(trial: WorkloadTrial, how: str) -> None:
    """What nobody writes to is, when all others have been written to, as it was before.

    Some servers undo a write after a while, or change what they take for old.
    """
    body = trial.body(**_OPTIONS)
    body = {**body, "manifest": revised(body["manifest"], "as it was made")}
    made = trial.need_accepted(await trial.create(body), "the create that this case needs")
    seen = await trial.visible(made.id)
    if how == "updated":
        manifest = revised(body["manifest"], "updated")
        update = {"metadata": {"priority": "high", "category": "Build"}, "manifest": manifest}
        trial.need_accepted(await trial.update(made.id, update), "the update")
        is_updated = partial(_shows_update, update["metadata"])
        seen = await trial.eventually("visible after update", partial(trial.get, made.id), is_updated)
        if not is_updated(seen):
            raise UndecidedError(f"the update that this case needs does not show: {str(seen)[:160]}")
    await until_much_has_come(trial)
    neighbour = _Neighbour(
        "what was sent meanwhile",
        seen,
        changed="a workload changes that nobody writes to",
        gone="a workload goes that nobody deletes",
    )
    _judge(trial, neighbour, await _in_the_end(trial, neighbour))


def _shows_update(metadata: dict[str, str], answer: Answer) -> bool:
    return is_success(answer) and shows(answer, metadata) and revision(answer) in ("updated", None)


def _judge(trial: WorkloadTrial, neighbour: _Neighbour, after: Answer) -> None:
    difference = trial.compared(neighbour.members(after), neighbour.before, after)
    trial.judge(
        "WV2-LIFE-007",
        neighbour.same(after),
        message=neighbour.changed,
        code=f"{neighbour.write}/neighbour-changed",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
    trial.judge(
        "WV2-LIFE-009",
        is_success(after) and not is_gone(after),
        message=neighbour.gone,
        code=f"{neighbour.write}/neighbour-gone",
        expected="200, and a workload that is not marked as deleted",
        observed=str(after),
        answer=after,
    )


async def _written_beside(trial: WorkloadTrial, write: str, which: str) -> _Neighbour:
    name = trial.name()
    bodies = [trial.body(name=name, **_OPTIONS), trial.body(name=f"{name}-more", **_OPTIONS)]
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
    return _Neighbour(write, before, f"{write} changed another workload", f"{write} took another workload away")


async def _in_the_end(trial: WorkloadTrial, neighbour: _Neighbour) -> Answer:
    """Returns the first of many readings that shows a workload otherwise than it was, or the last.

    A replica may be behind, so what differs counts once the settle time is over; from then on no reading may.
    """
    seen = await _of_many(trial, neighbour)
    if not neighbour.same(seen):
        written = neighbour.before.exchange.ended  # or before that
        await trial.pause(max(0.0, trial.settings.settle - (seen.exchange.started - written)))
        seen = await _of_many(trial, neighbour)
    return seen


async def _of_many(trial: WorkloadTrial, neighbour: _Neighbour) -> Answer:
    for _ in range(_READINGS - 1):
        seen = await trial.reading(neighbour.before.id)
        if not neighbour.same(seen):
            return seen
    return await trial.reading(neighbour.before.id)


async def _watched(trial: WorkloadTrial, neighbour: _Neighbour) -> Answer:
    # A replica that is behind may show what was before the write, for a while.
    return await trial.stays(partial(trial.get, neighbour.before.id), neighbour.same)
