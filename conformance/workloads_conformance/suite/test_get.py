"""GET /api/v2/workloads/{id}: what is read is what was written."""

from __future__ import annotations

from workloads_conformance.api import METADATA, WorkloadTrial, differing
from workloads_conformance.runner import Kinds, is_success, judges
from workloads_strategies import mutations

from .lengths import refusals_of_id

_FIXED = (
    *("id", "name", "projectId", "projectName", "clusterId", "tenantId", "departmentId", "departmentName", "gvk"),
    *("createdAt", "createdBy", "priority", "category", "preemptibility", "configuration"),
)
"""Metadata that no write but the create has decided so far."""

_MADE = {
    "json": {"priority": "medium-high", "category": "Build", "preemptibility": "preemptible"},
    "base64": {"priority": "low", "category": "Train", "preemptibility": "non-preemptible"},
}


@judges("WV2-GET-003", "WV2-GET-006", "WV2-LIFE-002", "WV2-LIFE-003", over=tuple(_MADE), kinds=Kinds.EACH)
async def test_what_was_created_can_be_read(trial: WorkloadTrial, form: str) -> None:
    """GET by the id that POST answered with shows that workload, alive."""
    body = trial.body(form=form, **_MADE[form])
    created = trial.need_accepted(await trial.create(body), "the create")
    await trial.newer()
    seen = await trial.eventually("visible after create", lambda: trial.get(created.id), is_success)
    if not trial.status("WV2-GET-003", seen, 200, "GET of a created workload"):
        return
    trial.judge(
        "WV2-GET-003",
        seen.id.lower() in ("", created.id.lower()),  # that it has an id is the schema's matter
        message="GET answers with another workload than the one asked for",
        code="get/another-workload",
        expected=created.id,
        observed=seen.id,
        answer=seen,
    )
    members = (*_FIXED, "rawManifest")
    changed, difference = differing(members, created, seen), trial.compared(members, created, seen)
    trial.judge(
        "WV2-GET-006",
        not changed,
        message=f"GET and POST disagree on {', '.join(changed)}",
        code=f"get-after-create/changed:{','.join(changed)}",
        way="GET and POST disagree",
        expected=difference.expected,
        observed=difference.observed,
        answer=seen,
    )
    marks = {
        "deletedAt": seen.metadata.get("deletedAt"),
        "deletedBy": seen.metadata.get("deletedBy"),
        "desiredPhase": seen.workload.get("desiredPhase"),
    }
    trial.judge(
        "WV2-LIFE-002",
        marks["deletedAt"] is None and not marks["deletedBy"] and marks["desiredPhase"] != "Deleted",
        message="a workload that nobody deleted is marked as deleted",
        code="get-after-create/marked-as-deleted",
        expected="no deletedAt, no deletedBy, and a desiredPhase that is not Deleted",
        observed=marks,
        answer=seen,
    )
    settled = await trial.settled(created.id)
    trial.observe("WV2-LIFE-003", str(settled.at("syncInfo", "status") or "no syncInfo"))


@judges("WV2-GET-007", kinds=Kinds.EACH)
async def test_reading_changes_nothing(trial: WorkloadTrial) -> None:
    """GET is safe: a workload at rest looks the same each time it is read."""
    created = await trial.existing()
    await trial.settled(created.id)
    first, second = await trial.reading(created.id), await trial.reading(created.id)
    members = (*sorted(METADATA), "desiredPhase", "rawManifest")
    changed, difference = differing(members, first, second), trial.compared(members, first, second)
    trial.judge(
        "WV2-GET-007",
        first.status == second.status and not changed,
        message="two readings of a workload at rest differ",
        code=f"get-twice/changed:{','.join(changed)}",
        expected=difference.expected,
        observed=difference.observed,
        answer=second,
    )


@judges("WV2-GET-004")
async def test_an_unknown_id_is_not_found(trial: WorkloadTrial) -> None:
    """404: The specified resource was not found."""
    answer = await trial.get(trial.unknown_id())
    trial.status("WV2-GET-004", answer, 404, "GET of an id that no workload has")


@judges("WV2-GET-005", "WV2-GET-008", over=mutations.MALFORMED_IDS)
async def test_a_malformed_id_is_refused(trial: WorkloadTrial, identifier: str) -> None:
    """The id has format uuid: what is none is a bad request, or not found."""
    answer = await trial.get(identifier)
    trial.status("WV2-GET-005", answer, refusals_of_id(identifier), "GET of an id that is not a valid UUID")
    trial.observe("WV2-GET-008", str(answer.status))


_CUT_SHORT = {"the first 8 characters of an id": 8, "an id without its last character": -1}


@judges("WV2-GET-005", over=tuple(_CUT_SHORT), kinds=Kinds.DEALT)
async def test_an_id_that_is_cut_short_is_refused(trial: WorkloadTrial, what: str) -> None:
    """The id has format uuid: the beginning of one is not valid, whatever follows it in another."""
    created = await trial.existing()
    identifier = created.id[: _CUT_SHORT[what]]
    answer = await trial.get(identifier)
    trial.status("WV2-GET-005", answer, refusals_of_id(identifier), f"GET of {what}")
