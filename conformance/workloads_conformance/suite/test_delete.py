"""DELETE /api/v2/workloads/{id}: what is deleted goes away, and frees its name."""

from __future__ import annotations

from datetime import timedelta

from workloads_conformance.api import GONE, Answer, WorkloadTrial, goes_away, instant, is_gone, there_or_gone
from workloads_conformance.runner import Kinds, UndecidedError, is_success, judges
from workloads_strategies import mutations
from workloads_strategies.mutations import Rewrite

from .lengths import refusals_of_id
from .times import judge_times, judge_who_deleted

ACCEPTED = 202


_GOING_AWAY = (
    "WV2-DELETE-003",
    "WV2-DELETE-006",
    "WV2-DELETE-008",
    "WV2-DELETE-009",
    "WV2-DELETE-011",
    "WV2-DELETE-012",
    "WV2-DELETE-013",
    "WV2-LIFE-011",
)

_SKEW = timedelta(seconds=1)
"""By which the clock behind createdAt and the one behind deletedAt may differ."""

_APART = 2.5
"""Seconds between a workload's last write and its deletion, so that the two are told apart in spite of the skew."""


@judges(*_GOING_AWAY, over=("as it was made", "after an update", "right after an update"), kinds=Kinds.EACH)
async def test_a_deleted_workload_goes_away(trial: WorkloadTrial, when: str) -> None:
    """After 202, GET answers 404 in the end, or shows the workload as deleted; its name is free again."""
    body = trial.body()
    created = await trial.existing(body)
    await trial.newer()
    if when != "as it was made":
        trial.need_accepted(await trial.update(created.id, {"metadata": {"priority": "high"}}), "the update")
        # What is not written yet must not come to life again; or else the two are so far apart that times differ.
        await trial.pause(0 if when.startswith("right") else _APART)
    answer = await trial.delete(created.id)
    if not trial.status("WV2-DELETE-003", answer, ACCEPTED, "DELETE of a workload"):
        return
    judge_times(trial, answer)
    judge_who_deleted(trial, answer)
    _judge_deleted_at(trial, created, answer, answer)
    if answer.id:  # that it has one is the schema's matter
        told = [answer.id.lower(), answer.metadata.get("name")]
        asked = [created.id.lower(), created.metadata.get("name")]
        trial.same("WV2-DELETE-009", asked, told, "metadata.id and name in the answer to DELETE", answer)
    trial.observe("WV2-DELETE-011", str(answer.workload.get("desiredPhase")))
    seen = await goes_away(trial, created.id)
    if not is_gone(seen):
        return
    judge_times(trial, seen)
    judge_who_deleted(trial, seen)
    _judge_deleted_at(trial, created, answer, seen)
    trial.observe("WV2-DELETE-008", "404" if seen.status == 404 else "a workload marked as deleted")
    again = await trial.eventually(
        "name free after delete",
        lambda: trial.create(body),
        lambda answer: answer.status != 409,
    )
    if not trial.status("WV2-DELETE-006", again, ACCEPTED, "a create under the name of a deleted workload"):
        return
    await trial.visible(again.id)
    seen = await trial.stays(lambda: trial.get(again.id), lambda found: is_success(found) and not is_gone(found))
    trial.judge(
        "WV2-DELETE-012",
        again.id.lower() != created.id.lower() and is_success(seen) and not is_gone(seen),
        message="a workload made under the name of a deleted one has its id, or goes away with it",
        code="create-after-delete/mixed-up-with-deleted",
        expected=f"another id than {created.id}, and a workload that stays",
        observed=str(seen),
        answer=seen,
    )


def _judge_deleted_at(trial: WorkloadTrial, created: Answer, deleted: Answer, seen: Answer) -> None:
    """Judges deletedAt where an answer has one: it is not before the deletion was asked for.

    By the target's clock alone: as long after createdAt as that was after the create.
    """
    begun, ended = instant(created.metadata.get("createdAt")), instant(seen.metadata.get("deletedAt"))
    if begun is None or ended is None:
        return
    asked = begun + timedelta(seconds=deleted.exchange.started - created.exchange.ended)
    trial.judge(
        "WV2-LIFE-011",
        asked - _SKEW <= ended,
        message="deletedAt is before the workload was to be deleted",
        code="delete/deletedAt-before-it-was-asked-for",
        expected=f"deletedAt not before {asked.isoformat()}",
        observed=str(seen.metadata.get("deletedAt")),
        answer=seen,
    )


@judges("WV2-DELETE-010", "WV2-UPDATE-018", kinds=Kinds.EACH)
async def test_a_deleted_workload_stays_deleted(trial: WorkloadTrial) -> None:
    """Once it is gone no reading shows it alive, not after an update of it either, which finds nothing."""
    created = await trial.existing()
    trial.need_accepted(await trial.delete(created.id), "DELETE")
    seen = await trial.eventually(GONE, lambda: trial.get(created.id), is_gone)
    if not is_gone(seen):
        raise UndecidedError("the workload is still there when the settle time after its deletion is over")
    tombstone = is_success(seen)
    # RFC 9110, 15.5.10: what is shown, and deleted or being so, is in a state that the request conflicts with.
    conflict = (409,) if tombstone else ()
    answer = await trial.update(created.id, {"metadata": {"priority": "low"}}, also=conflict)
    # As long as it is on its way out it is there, and an update of it may be taken.
    taken = (ACCEPTED,) if (seen.workload.get("syncInfo") or {}).get("status") == "Deleting" else ()
    refusals = (404, 400, *conflict, *taken) if tombstone else (404,)
    trial.status("WV2-UPDATE-018", answer, refusals, "PUT to a deleted workload")
    seen = there_or_gone(await trial.stays(lambda: trial.get(created.id), is_gone))
    trial.judge(
        "WV2-DELETE-010",
        is_gone(seen),
        message="a deleted workload is there again",
        code="deleted/there-again",
        expected="404, or a workload marked as deleted",
        observed=str(seen),
        answer=seen,
    )


@judges("WV2-DELETE-007", "WV2-DELETE-003", kinds=Kinds.EACH)
async def test_a_second_delete(trial: WorkloadTrial) -> None:
    """The workload goes away; that the second of two deletes is accepted too, or finds nothing, is left open."""
    created = await trial.existing()
    trial.need_accepted(await trial.delete(created.id), "DELETE")
    answer = await trial.delete(created.id)
    trial.observe("WV2-DELETE-007", str(answer.status))
    await goes_away(trial, created.id)


@judges("WV2-DELETE-004")
async def test_an_unknown_id_is_not_found(trial: WorkloadTrial) -> None:
    """404: The specified resource was not found."""
    answer = await trial.delete(trial.unknown_id())
    trial.status("WV2-DELETE-004", answer, 404, "DELETE of an id that no workload has")


@judges("WV2-DELETE-005", over=mutations.NEARLY_IDS)
async def test_a_malformed_id_is_refused(trial: WorkloadTrial, rewrite: Rewrite[str, str]) -> None:
    """The id has format uuid: what is none is a bad request, or not found."""
    identifier = trial.malformed_id(rewrite.apply)
    answer = await trial.delete(identifier)
    trial.status("WV2-DELETE-005", answer, refusals_of_id(identifier), f"DELETE of {rewrite.label}")
