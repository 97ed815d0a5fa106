"""What answers about a workload of a story show alike, whatever was written to it: who it is, and its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, differing, is_settled, shows, value_of
from workloads_conformance.runner import UndecidedError, is_success

from .fullness import judge_full
from .museums import same_manifest
from .revisions import revision_of
from .times import judge_times, judge_who_deleted
from .world import CHOSEN, FIXED, SHARED, StoryWorkload

_ACCEPTED, _CONFLICT = 202, 409


def judge_kept(trial: WorkloadTrial, workload: StoryWorkload, seen: Answer) -> None:
    """Judges what a reading has to show whatever was written to a workload."""
    judge_times(trial, seen)
    if workload.is_deleted:
        judge_who_deleted(trial, seen)
        return
    _judge_alike(trial, workload.born, seen, "WV2-UPDATE-013", "a reading")
    _judge_explicit(trial, workload, seen)
    judge_unmarked(trial, seen)
    creator = workload.defaults.get("createdBy")
    if creator is not None and value_of(seen, "createdBy") is not None:
        trial.same("WV2-LIFE-005", creator, value_of(seen, "createdBy"), "metadata.createdBy, in a story,", seen)
    judge_manifest(trial, workload, seen, "when read")
    _judge_whose(trial, workload, seen)


def judge_unmarked(trial: WorkloadTrial, seen: Answer) -> None:
    """Judges that a reading of a workload that nobody deletes does not say that it is deleted, or to be."""
    deleted_by, phase = value_of(seen, "deletedBy"), value_of(seen, "desiredPhase")
    trial.judge(
        "WV2-LIFE-002",
        not deleted_by,
        message="a live workload names who deleted it",
        code="story/deleted-by-somebody",
        expected="no deletedBy",
        observed=str(deleted_by),
        answer=seen,
    )
    trial.judge(
        "WV2-LIFE-002",
        phase != "Deleted",
        message="a workload that nobody deletes has the desired phase Deleted",
        code="live/desired-phase-deleted",
        expected="desiredPhase Running or Stopped",
        observed=str(phase),
        answer=seen,
    )


async def judge_applied(trial: WorkloadTrial, workload: StoryWorkload, seen: Answer) -> None:
    """Judges that workloadManifest, where it tells of which revision it is, is of the last one in the end.

    What the stories change of a manifest is an annotation, which no kind refuses.
    """

    def follows(answer: Answer) -> bool:
        shown = revision_of(value_of(answer, "workloadManifest"))
        return shown in (None, workload.revision) or not workload.revision

    if workload.is_deleted or not is_success(seen):
        return
    if not follows(seen):
        try:
            seen = await trial.eventually("applied after update", lambda: trial.get(workload.id), follows)
        except UndecidedError:  # waited for in vain before: another case has told of it, and the story goes on
            return
    if not follows(seen) and not is_settled(seen):
        return  # what waits to be applied may do so for as long as it likes
    trial.judge(
        "WV2-MANIFEST-021",
        follows(seen),
        message="workloadManifest is of an earlier revision than rawManifest",
        code="story/workloadManifest-stays-behind",
        expected=workload.revision,
        observed=str(revision_of(value_of(seen, "workloadManifest"))),
        answer=seen,
    )


def _judge_explicit(trial: WorkloadTrial, workload: StoryWorkload, answer: Answer) -> None:
    """Judges that a preemptibility which the create named is the workload's, as no update names another."""
    if not workload.explicit:
        return
    difference = trial.against(workload.explicit, answer)
    trial.judge(
        "WV2-CREATE-016" if workload.born is None else "WV2-UPDATE-015",
        shows(answer, workload.explicit),
        message="a preemptibility that was set explicitly is another",
        code="story/preemptibility-changed",
        expected=difference.expected,
        observed=difference.observed,
        answer=answer,
    )


def judge_suffixed(trial: WorkloadTrial, prefix: str, name: str, answer: Answer) -> None:
    """Judges that a name which was made of a prefix is the prefix, and more."""
    trial.judge(
        "WV2-CREATE-014",
        name.startswith(prefix) and len(name) > len(prefix),
        message="a name made of a prefix is not the prefix and more",
        code="story/create by prefix/name",
        expected=f"{prefix} and random characters",
        observed=name,
        answer=answer,
    )


async def judge_dry_run(trial: WorkloadTrial, answer: Answer, body: Mapping[str, Any]) -> None:
    """Judges that a dry run under a free name is accepted; 409 is right as long as the create gets it, too.

    Raises:
        UndecidedError: the create was accepted, so that there is a workload which the story did not make.
    """
    if answer.status != _CONFLICT:
        trial.status("WV2-DRYRUN-001", answer, _ACCEPTED, "a dry run, as a step of a story,")
        return
    if not is_success(await trial.create(body)):
        return
    trial.judge(
        "WV2-DRYRUN-001",
        satisfied=False,
        message="a dry run under the name of a deleted workload returned 409, and the create then 202",
        code="story/dry run/conflict of a free name",
        expected="202",
        observed=str(answer),
        answer=answer,
    )
    raise UndecidedError("the story cannot go on: a dry run was refused, and the create was not")


def judge_created(trial: WorkloadTrial, workload: StoryWorkload, answer: Answer, act: str) -> None:
    """Judges that the answer to a create shows what was asked for, where it shows anything."""
    judge_times(trial, answer)
    difference = trial.against(workload.named, answer)
    trial.judge(
        "WV2-CREATE-016",
        shows(answer, {name: value for name, value in workload.named.items() if value_of(answer, name) is not None}),
        message=f"the answer to a {act} shows another value than was asked for",
        code=f"story/{act}/another-value",
        expected=difference.expected,
        observed=difference.observed,
        answer=answer,
    )
    judge_manifest(trial, workload, answer, f"in the answer to a {act}")


def judge_updated(trial: WorkloadTrial, workload: StoryWorkload, answer: Answer) -> None:
    """Judges that the answer to an update is about the workload, as it is or was before."""
    judge_times(trial, answer)
    what = "metadata.id in the answer to PUT"
    trial.same("WV2-UPDATE-017", workload.id.lower(), answer.id.lower(), what, answer)
    _judge_alike(trial, workload.last, answer, "WV2-UPDATE-013", "the answer to an update")
    # A preemptibility that nobody set may follow the priority.
    _judge_chosen(trial, workload, answer, [member for member in CHOSEN if member != "preemptibility"], "update")
    if value_of(answer, "preemptibility") is not None:
        _judge_explicit(trial, workload, answer)
    judge_manifest(trial, workload, answer, "in the answer to an update")


def judge_deleted(trial: WorkloadTrial, workload: StoryWorkload, answer: Answer) -> None:
    """Judges that the answer to a deletion is about the workload, as it has been at some time."""
    judge_times(trial, answer)
    judge_who_deleted(trial, answer)
    if answer.id:
        what = "metadata.id in the answer to DELETE"
        trial.same("WV2-DELETE-009", workload.id.lower(), answer.id.lower(), what, answer)
    _judge_alike(trial, workload.last, answer, "WV2-DELETE-009", "the answer to a delete")
    _judge_chosen(trial, workload, answer, CHOSEN, "delete")
    judge_manifest(trial, workload, answer, "in the answer to a delete")


def _judge_chosen(
    trial: WorkloadTrial, workload: StoryWorkload, answer: Answer, members: Iterable[str], act: str
) -> None:
    """Judges that an answer shows of these members what the workload had, once it had something, or the default."""
    for member in members:
        value, had = value_of(answer, member), workload.had.get(member, [])
        trial.judge(
            "WV2-CREATE-016",
            not value or not had or value in (*had, workload.defaults.get(member)),
            message=f"the answer to a {act} shows a {member} that the workload never had",
            code=f"story/answer-to-{act}/never-had:{member}",
            expected=" or ".join(map(str, had)),
            observed=str(value),
            answer=answer,
        )


def _judge_alike(trial: WorkloadTrial, before: Answer | None, answer: Answer, requirement: str, what: str) -> None:
    """Judges that an answer is about the workload that was read before: of what never changes it shows the same."""
    if before is None:
        return
    for clause, members in ((requirement, FIXED), ("WV2-CREATE-034", SHARED)):
        others = differing(members, before, answer)
        difference = trial.compared(members, before, answer)
        trial.judge(
            clause,
            not others,
            message=f"{what} shows another {' or '.join(others)} than a reading before it",
            code="story/identity-changed",
            expected=difference.expected,
            observed=difference.observed,
            answer=answer,
        )


def judge_manifest(trial: WorkloadTrial, workload: StoryWorkload, answer: Answer, where: str) -> None:
    """Judges that an answer shows, to the last value, the manifest that has the revision which it shows.

    Which revision that has to be is judged elsewhere; so is the manifest's name, which a platform may complete.
    """
    raw = value_of(answer, "rawManifest")
    sent = {revision_of(manifest): manifest for manifest in (workload.earlier, workload.manifest) if manifest}
    manifest = sent.get(revision_of(raw))
    if manifest is None:
        return
    difference = trial.contrast(manifest, raw, ("rawManifest",))
    trial.judge(
        "WV2-MANIFEST-009",
        same_manifest(_unnamed(manifest), _unnamed(raw)),
        message=f"rawManifest {where} is not what was sent, in a story",
        code="story/changed:rawManifest",
        expected=difference.expected,
        observed=difference.observed,
        answer=answer,
    )
    judge_full(trial, manifest, answer, f"that is shown {where}, in a story", "story/lost:manifest")


def _judge_whose(trial: WorkloadTrial, workload: StoryWorkload, seen: Answer) -> None:
    """Judges that workloadManifest, where it tells of which revision it is, is of one that the workload was given."""
    shown = revision_of(value_of(seen, "workloadManifest"))
    if shown is None:
        return
    trial.judge(
        "WV2-MANIFEST-020",
        shown in workload.revisions,
        message="workloadManifest is a manifest that the workload was never given",
        code="story/workloadManifest-of-another",
        expected=f"revision {workload.revision!r}, or one before it",
        observed=f"revision {shown!r}",
        answer=seen,
    )


def _unnamed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "name"}
    return {**manifest, "metadata": metadata}
