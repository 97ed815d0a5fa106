"""POST with dryRun: validations only, without side effects."""

from __future__ import annotations

import json
from typing import Any

from workloads_conformance.api import CREATE_PATH, WorkloadTrial, differing
from workloads_conformance.http import Request
from workloads_conformance.runner import Kinds, is_success, judges
from workloads_strategies import mutations
from workloads_strategies.mutations import Change, Refusal, refusals

from .twins import judge_untouched

ACCEPTED, REFUSED = 202, 400


_MEMBERS: tuple[dict[str, Any], ...] = (
    {},
    {"useGivenNameAsPrefix": True},
    {"priority": "very-high", "category": "Deploy", "preemptibility": "non-preemptible"},
)
_WAYS = tuple((form, members) for form in ("json", "base64") for members in _MEMBERS)


@judges("WV2-DRYRUN-001", over=_WAYS)
async def test_a_valid_create_is_accepted(trial: WorkloadTrial, case: tuple[str, dict[str, Any]]) -> None:
    """A dry run of what would be accepted is answered as the create would be."""
    form, members = case
    answer = await trial.create(trial.body(form=form, **members), dry_run="true")
    what = f"a dry run of a valid create ({form} form{''.join(f', {name}' for name in members)})"
    trial.status("WV2-DRYRUN-001", answer, ACCEPTED, what)


@judges("WV2-DRYRUN-002", over=_WAYS, kinds=Kinds.EACH)
async def test_it_has_no_side_effects(trial: WorkloadTrial, case: tuple[str, dict[str, Any]]) -> None:
    """No workload has the id that a dry run answers with, and the name stays free."""
    form, members = case
    body = trial.body(form=form, **members)
    answer = trial.need_accepted(await trial.create(body, dry_run="true"), "the dry run")
    seen = await trial.reading(answer.id)
    trial.status("WV2-DRYRUN-002", seen, 404, "GET of the id that a dry run answered with")
    again = await trial.create(body)
    trial.status("WV2-DRYRUN-002", again, ACCEPTED, "a create under the name of an earlier dry run")
    if is_success(again):
        late = await trial.reading(answer.id)
        trial.judge(
            "WV2-DRYRUN-002",
            late.status == 404 or again.id == answer.id,  # the create may be given the same id
            message="a workload appeared under the id that a dry run answered with",
            code="dry-run/workload-appeared",
            expected=404,
            observed=str(late),
            answer=late,
        )


@judges("WV2-DRYRUN-002")
async def test_it_has_no_side_effects_when_it_is_asked_for_twice(trial: WorkloadTrial) -> None:
    """Whichever of two equal values counts, nothing is created; that one of them is too many may be said."""
    await trial.control(dry_run="true")
    body = trial.body()
    twice = (("dryRun", "true"), ("dryRun", "true"))
    answer = await trial.send(Request(method="POST", path=CREATE_PATH, query=twice, body=json.dumps(body).encode()))
    again = await trial.create(body)
    what = f"a create under the name of a dry run that was asked for twice and answered {answer.status}"
    trial.status("WV2-DRYRUN-002", again, ACCEPTED, what)


@judges("WV2-DRYRUN-003", over=refusals("create", dry_run=True), kinds=Kinds.DEALT)
async def test_it_refuses_what_a_create_refuses(trial: WorkloadTrial, case: Refusal) -> None:
    """True to perform validations: what a create has to refuse, whatever is wrong with it, a dry run refuses."""
    await trial.control(form=case.form, dry_run="true", **case.metadata)
    answer = await trial.create(case.body(trial.body(form=case.form, **case.metadata)), dry_run="true")
    trial.status("WV2-DRYRUN-003", answer, REFUSED, f"a dry run with {case.label}")


@judges("WV2-DRYRUN-004", kinds=Kinds.EACH)
async def test_false_creates(trial: WorkloadTrial) -> None:
    """dryRun=false is the default: the workload is there."""
    answer = trial.need_accepted(await trial.create(trial.body(), dry_run="false"), "a create with dryRun=false")
    seen = await trial.eventually("visible after create", lambda: trial.get(answer.id), is_success)
    trial.status("WV2-DRYRUN-004", seen, 200, "GET of a workload created with dryRun=false")


@judges("WV2-DRYRUN-005", over=mutations.NO_BOOLEANS)
async def test_what_is_no_boolean_is_refused(trial: WorkloadTrial, text: str) -> None:
    """dryRun has type boolean."""
    await trial.control()
    answer = await trial.create(trial.body(), dry_run=text)
    trial.status("WV2-DRYRUN-005", answer, REFUSED, f"a create with dryRun={text}")


@judges("WV2-DRYRUN-002", "WV2-DRYRUN-006", over=("json", "base64"))
async def test_it_sees_a_conflict(trial: WorkloadTrial, form: str) -> None:
    """That the name is free is one of the validations; the workload that has it stays as it is."""
    body = trial.body(form=form)
    await trial.control(form=form, dry_run="true")
    created = await trial.existing(body)
    before = await trial.settled(created.id)
    answer = await trial.create(body, dry_run="true")
    trial.status("WV2-DRYRUN-006", answer, 409, "a dry run that repeats an existing workload")
    await judge_untouched(trial, "WV2-DRYRUN-002", before, created, "a dry run under its name")


_ALIKE = (
    Change("a priority", ("metadata", "priority"), "high"),
    Change("a category", ("metadata", "category"), "Build"),
    Change("a preemptibility", ("metadata", "preemptibility"), "non-preemptible"),
    Change("a name that is a prefix", ("metadata", "useGivenNameAsPrefix"), True),  # noqa: FBT003 - a value
    *mutations.PRIORITIES,
    *mutations.LONG_NAMES,
    *mutations.CLUSTER_IDS,
    *mutations.MANIFESTS,
    *mutations.NO_TYPE,
    Change("an unknown member", ("metadata", "xUnknown"), "x"),
    Change("null for the name", ("metadata", "name"), None),
    Change("null for the configuration", ("metadata", "configuration"), None),
    Change("an unknown project", ("metadata", "projectId"), "no-project-of-this-id"),
    Change("an unknown cluster", ("metadata", "clusterId"), "00000000-0000-4000-8000-000000000000"),
    Change("MNNVL", ("metadata", "configuration"), {"mnnvl": "Required"}),
    Change("another kind", ("manifest", "kind"), "NotRegistered"),
)


@judges("WV2-DRYRUN-007", over=_ALIKE, kinds=Kinds.DEALT)
async def test_it_agrees_with_the_create(trial: WorkloadTrial, change: Change) -> None:
    """True to perform validations only: those that the create performs, no more and no fewer."""
    body = change.apply(trial.body())
    tried, done = await trial.create(body, dry_run="true"), await trial.create(body)
    members = ("priority", "category", "preemptibility", "configuration", "gvk", "projectId")
    differs = differing(members, tried, done) if is_success(tried) and is_success(done) else []
    difference = trial.compared(differs, done, tried)
    trial.judge(
        "WV2-DRYRUN-007",
        is_success(tried) == is_success(done) and not differs,
        message=f"a dry run and the create that it stands for differ, with {change.label}",
        code=f"dry-run-with-{change.label}/not-as-the-create",
        expected=f"as the create: {difference.expected}",
        observed=difference.observed,
        answer=tried,
    )


@judges("WV2-DRYRUN-008", over=mutations.OPEN_BOOLEANS)
async def test_another_spelling(trial: WorkloadTrial, text: str) -> None:
    """Left open: refused, or read as true, or as false."""
    await trial.control()
    answer = await trial.create(trial.body(), dry_run=text)
    if not is_success(answer):
        trial.observe("WV2-DRYRUN-008", f"{text!r}: refused with {answer.status}")
        return
    seen = await trial.eventually("visible after create", lambda: trial.get(answer.id), is_success)
    trial.observe("WV2-DRYRUN-008", f"{text!r}: read as " + ("false" if is_success(seen) else "true"))
