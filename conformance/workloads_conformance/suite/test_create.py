"""POST /api/v2/workloads: what is accepted, what comes back, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from workloads_conformance.api import Answer, WorkloadTrial, is_uuid, value_of
from workloads_conformance.runner import Drawn, Kinds, UntestableError, is_success, judges
from workloads_conformance.settings import Settings
from workloads_strategies import (
    BOUNDARIES,
    KINDS,
    PREEMPTIBILITIES,
    PRIORITIES,
    Boundary,
    Style,
    encode_manifest,
    manifests,
    metadata_members,
    styles,
)

from .fullness import judge_full
from .twins import judge_untouched

ACCEPTED, REFUSED, CONFLICT = 202, 400, 409
_ECHOED = ("priority", "category", "preemptibility")


@dataclass(frozen=True)
class Submission:
    """A create that the contract calls valid: a manifest, the optional metadata, and the form it is sent in."""

    manifest: dict[str, Any]
    metadata: dict[str, Any]
    style: Style | None

    def body(self, trial: WorkloadTrial) -> dict[str, Any]:
        """Returns the request's body, under a fresh name."""
        body = trial.wrap(self.manifest, **self.metadata)
        if self.style is not None:
            body["manifestBase64Encoded"] = encode_manifest(body.pop("manifest"), self.style)
        return body


def submissions(settings: Settings) -> st.SearchStrategy[Submission]:
    """Valid creates of the configured kinds, in JSON form or as YAML in any style."""
    return st.builds(
        Submission,
        manifest=manifests(kinds=settings.kinds),
        metadata=metadata_members(),
        style=st.one_of(st.none(), styles()),
    )


@judges(
    "WV2-CREATE-003",
    "WV2-CREATE-004",
    "WV2-CREATE-015",
    "WV2-CREATE-016",
    "WV2-CREATE-018",
    "WV2-CREATE-021",
    "WV2-MANIFEST-009",
    "WV2-MANIFEST-019",
    over=Drawn(submissions, share=0.75, form=Submission),
)
async def test_a_valid_create_is_accepted_and_told_back(trial: WorkloadTrial, case: Submission) -> None:
    """202, in either manifest form; the answer carries what was asked for, gvk is the manifest's."""
    body = case.body(trial)
    answer = await trial.create(body)
    form = "WV2-CREATE-003" if case.style is None else "WV2-CREATE-004"
    if not trial.status(form, answer, ACCEPTED, "a valid create"):
        return
    asked = body["metadata"]
    for member in ("name", "projectId", "clusterId"):
        if member in asked:
            expected, observed = asked[member], answer.metadata.get(member)
            if member == "clusterId" and isinstance(observed, str):
                expected, observed = expected.lower(), observed.lower()
            trial.same("WV2-CREATE-015", expected, observed, f"metadata.{member} of the answer", answer)
    _judge_echo(trial, asked, answer)
    gvk = KINDS[case.manifest["kind"]].gvk
    trial.same("WV2-CREATE-018", gvk, value_of(answer, "gvk"), "metadata.gvk", answer)
    sent = case.manifest | {"metadata": {**case.manifest.get("metadata", {}), "name": asked["name"]}}
    trial.same("WV2-MANIFEST-009", sent, answer.workload.get("rawManifest"), "rawManifest", answer)
    judge_full(trial, sent, answer, "of the answer to POST", "create/lost:manifest")
    seen = await trial.visible(answer.id)
    _judge_echo(trial, asked, seen)
    trial.same("WV2-MANIFEST-009", sent, seen.workload.get("rawManifest"), "rawManifest when read", seen)
    judge_full(trial, sent, seen, "when read", "get/lost:manifest")


def _judge_echo(trial: WorkloadTrial, asked: dict[str, Any], answer: Answer) -> None:
    """Judges the optional members that were set; the contract requires none of them, and lets each be null."""
    for member in _ECHOED:
        found = value_of(answer, member)
        if asked.get(member) is not None and found is not None:
            trial.same("WV2-CREATE-016", asked[member], found, f"metadata.{member} of the answer", answer)
    configuration = value_of(answer, "configuration")
    if isinstance(configuration, dict) and "mnnvl" in configuration:
        mode = (asked.get("configuration") or {}).get("mnnvl")
        requirement = "WV2-CREATE-016" if mode else "WV2-CREATE-021"
        what = "metadata.configuration.mnnvl of the answer"
        trial.same(requirement, mode or "None", configuration["mnnvl"], what, answer)


@judges("WV2-CREATE-016", "WV2-CREATE-019", over=PRIORITIES)
async def test_each_priority_is_accepted(trial: WorkloadTrial, priority: str) -> None:
    """Valid values are: very-low, low, medium-low, medium, medium-high, high, and very-high."""
    body = trial.body(priority=priority)
    answer = await trial.probe(body)
    if trial.status("WV2-CREATE-019", answer, ACCEPTED, f"a create with priority {priority}"):
        _judge_echo(trial, body["metadata"], answer)


@judges("WV2-CREATE-020", over=PREEMPTIBILITIES)
async def test_each_preemptibility_is_accepted(trial: WorkloadTrial, preemptibility: str) -> None:
    """Valid values are preemptible and non-preemptible."""
    answer = await trial.probe(trial.body(preemptibility=preemptibility))
    trial.status("WV2-CREATE-020", answer, ACCEPTED, f"a create with preemptibility {preemptibility}")


@judges("WV2-CREATE-023", over=("priority", "category"))
async def test_null_is_accepted_where_the_schema_has_nullable(trial: WorkloadTrial, member: str) -> None:
    """priority and category are nullable."""
    await trial.control()
    answer = await trial.probe(trial.body(form="json", **{member: None}))
    trial.status("WV2-CREATE-023", answer, ACCEPTED, f"a create with null for {member}")


_FORMS = ("json", "base64")
_LIMITS = tuple(
    (boundary, form)
    for turn, boundary in enumerate(BOUNDARIES)
    for form in (_FORMS if boundary.name_size else (_FORMS[turn % 2],))
)
"""Each with a manifest in one of the forms; names, and prefixes, of each length with either."""


@judges("WV2-CREATE-015", "WV2-CREATE-016", "WV2-CREATE-022", over=_LIMITS)
async def test_metadata_at_each_limit_are_accepted(trial: WorkloadTrial, case: tuple[Boundary, str]) -> None:
    """maxLength 63 includes 63; every member may be there or not; what is asked for is echoed."""
    boundary, form = case
    await trial.control(form=form, dry_run="true" if boundary.dry_run_only else None)
    plain = trial.body()
    metadata = boundary.apply(plain["metadata"], trial.name())
    body = trial.wrap(plain["manifest"], form=form, name=metadata["name"]) | {"metadata": metadata}
    answer = await (trial.create(body, dry_run="true") if boundary.dry_run_only else trial.probe(body))
    if boundary.dry_run_only and answer.status == CONFLICT:
        raise UntestableError("so short a name is taken by a workload of somebody else")
    requirement = "WV2-CREATE-022" if boundary.name_size else "WV2-CREATE-003"
    if trial.status(requirement, answer, ACCEPTED, f"a create with {boundary.label}"):
        _judge_echo(trial, body["metadata"], answer)
        if not metadata.get("useGivenNameAsPrefix"):
            trial.same(
                "WV2-CREATE-015", metadata["name"], value_of(answer, "name"), "metadata.name of the answer", answer
            )


@judges(
    "WV2-CREATE-014",
    "WV2-CREATE-015",
    over=(("json", False), ("base64", False), ("json", True), ("base64", True)),
)
async def test_the_name_in_the_metadata_is_the_workloads(trial: WorkloadTrial, case: tuple[str, bool]) -> None:
    """The name of the workload, or its prefix, where the manifest has another."""
    form, is_prefix = case
    body = trial.body(form=form, useGivenNameAsPrefix=True) if is_prefix else trial.body(form=form)
    name = trial.name()
    answer = await trial.probe({**body, "metadata": {**body["metadata"], "name": name}})
    if not is_success(answer):
        raise UntestableError("the target refuses a manifest under another name than the workload's")
    shown, what = answer.metadata.get("name"), "metadata.name, where the manifest has another,"
    if not is_prefix:
        trial.same("WV2-CREATE-015", name, shown, what, answer)
        return
    trial.judge(
        "WV2-CREATE-014",
        isinstance(shown, str) and shown.startswith(name),
        message=f"{what} does not begin with the prefix",
        code="name-as-prefix/another-than-given",
        expected=f"{name} and random characters",
        observed=str(shown),
        answer=answer,
    )


@judges("WV2-CREATE-005", "WV2-CREATE-032", over=("json", "base64"), kinds=Kinds.EACH)
async def test_a_repeated_create_conflicts(trial: WorkloadTrial, form: str) -> None:
    """409: The specified resource already exists; and it stays as it is."""
    body = trial.body(form=form)
    created = await trial.existing(body)
    before = await trial.settled(created.id)
    answer = await trial.create(body)
    if trial.status("WV2-CREATE-005", answer, CONFLICT, "a create that repeats an existing workload"):
        await judge_untouched(trial, "WV2-CREATE-032", before, created, "a create that was refused with 409")


_LONGEST_KEPT = 58
"""Characters of the longest prefix that Kubernetes's generateName keeps whole."""


@judges(
    "WV2-CREATE-014",
    "WV2-CREATE-017",
    over=(("json", 0), ("json", 32), ("json", _LONGEST_KEPT), ("base64", 0)),
)
async def test_a_prefix_is_followed_by_random_characters(trial: WorkloadTrial, case: tuple[str, int]) -> None:
    """The final name is the name followed by a random set of characters; two creates get two names and two ids."""
    form, length = case
    prefix = trial.name().ljust(length, "x")
    body = trial.body(form=form, name=prefix, useGivenNameAsPrefix=True)
    answer = await trial.create(body)
    if length and answer.status == REFUSED:
        raise UntestableError("the target limits a prefix further, to what leaves room for the characters that follow")
    first = trial.need_accepted(answer, "the first")
    second = await trial.create(body)
    if not trial.status("WV2-CREATE-014", second, ACCEPTED, "a second create with the same name as prefix"):
        return
    names = [first.metadata.get("name"), second.metadata.get("name")]
    trial.judge(
        "WV2-CREATE-014",
        all(isinstance(name, str) and name.startswith(prefix) and name != prefix for name in names)
        and names[0] != names[1],
        message="names made from a prefix are not the prefix and random characters",
        code="name-as-prefix/not-prefix-and-characters",
        expected=f"two different names that begin with {prefix} and are longer",
        observed=names,
        answer=second,
    )
    trial.need_accepted(second, "the second")
    trial.judge(
        "WV2-CREATE-017",
        first.id != second.id and is_uuid(first.id) and is_uuid(second.id),
        message="two workloads do not have two ids",
        code="name-as-prefix/one-id",
        expected="two different UUIDs",
        observed=[first.id, second.id],
        answer=second,
    )
