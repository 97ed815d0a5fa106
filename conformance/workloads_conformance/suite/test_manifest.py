"""The two forms of the manifest: mutually exclusive, equal in meaning, and refused when they are none."""

from __future__ import annotations

import base64
import copy
from typing import Any

from workloads_conformance.engine import Answer, Trial, differing, identical, is_success, judges, told
from workloads_strategies import KINDS, mutations, sized_manifest, to_base64
from workloads_strategies.mutations import Change, Encoded, Rewrite

REFUSED = 400
_BASE64_EXAMPLE = to_base64("apiVersion: batch/v1\nkind: Job\nmetadata: {name: placeholder}\nspec: {suspend: true}\n")
_MAX_ENCODED = 2_097_152


@judges("WV2-MANIFEST-001", over=mutations.BOTH_FORMS)
async def test_post_refuses_both_forms(trial: Trial, case: Rewrite[Any, Any]) -> None:
    """manifestBase64Encoded is mutually exclusive with manifest; each alone is accepted."""
    await trial.control(form="json")
    await trial.control(form="base64")
    answer = await trial.probe(case.apply(trial.body()))
    trial.status("WV2-MANIFEST-001", answer, REFUSED, f"a create with {case.label},")


@judges("WV2-MANIFEST-002", over=mutations.BOTH_FORMS)
async def test_put_refuses_both_forms(trial: Trial, case: Rewrite[Any, Any]) -> None:
    """manifestBase64Encoded is mutually exclusive with manifest; an update with each alone is accepted."""
    statuses = trial.refusals("update")
    await trial.updatable(form="base64")
    identifier = await trial.updatable(form="json")
    update = case.apply({"manifest": trial.body()["manifest"]})
    for beside in ({}, {"metadata": {"priority": "high"}}):
        answer = await trial.update(identifier, {**update, **beside})
        what = f"an update with {case.label}{' and metadata' if beside else ''},"
        trial.status("WV2-MANIFEST-002", answer, statuses, what)


@judges("WV2-MANIFEST-016", over=mutations.OPEN_BOTH_FORMS)
async def test_post_refuses_both_forms_one_empty(trial: Trial, case: Rewrite[Any, Any]) -> None:
    """Mutually exclusive, where one of the two is there and holds nothing."""
    await trial.control(form="json")
    await trial.control(form="base64")
    trial.status(
        "WV2-MANIFEST-016", await trial.probe(case.apply(trial.body())), REFUSED, f"a create with {case.label},"
    )


@judges("WV2-MANIFEST-017", over=mutations.OPEN_BOTH_FORMS)
async def test_put_refuses_both_forms_one_empty(trial: Trial, case: Rewrite[Any, Any]) -> None:
    """Mutually exclusive, where one of the two is there and holds nothing."""
    statuses = trial.refusals("update")
    identifier = await trial.updatable(form="json")
    answer = await trial.update(identifier, case.apply({"manifest": trial.body()["manifest"]}))
    trial.status("WV2-MANIFEST-017", answer, statuses, f"an update with {case.label},")


@judges("WV2-MANIFEST-003")
async def test_post_with_neither_form_is_refused(trial: Trial) -> None:
    """Submit a workload with metadata and a Kubernetes manifest."""
    await trial.control()
    body = trial.body()
    del body["manifest"]
    trial.status("WV2-MANIFEST-003", await trial.probe(body), REFUSED, "a create with neither manifest form")


async def _post_encoded(trial: Trial, requirement: str, text: str, what: str) -> None:
    await trial.control(form="base64")
    body = trial.body(form="base64")
    answer = await trial.probe({**body, "manifestBase64Encoded": text})
    trial.status(requirement, answer, REFUSED, f"a create whose manifestBase64Encoded is {what}")


@judges("WV2-MANIFEST-004", over=range(len(mutations.not_base64(_BASE64_EXAMPLE))))
async def test_post_refuses_what_is_not_base64(trial: Trial, index: int) -> None:
    """format: byte. The text is the encoding of a manifest that is accepted, damaged in one place."""
    encoded = trial.body(form="base64")["manifestBase64Encoded"]
    damaged = mutations.not_base64(encoded)[index]
    await _post_encoded(trial, "WV2-MANIFEST-004", damaged.text, f"no base64 ({damaged.label})")


@judges("WV2-MANIFEST-004", over=mutations.ENCODED_TYPES)
async def test_post_refuses_an_encoded_manifest_of_another_type(trial: Trial, change: Change) -> None:
    """type: string."""
    await trial.control(form="base64")
    answer = await trial.probe(change.apply(trial.body(form="base64")))
    trial.status("WV2-MANIFEST-004", answer, REFUSED, f"a create with {change.label}")


@judges("WV2-MANIFEST-005", over=range(len(mutations.not_base64(_BASE64_EXAMPLE))))
async def test_put_refuses_what_is_not_base64(trial: Trial, index: int) -> None:
    """format: byte, on PUT as on POST."""
    statuses = trial.refusals("update")
    identifier = await trial.updatable(form="base64")
    damaged = mutations.not_base64(trial.body(form="base64")["manifestBase64Encoded"])[index]
    answer = await trial.update(identifier, {"manifestBase64Encoded": damaged.text})
    trial.status(
        "WV2-MANIFEST-005", answer, statuses, f"an update whose manifestBase64Encoded is no base64 ({damaged.label})"
    )


@judges("WV2-MANIFEST-006", over=mutations.NOT_A_MAPPING)
async def test_post_refuses_base64_of_no_yaml_mapping(trial: Trial, case: Encoded) -> None:
    """Kubernetes YAML manifest encoded in base 64."""
    await _post_encoded(trial, "WV2-MANIFEST-006", case.text, case.label)


@judges("WV2-UPDATE-020", over=mutations.NOT_A_MAPPING)
async def test_put_refuses_base64_of_no_yaml_mapping(trial: Trial, case: Encoded) -> None:
    """Kubernetes YAML manifest encoded in base 64, on PUT as on POST."""
    statuses = trial.refusals("update")
    identifier = await trial.updatable(form="base64")
    answer = await trial.update(identifier, {"manifestBase64Encoded": case.text})
    trial.status("WV2-UPDATE-020", answer, statuses, f"an update whose manifestBase64Encoded is {case.label}")


@judges("WV2-MANIFEST-007", "WV2-MANIFEST-013")
async def test_post_refuses_an_oversize_manifest(trial: Trial) -> None:
    """maxLength counts encoded characters; base64 comes in fours, so the next valid text is four longer."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    body["manifestBase64Encoded"] = mutations.oversize(body["manifestBase64Encoded"], _MAX_ENCODED, 4)
    answer = await trial.probe(body)
    trial.status("WV2-MANIFEST-007", answer, (400, 413), f"a create with {_MAX_ENCODED + 4} characters of manifest")
    trial.observe("WV2-MANIFEST-013", str(answer.status))


@judges("WV2-MANIFEST-014")
async def test_post_accepts_the_longest_manifest(trial: Trial) -> None:
    """maxLength 2097152 includes 2097152."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    body["manifestBase64Encoded"] = mutations.oversize(body["manifestBase64Encoded"], _MAX_ENCODED, 0)
    answer = await trial.probe(body)
    trial.status("WV2-MANIFEST-014", answer, 202, f"a create with {_MAX_ENCODED} characters of manifest")


@judges("WV2-UPDATE-021")
async def test_put_refuses_an_oversize_manifest(trial: Trial) -> None:
    """maxLength, on PUT as on POST."""
    statuses = (*trial.refusals("update"), 413)
    identifier = await trial.updatable(form="base64")
    encoded = mutations.oversize(trial.body(form="base64")["manifestBase64Encoded"], _MAX_ENCODED, 4)
    answer = await trial.update(identifier, {"manifestBase64Encoded": encoded})
    trial.status("WV2-UPDATE-021", answer, statuses, f"an update with {_MAX_ENCODED + 4} characters of manifest")


@judges("WV2-MANIFEST-006")
async def test_post_refuses_a_manifest_that_is_not_utf_8(trial: Trial) -> None:
    """A Kubernetes YAML manifest: YAML is Unicode, and one byte of this one is none."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    good = base64.b64decode(body["manifestBase64Encoded"])
    damaged = to_base64(good.rstrip(b"\n") + b'\nstatus: {note: "caf\xe9"}\n')
    answer = await trial.probe({**body, "manifestBase64Encoded": damaged})
    trial.status("WV2-MANIFEST-006", answer, REFUSED, "a create with a manifest that is not UTF-8 in one byte")


_LARGE = tuple((size, form) for size in (2**17, 2**18, 2**20) for form in ("json", "base64"))


@judges("WV2-MANIFEST-018", over=_LARGE)
async def test_post_accepts_large_manifests(trial: Trial, case: tuple[int, str]) -> None:
    """Up to 1 MiB, which base64 makes 1.4 million characters of the 2097152."""
    size, form = case
    await trial.control(form=form)
    manifest = sized_manifest(trial.kind, size)
    answer = await trial.probe(trial.wrap(manifest, form=form))
    trial.status("WV2-MANIFEST-018", answer, 202, f"a create with a manifest of about {size // 1024} KiB ({form} form)")


@judges("WV2-MANIFEST-008")
async def test_both_forms_give_the_same_workload(trial: Trial) -> None:
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
    changed += [] if identical(_unnamed(as_json), _unnamed(as_base64)) else ["rawManifest"]
    trial.judge(
        "WV2-MANIFEST-008",
        not changed,
        message=f"the two forms of one manifest give different {', '.join(changed)}",
        way="the two forms of one manifest",
        expected=str(as_json),
        observed=str(as_base64),
        answer=as_base64,
    )


def _unnamed(answer: Answer) -> Any:  # noqa: ANN401 - any JSON value
    """The manifest without the name in it: two workloads need two."""
    raw = copy.deepcopy(answer.workload.get("rawManifest"))
    if isinstance(raw, dict) and isinstance(raw.get("metadata"), dict):
        raw["metadata"].pop("name", None)
    return raw


@judges("WV2-MANIFEST-010", over=mutations.MANIFESTS)
async def test_post_refuses_a_manifest_that_is_no_object(trial: Trial, change: Change) -> None:
    """manifest has type object."""
    await trial.control()
    answer = await trial.probe(change.apply(trial.body()))
    trial.status("WV2-MANIFEST-010", answer, REFUSED, f"a create with {change.label}")


@judges("WV2-MANIFEST-011", over=mutations.MANIFESTS)
async def test_put_refuses_a_manifest_that_is_no_object(trial: Trial, change: Change) -> None:
    """manifest has type object, on PUT as on POST."""
    statuses = trial.refusals("update")
    answer = await trial.update(await trial.updatable(), change.apply({}))
    trial.status("WV2-MANIFEST-011", answer, statuses, f"an update with {change.label}")


@judges("WV2-MANIFEST-012", over=mutations.NO_TYPE)
async def test_post_refuses_a_manifest_without_its_kind(trial: Trial, change: Change) -> None:
    """gvk, which every answer carries, is the manifest's apiVersion and kind."""
    await trial.control()
    answer = await trial.probe(change.apply(trial.body()))
    trial.status("WV2-MANIFEST-012", answer, REFUSED, f"a create with {change.label}")


@judges("WV2-CREATE-018")
async def test_gvk_of_the_base64_form(trial: Trial) -> None:
    """gvk names the manifest's group, version and kind, in the base64 form too."""
    answer = await trial.probe(trial.body(form="base64"))
    if not is_success(answer):
        trial.need_accepted(answer, "the create")
    gvk = KINDS[trial.kind].gvk
    trial.same("WV2-CREATE-018", gvk, told(answer, "gvk"), "metadata.gvk", answer)
