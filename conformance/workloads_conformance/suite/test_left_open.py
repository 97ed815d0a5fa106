"""What the contract leaves open: how this target answers it, which is never a failure.

Only what every answer has to satisfy is judged: a documented status, and no unexpected error.
"""

from __future__ import annotations

from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial
from workloads_conformance.runner import identical, is_success, judges
from workloads_strategies import mutations
from workloads_strategies.mutations import Change, Rewrite


def _told(answer: Answer, label: str) -> str:
    return f"{label}: " + ("accepted" if is_success(answer) else f"refused with {answer.status}")


@judges("WV2-CREATE-024", over=mutations.OPEN_UNKNOWN)
async def test_an_unknown_member(trial: WorkloadTrial, change: Change) -> None:
    """Left open: unknown members are refused, or accepted and ignored."""
    await trial.control()
    answer = await trial.probe(change.apply(trial.body()))
    trial.observe("WV2-CREATE-024", _told(answer, change.label))


@judges("WV2-CREATE-025", over=mutations.OPEN_NULLS)
async def test_null_for_a_member_that_is_not_nullable(trial: WorkloadTrial, change: Change) -> None:
    """Left open: null is refused, or read as absent."""
    await trial.control()
    answer = await trial.create(change.apply(trial.body()), dry_run="true")
    trial.observe("WV2-CREATE-025", _told(answer, change.label))


@judges("WV2-CREATE-040", over=({"preemptibility": None}, {"configuration": {"mnnvl": None}}))
async def test_null_that_an_enumeration_leaves_out(trial: WorkloadTrial, members: dict[str, Any]) -> None:
    """Left open: null is taken, for the member is nullable, or refused, for it is none of the values."""
    await trial.control()
    answer = await trial.probe(trial.body(**members))
    trial.observe(
        "WV2-CREATE-040", _told(answer, f"{'mnnvl' if 'configuration' in members else 'preemptibility'}: null")
    )


@judges("WV2-CREATE-026")
async def test_a_create_without_a_name(trial: WorkloadTrial) -> None:
    """Left open: the name is required, or made up; a dry run, for a made-up name would not be the run's own."""
    await trial.control(dry_run="true")
    body = trial.body()
    name = body["metadata"].pop("name")
    answer = await trial.create(body, dry_run="true")
    if not is_success(answer):
        trial.observe("WV2-CREATE-026", f"refused with {answer.status}")
    else:
        taken = identical(answer.metadata.get("name"), name)
        trial.observe("WV2-CREATE-026", "the manifest's name is taken" if taken else "a name is made up")


@judges("WV2-CREATE-037", over=(*mutations.OPEN_EMPTY, *mutations.OPEN_NAMES, *mutations.OPEN_FORMATS))
async def test_metadata_that_some_servers_take(trial: WorkloadTrial, change: Change) -> None:
    """Left open; sent as a dry run, for what it makes could not be told by its name to be the run's own."""
    await trial.control(dry_run="true")
    answer = await trial.create(change.apply(trial.body()), dry_run="true")
    trial.observe("WV2-CREATE-037", _told(answer, change.label))


@judges("WV2-CREATE-037", over=(*mutations.OPEN_BODIES, *mutations.OPEN_MANIFESTS))
async def test_a_body_that_some_servers_take(trial: WorkloadTrial, change: Change | Rewrite[Any, Any]) -> None:
    """Left open: numbers beyond 64 bits, duplicate names, nesting without end, and their like."""
    await trial.control()
    answer = await trial.probe(change.apply(trial.body()))
    trial.observe("WV2-CREATE-037", _told(answer, change.label))


@judges("WV2-MANIFEST-015", over=mutations.OPEN_ENCODED)
async def test_an_encoding_that_some_servers_take(trial: WorkloadTrial, rewrite: Rewrite[str, str]) -> None:
    """Left open: base64 and YAML on which readers disagree."""
    await trial.control(form="base64")
    body = trial.body(form="base64")
    body["manifestBase64Encoded"] = rewrite.apply(body["manifestBase64Encoded"])
    trial.observe("WV2-MANIFEST-015", _told(await trial.probe(body), rewrite.label))


@judges("WV2-UPDATE-027", over=(*mutations.OPEN_UPDATE_NULLS, *mutations.OPEN_UPDATE_UNKNOWN))
async def test_a_member_of_an_update_that_some_servers_take(trial: WorkloadTrial, change: Change) -> None:
    """Left open, on PUT as on POST."""
    answer = await trial.update(await trial.updatable(), change.apply({}))
    trial.observe("WV2-UPDATE-027", _told(answer, change.label))


@judges("WV2-UPDATE-027", over=(*mutations.OPEN_BODIES, *mutations.OPEN_MANIFESTS))
async def test_an_update_that_some_servers_take(trial: WorkloadTrial, change: Change | Rewrite[Any, Any]) -> None:
    """Left open, on PUT as on POST."""
    identifier = await trial.updatable()
    answer = await trial.update(identifier, change.apply({"manifest": trial.body()["manifest"]}))
    trial.observe("WV2-UPDATE-027", _told(answer, change.label))


@judges("WV2-GET-008", over=mutations.OPEN_IDS)
async def test_an_id_in_another_notation(trial: WorkloadTrial, rewrite: Rewrite[str, str]) -> None:
    """Left open: notations of a UUID that some readers know."""
    created = await trial.existing()
    answer = await trial.get(rewrite.apply(created.id))
    trial.observe("WV2-GET-008", f"{rewrite.label}: " + ("known" if is_success(answer) else str(answer.status)))
