"""DELETE /api/v2/workloads/{id}: what is deleted goes away, and frees its name."""

from __future__ import annotations

from workloads_conformance.engine import Trial, is_gone, judges
from workloads_strategies import mutations

ACCEPTED = 202


@judges("WV2-DELETE-003", "WV2-DELETE-006", "WV2-DELETE-008")
async def test_a_deleted_workload_goes_away(trial: Trial) -> None:
    """After 202, GET answers 404 in the end, or shows the workload as deleted; its name is free again."""
    body = trial.body()
    created = await trial.existing(body)
    if not trial.status("WV2-DELETE-003", await trial.delete(created.id), ACCEPTED, "DELETE of a workload"):
        return
    seen = await trial.eventually("gone after delete", lambda: trial.get(created.id), is_gone)
    gone = trial.judge(
        "WV2-DELETE-003",
        is_gone(seen),
        message="a workload is still there when the settle time after its deletion is over",
        expected="404, or a workload with deletedAt or syncInfo.status Deleted",
        observed=str(seen),
        answer=seen,
    )
    if not gone:
        return
    trial.observe("WV2-DELETE-008", "404" if seen.status == 404 else "a workload marked as deleted")  # noqa: PLR2004
    again = await trial.eventually(
        "name free after delete",
        lambda: trial.create(body),
        lambda answer: answer.status != 409,  # noqa: PLR2004
    )
    trial.status("WV2-DELETE-006", again, ACCEPTED, "a create under the name of a deleted workload")


@judges("WV2-DELETE-007")
async def test_a_second_delete(trial: Trial) -> None:
    """Left open: the second of two deletes is accepted too, or finds nothing."""
    created = await trial.existing()
    trial.need_accepted(await trial.delete(created.id), "DELETE")
    answer = await trial.delete(created.id)
    trial.observe("WV2-DELETE-007", str(answer.status))


@judges("WV2-DELETE-004")
async def test_an_unknown_id_is_not_found(trial: Trial) -> None:
    """404: The specified resource was not found."""
    answer = await trial.delete(trial.unknown_id())
    trial.status("WV2-DELETE-004", answer, 404, "DELETE of an id that no workload has")


@judges("WV2-DELETE-005", over=mutations.MALFORMED_IDS)
async def test_a_malformed_id_is_refused(trial: Trial, identifier: str) -> None:
    """The id has format uuid: what is none is a bad request, or not found."""
    answer = await trial.delete(identifier)
    trial.status("WV2-DELETE-005", answer, (400, 404), "DELETE of an id that is no UUID")
