"""The two forms of the manifest: mutually exclusive, equal in meaning, and refused when they are none."""

from __future__ import annotations

import copy
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, apart, differing, value_of
from workloads_conformance.runner import identical, is_success, judges
from workloads_strategies import KINDS, mutations, sized_manifest
from workloads_strategies.mutations import Refusal, Rewrite, refusals

from .refusing import REFUSED, refused_create, refused_update

_MAX_ENCODED = 2_097_152


@judges("WV2-MANIFEST-001", over=refusals("create", "both forms"))
async def test_post_refuses_both_forms(trial: WorkloadTrial, case: Refusal) -> None:
    """manifestBase64Encoded is mutually exclusive with manifest; each alone is accepted."""
    await trial.control(form="base64")
    await refused_create(trial, "WV2-MANIFEST-001", case)


@judges("WV2-MANIFEST-002", over=refusals("update", "both forms"))
async def test_put_refuses_both_forms(trial: WorkloadTrial, case: Refusal) -> None:
    """manifestBase64Encoded is mutually exclusive with manifest; an update with each alone is accepted."""
    statuses = trial.refusals("update")
    await trial.updatable(form="base64")
    identifier = await trial.updatable(form="json")
    update = case.body({"manifest": trial.body()["manifest"]})
    assert not isinstance(update, bytes)
    for beside in ({}, {"metadata": {"priority": "high"}}):
        answer = await trial.update(identifier, {**update, **beside})
        what = f"an update with {case.label}{' and metadata' if beside else ''},"
        trial.status("WV2-MANIFEST-002", answer, statuses, what)


@judges("WV2-MANIFEST-004", over=refusals("create", "no base64", "encoded manifest of another type"))
async def test_post_refuses_what_is_not_base64(trial: WorkloadTrial, case: Refusal) -> None:
    """type: string, format: byte. The text is the encoding of a manifest that is accepted, damaged in one place."""
    await refused_create(trial, "WV2-MANIFEST-004", case)


@judges("WV2-MANIFEST-005", over=refusals("update", "no base64", "encoded manifest of another type"))
async def test_put_refuses_what_is_not_base64(trial: WorkloadTrial, case: Refusal) -> None:
    """type: string, format: byte, on PUT as on POST."""
    await refused_update(trial, "WV2-MANIFEST-005", case)


@judges("WV2-MANIFEST-006", over=refusals("create", "no YAML mapping"))
async def test_post_refuses_base64_of_no_yaml_mapping(trial: WorkloadTrial, case: Refusal) -> None:
    """Kubernetes YAML manifest encoded in base 64."""
    await refused_create(trial, "WV2-MANIFEST-006", case)


@judges("WV2-UPDATE-020", over=refusals("update", "no YAML mapping"))
async def test_put_refuses_base64_of_no_yaml_mapping(trial: WorkloadTrial, case: Refusal) -> None:
    """Kubernetes YAML manifest encoded in base 64, on PUT as on POST."""
    await refused_update(trial, "WV2-UPDATE-020", case)


@judges("WV2-MANIFEST-010", over=refusals("create", "manifest of another type"))
async def test_post_refuses_a_manifest_that_is_no_object(trial: WorkloadTrial, case: Refusal) -> None:
    """manifest has type object."""
    await refused_create(trial, "WV2-MANIFEST-010", case)


@judges("WV2-MANIFEST-011", over=refusals("update", "manifest of another type"))
async def test_put_refuses_a_manifest_that_is_no_object(trial: WorkloadTrial, case: Refusal) -> None:
    """manifest has type object, on PUT as on POST."""
    await refused_update(trial, "WV2-MANIFEST-011", case)


@judges("WV2-MANIFEST-012", over=refusals("create", "manifest without its kind"))
async def test_post_refuses_a_manifest_without_its_kind(trial: WorkloadTrial, case: Refusal) -> None:
    """gvk, which every answer carries, is the manifest's apiVersion and kind."""
    await refused_create(trial, "WV2-MANIFEST-012", case)


@judges("WV2-UPDATE-030", over=refusals("update", "manifest without its kind"))
async def test_put_refuses_a_manifest_without_its_kind(trial: WorkloadTrial, case: Refusal) -> None:
    """gvk, on PUT as on POST: the manifest of an update is a full one, too."""
    await refused_update(trial, "WV2-UPDATE-030", case)


@judges("WV2-MANIFEST-016", over=mutations.OPEN_BOTH_FORMS)
async def test_post_refuses_both_forms_one_empty(trial: WorkloadTrial, case: Rewrite[Any, Any]) -> None:
    """Mutually exclusive, where one of the two is there and holds nothing."""
    await trial.control(form="json")
    await trial.control(form="base64")
    trial.status(
        "WV2-MANIFEST-016", await trial.probe(case.apply(trial.body())), REFUSED, f"a create with {case.label},"
    )


@judges("WV2-MANIFEST-017", over=mutations.OPEN_BOTH_FORMS)
async def test_put_refuses_both_forms_one_empty(trial: WorkloadTrial, case: Rewrite[Any, Any]) -> None:
    """Mutually exclusive, where one of the two is there and holds nothing."""
    statuses = trial.refusals("update")
    identifier = await trial.updatable(form="json")
    answer = await trial.update(identifier, case.apply({"manifest": trial.body()["manifest"]}))
    trial.status("WV2-MANIFEST-017", answer, statuses, f"an update with {case.label},")


@judges("WV2-MANIFEST-003")
async def test_post_with_neither_form_is_refused(trial: WorkloadTrial) -> None:
    """Submit a workload with metadata and a Kubernetes manifest."""
    await trial.control()
    body = trial.body()
    del body["manifest"]
    trial.status("WV2-MANIFEST-003", await trial.probe(body), REFUSED, "a create with neither manifest form")


@judges("WV2-MANIFEST-007", "WV2-MANIFEST-013")
async def test_post_refuses_an_oversize_manifest(trial: WorkloadTrial) -> None:
    """maxLength counts encoded characters; base64 comes in fours, so the next valid text is four longer."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    body["manifestBase64Encoded"] = mutations.oversize(body["manifestBase64Encoded"], _MAX_ENCODED, 4)
    answer = await trial.probe(body)
    trial.status("WV2-MANIFEST-007", answer, (400, 413), f"a create with {_MAX_ENCODED + 4} characters of manifest")
    trial.observe("WV2-MANIFEST-013", str(answer.status))


@judges("WV2-MANIFEST-014")
async def test_post_accepts_the_longest_manifest(trial: WorkloadTrial) -> None:
    """maxLength 2097152 includes 2097152."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    body["manifestBase64Encoded"] = mutations.oversize(body["manifestBase64Encoded"], _MAX_ENCODED, 0)
    answer = await trial.probe(body)
    trial.status("WV2-MANIFEST-014", answer, 202, f"a create with {_MAX_ENCODED} characters of manifest")


@judges("WV2-UPDATE-021")
async def test_put_refuses_an_oversize_manifest(trial: WorkloadTrial) -> None:
    """maxLength, on PUT as on POST."""
    statuses = (*trial.refusals("update"), 413)
    identifier = await trial.updatable(form="base64")
    encoded = mutations.oversize(trial.body(form="base64")["manifestBase64Encoded"], _MAX_ENCODED, 4)
    answer = await trial.update(identifier, {"manifestBase64Encoded": encoded})
    trial.status("WV2-UPDATE-021", answer, statuses, f"an update with {_MAX_ENCODED + 4} characters of manifest")


@judges("WV2-MANIFEST-018", over=("json", "base64"))
async def test_post_accepts_large_manifests(trial: WorkloadTrial, form: str) -> None:
    """Up to 1 MiB, which base64 makes 1.4 million characters of the 2097152."""
    await trial.control(form=form)
    answer = await trial.probe(trial.wrap(sized_manifest(trial.kind, 2**20), form=form))
    trial.status("WV2-MANIFEST-018", answer, 202, f"a create with a manifest of about 1 MiB ({form} form)")


@judges("WV2-MANIFEST-008")
async def test_both_forms_give_the_same_workload(trial: WorkloadTrial) -> None:
    """The JSON form and the base64 form of one manifest differ in the name of the workload, and in nothing else."""
    first, second = trial.body(), trial.body(form="base64")
    as_json = trial.need_accepted(await trial.create(first), "the create in JSON form")
    as_base64 = trial.need_accepted(await trial.create(second), "the create in base64 form")
    members = (
        "gvk",
        "priority",
        "category",
        "preemptibility",
        "configuration",
        "projectId",
        "clusterId",
        "desiredPhase",
    )
    changed = differing(members, as_json, as_base64)
    one, other = apart(changed, as_json, as_base64)
    if not identical(_unnamed(as_json), _unnamed(as_base64)):
        changed.append("rawManifest")
        one, other = (
            {**part, "rawManifest": _unnamed(answer)} for part, answer in ((one, as_json), (other, as_base64))
        )
    difference = trial.contrast(one, other)
    trial.judge(
        "WV2-MANIFEST-008",
        not changed,
        message=f"the two forms of one manifest give different {', '.join(changed)}",
        code=f"two-forms/changed:{','.join(changed)}",
        way="the two forms of one manifest",
        expected=difference.expected,
        observed=difference.observed,
        answer=as_base64,
    )


def _unnamed(answer: Answer) -> Any:
    """The manifest without the name in it: two workloads need two."""
    raw = copy.deepcopy(answer.workload.get("rawManifest"))
    if isinstance(raw, dict) and isinstance(raw.get("metadata"), dict):
        raw["metadata"].pop("name", None)
    return raw


@judges("WV2-CREATE-018")
async def test_gvk_of_the_base64_form(trial: WorkloadTrial) -> None:
    """gvk names the manifest's group, version and kind, in the base64 form too."""
    answer = await trial.probe(trial.body(form="base64"))
    if not is_success(answer):
        trial.need_accepted(answer, "the create")
    gvk = KINDS[trial.kind].gvk
    trial.same("WV2-CREATE-018", gvk, value_of(answer, "gvk"), "metadata.gvk", answer)
