"""POST /api/v2/workloads: what is refused, and leaves no trace."""

from __future__ import annotations

from typing import Any

from workloads_conformance.api import WorkloadTrial
from workloads_conformance.runner import Kinds, judges
from workloads_strategies import mutations
from workloads_strategies.mutations import Change, Refusal, Rewrite, refusals

from .refusing import refused_create

ACCEPTED = 202


@judges("WV2-CREATE-006", over=refusals("create", "required"))
async def test_metadata_is_required(trial: WorkloadTrial, case: Refusal) -> None:
    """required: [metadata]. null is of another type, or as good as absent."""
    await refused_create(trial, "WV2-CREATE-006", case)


@judges("WV2-CREATE-007", over=refusals("create", "long name"))
async def test_a_long_name_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """name has maxLength 63, as a name and as a prefix."""
    await refused_create(trial, "WV2-CREATE-007", case)


@judges("WV2-CREATE-008", over=refusals("create", "priority"), kinds=Kinds.DEALT)
async def test_another_priority_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """Valid values are the seven; nothing else is one, in other case or with a space neither."""
    await refused_create(trial, "WV2-CREATE-008", case)


@judges("WV2-CREATE-009", over=refusals("create", "preemptibility"))
async def test_another_preemptibility_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """enum: [preemptible, non-preemptible]."""
    await refused_create(trial, "WV2-CREATE-009", case)


@judges("WV2-CREATE-010", over=refusals("create", "mnnvl"))
async def test_another_mnnvl_mode_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """enum: [Required, None]."""
    await refused_create(trial, "WV2-CREATE-010", case)


@judges("WV2-CREATE-011", over=refusals("create", "cluster id"))
async def test_a_cluster_id_that_is_no_uuid_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """clusterId has format uuid."""
    await refused_create(trial, "WV2-CREATE-011", case)


@judges("WV2-CREATE-012", over=refusals("create", "type of a create's member", "no object"), kinds=Kinds.DEALT)
async def test_a_member_of_another_type_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """Each member, and the body, has the type that the schema gives it."""
    await refused_create(trial, "WV2-CREATE-012", case)


@judges("WV2-CREATE-013", over=refusals("create", "no JSON", "damaged JSON"))
async def test_a_body_that_is_not_json_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """The body is required, and is application/json."""
    await refused_create(trial, "WV2-CREATE-013", case)


_TRACELESS = (
    mutations.PRIORITIES[0],
    mutations.PREEMPTIBILITIES[0],
    mutations.MNNVL_MODES[0],
    mutations.CLUSTER_IDS[0],
    *[change for change in mutations.CREATE_TYPES if change.path == ("metadata", "category")][:2],
    mutations.NO_TYPE[0],
)


@judges("WV2-CREATE-032", over=_TRACELESS)
async def test_a_refused_create_leaves_no_trace(trial: WorkloadTrial, change: Change) -> None:
    """What was refused is not done: the name is still free for the same create without the flaw."""
    await trial.control()
    body = trial.body()
    trial.need_refused(await trial.create(change.apply(body)))
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {change.label}")


@judges("WV2-CREATE-032", over=(*mutations.NOT_BASE64[:3], *mutations.NOT_A_MAPPING[:3]))
async def test_a_create_refused_for_its_encoding_leaves_no_trace(
    trial: WorkloadTrial, rewrite: Rewrite[Any, Any]
) -> None:
    """The name is still free for the same create with a manifest that can be read."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    trial.need_refused(await trial.create(rewrite.apply(body)))
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {rewrite.label}")


@judges("WV2-CREATE-032", over=mutations.BOTH_FORMS)
async def test_a_create_refused_for_both_forms_leaves_no_trace(
    trial: WorkloadTrial, rewrite: Rewrite[Any, Any]
) -> None:
    """What was refused is not done, in neither form."""
    await trial.control()
    body = trial.body()
    trial.need_refused(await trial.create(rewrite.apply(body)))
    answer = await trial.create(body)
    trial.status("WV2-CREATE-032", answer, ACCEPTED, f"a valid create after one of its name with {rewrite.label}")
