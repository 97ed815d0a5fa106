"""PUT /api/v2/workloads/{id}: updates take effect, wrong ones are refused and change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, differing, instant, is_at_rest, shows, value_of
from workloads_conformance.runner import Drawn, Kinds, UntestableError, is_success, judges
from workloads_strategies import encode_manifest, metadata_updates, mutations, to_base64
from workloads_strategies.mutations import Change, Refusal, Rewrite, refusals

from .fullness import judge_full
from .lengths import refusals_of_id
from .refusing import refused_update
from .revisions import against_revision, revised, revision
from .twins import stays_untouched

ACCEPTED = 202
_NOT_THERE = "an accepted update of the manifest is not there"
"""Whether it never came or came undone is a matter of when one looks."""
_KEPT = ("id", "name", "projectId", "clusterId", "createdAt", "createdBy")


def _carries(asked: dict[str, str], answer: Answer) -> bool:
    """True if the answer shows the update; neither member is required in answers, so one left out shows nothing."""
    return is_success(answer) and shows(answer, asked)


@judges(
    "WV2-UPDATE-003",
    "WV2-UPDATE-012",
    "WV2-UPDATE-013",
    over=Drawn(lambda _settings: metadata_updates(), share=0.5),
    kinds=Kinds.DEALT,
)
async def test_priority_and_category_are_updated(trial: WorkloadTrial, update: dict[str, str]) -> None:
    """An accepted update of priority or category is seen, and leaves the workload's identity alone."""
    created = await trial.existing()
    before = await trial.reading(created.id)
    answer = await trial.update(created.id, {"metadata": update})
    if not trial.status("WV2-UPDATE-003", answer, ACCEPTED, "a valid update of the metadata"):
        return
    seen = await _judge_effect(trial, created.id, update, "metadata")
    _judge_identity(trial, before, seen)


async def _judge_effect(trial: WorkloadTrial, identifier: str, asked: dict[str, str], what: str) -> Answer:
    """Judges that an accepted update of metadata takes effect; returns the reading that shows it, or the last."""
    seen = await trial.eventually(
        "visible after update", lambda: trial.get(identifier), lambda found: _carries(asked, found)
    )
    difference = trial.against(asked, seen)
    trial.judge(
        "WV2-UPDATE-003",
        _carries(asked, seen),
        message=f"an accepted update of {what} did not take effect within the settle time",
        code=f"update-of-{what.replace(' ', '-')}/no-effect",
        expected=difference.expected,
        observed=difference.observed,
        answer=seen,
    )
    return seen


def _judge_identity(trial: WorkloadTrial, before: Answer, after: Answer) -> None:
    changed, difference = differing(_KEPT, before, after), trial.compared(_KEPT, before, after)
    trial.judge(
        "WV2-UPDATE-013",
        not changed,
        message=f"an update changed {', '.join(changed)}",
        code=f"update/changed:{','.join(changed)}",
        way="an update changed what it does not name",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
    first, second = instant(before.metadata.get("updatedAt")), instant(after.metadata.get("updatedAt"))
    if first and second:
        trial.judge(
            "WV2-UPDATE-012",
            second >= first,
            message="updatedAt went back when the workload was updated",
            code="update/updatedAt-went-back",
            expected=f"not before {first.isoformat()}",
            observed=second.isoformat(),
            answer=after,
        )


@judges(
    "WV2-UPDATE-004",
    "WV2-UPDATE-005",
    "WV2-MANIFEST-009",
    "WV2-MANIFEST-019",
    over=("json", "base64"),
    kinds=Kinds.EACH,
)
async def test_the_manifest_is_updated(trial: WorkloadTrial, form: str) -> None:
    """An accepted update of the manifest, in either form, is seen."""
    requirement = "WV2-UPDATE-004" if form == "json" else "WV2-UPDATE-005"
    body = trial.body()
    first = revised(body["manifest"], "as it was made")
    first["metadata"]["annotations"]["example.com/removed"] = "by the update"
    created = await trial.existing({**body, "manifest": first})
    changed = revised(body["manifest"], "yes, changed")
    update = {"manifest": changed} if form == "json" else {"manifestBase64Encoded": encode_manifest(changed)}
    answer = await trial.update(created.id, update)
    if not trial.status(requirement, answer, ACCEPTED, "a valid update of the manifest"):
        return
    seen = await trial.eventually(
        "visible after update",
        lambda: trial.get(created.id),
        lambda found: revision(found) == "yes, changed",
    )
    difference = against_revision(trial, {}, "yes, changed", seen)
    trial.judge(
        requirement,
        revision(seen) == "yes, changed",
        message="an accepted update of the manifest did not take effect within the settle time",
        code="update-of-manifest/no-effect",
        way=_NOT_THERE,
        expected=difference.expected,
        observed=difference.observed,
        answer=seen,
    )
    if revision(seen) == "yes, changed":
        raw = seen.workload.get("rawManifest")
        difference = trial.against({"rawManifest": changed}, seen)
        trial.judge(
            requirement,
            "example.com/removed" not in str(raw),
            message="what an update took out of the manifest is still there",
            code="update-of-manifest/removed-is-still-there",
            expected=difference.expected,
            observed=difference.observed,
            answer=seen,
        )
        trial.same("WV2-MANIFEST-009", changed, raw, "rawManifest after an update", seen)
        judge_full(trial, changed, seen, "after an update", "update/lost:manifest")
        await _judge_staying(trial, requirement, created.id, "yes, changed")


async def _judge_staying(trial: WorkloadTrial, requirement: str, identifier: str, mark: str) -> None:
    """Judges that an update that was seen is there for good; a reading of what was before may come in between."""

    def shows(found: Answer) -> bool:
        return revision(found) == mark

    seen = await trial.stays(lambda: trial.get(identifier), shows)
    trial.judge(
        requirement,
        shows(seen),
        message="an accepted update of the manifest took effect and came undone",
        code="update-of-manifest/came-undone",
        way=_NOT_THERE,
        expected=mark,
        observed=revision(seen),
        answer=seen,
    )


@judges("WV2-UPDATE-006")
async def test_an_unknown_id_is_not_found(trial: WorkloadTrial) -> None:
    """404: The specified resource was not found."""
    await trial.updatable()
    answer = await trial.update(trial.unknown_id(), {"metadata": {"priority": "low"}})
    trial.status("WV2-UPDATE-006", answer, 404, "PUT to an id that no workload has")


@judges("WV2-UPDATE-007", over=mutations.NEARLY_IDS)
async def test_a_malformed_id_is_refused(trial: WorkloadTrial, rewrite: Rewrite[str, str]) -> None:
    """The id has format uuid: what is none is a bad request, or not found."""
    identifier = trial.malformed_id(rewrite.apply)
    answer = await trial.update(identifier, {"metadata": {"priority": "low"}})
    trial.status("WV2-UPDATE-007", answer, refusals_of_id(identifier), f"PUT to {rewrite.label}")


@judges("WV2-UPDATE-008", over=refusals("update", "priority"), kinds=Kinds.DEALT)
async def test_another_priority_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """Valid values are the seven."""
    await refused_update(trial, "WV2-UPDATE-008", case)


@judges("WV2-UPDATE-009", over=refusals("update", "type of an update's member", "no object"), kinds=Kinds.DEALT)
async def test_a_member_of_another_type_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """Each member, and the body, has the type that the schema gives it."""
    await refused_update(trial, "WV2-UPDATE-009", case)


@judges("WV2-UPDATE-010", over=refusals("update", "no JSON", "damaged JSON"), kinds=Kinds.DEALT)
async def test_a_body_that_is_not_json_is_refused(trial: WorkloadTrial, case: Refusal) -> None:
    """The body is required, and is application/json."""
    await refused_update(trial, "WV2-UPDATE-010", case)


_UNTOUCHED = (
    mutations.PRIORITIES[0],
    *[change for change in mutations.UPDATE_TYPES if change.path == ("metadata", "priority")][:2],
    Change("manifestBase64Encoded beside manifest", ("manifestBase64Encoded",), to_base64("kind: Job\n")),
)


@judges("WV2-UPDATE-011", over=_UNTOUCHED, kinds=Kinds.EACH)
async def test_a_refused_update_changes_nothing(trial: WorkloadTrial, change: Change) -> None:
    """A workload is the same before and after a refused update, the valid parts of it included."""
    body = trial.body()
    created = await trial.existing(body)
    before = await trial.settled(created.id)
    category = "Build" if value_of(before, "category") != "Build" else "Train"
    update: dict[str, Any] = {
        "metadata": {"category": category},
        "manifest": revised(body["manifest"], "of a refused update"),
    }
    trial.need_refused(await trial.update(created.id, change.apply(update)))

    # The platform may move updatedAt as it brings the workload into being; at rest nobody does.
    moved = ("updatedAt",) if is_at_rest(before) else ()
    members: Sequence[str] = ("priority", "category", "preemptibility", *moved, "rawManifest", "desiredPhase")

    def undone(answer: Answer) -> bool:
        return bool(value_of(answer, "category") != category)

    after, members = await stays_untouched(trial, members, before, created, undone)
    changed = differing(members, before, after) or ["category"] * (not undone(after))
    difference = trial.compared(members, before, after)
    trial.judge(
        "WV2-UPDATE-011",
        is_success(after) and not changed,
        message=f"a refused update changed {', '.join(changed) or 'the workload'}",
        code=f"refused-update/changed:{','.join(changed)}",
        way="a refused update changed the workload",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )


@judges("WV2-UPDATE-014", kinds=Kinds.EACH)
async def test_an_empty_update(trial: WorkloadTrial) -> None:
    """Left open: {} is accepted, or refused as saying nothing."""
    answer = await trial.update(await trial.updatable(), {})
    trial.observe("WV2-UPDATE-014", "accepted" if is_success(answer) else f"refused with {answer.status}")


@judges("WV2-UPDATE-003", kinds=Kinds.EACH)
async def test_an_update_of_an_id_in_upper_case(trial: WorkloadTrial) -> None:
    """Whether it is known is left open (RFC 9562, 4: it is the same UUID); accepted, it takes effect."""
    created = await trial.existing(trial.body(priority="low"))
    asked = {"priority": "high"}
    answer = await trial.update(created.id.upper(), {"metadata": asked})
    if not is_success(answer):
        raise UntestableError("the target knows no id in upper case")
    await _judge_effect(trial, created.id, asked, "an id in upper case")
