"""What answers about a workload of a story show alike, whatever was written to it: who it is, and its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, differing, shows, value_of

from .museums import same_manifest
from .revisions import revision_of
from .world import CHOSEN, FIXED, StoryWorkload


def judge_kept(trial: WorkloadTrial, workload: StoryWorkload, seen: Answer) -> None:
    """Judges what a reading of a live workload has to show whatever was written to it."""
    if workload.is_deleted:
        return
    if workload.born is not None:
        _judge_fixed(
            trial, workload, seen, "WV2-UPDATE-013", "a write changed what no write may change", "identity-changed"
        )
    if workload.explicit:
        difference = trial.against(workload.explicit, seen)
        trial.judge(
            "WV2-CREATE-016" if workload.born is None else "WV2-UPDATE-015",
            shows(seen, workload.explicit),
            message="a preemptibility that was set explicitly is another",
            code="story/preemptibility-changed",
            expected=difference.expected,
            observed=difference.observed,
            answer=seen,
        )
    trial.judge(
        "WV2-LIFE-002",
        not value_of(seen, "deletedBy"),
        message="a live workload names who deleted it",
        code="story/deleted-by-somebody",
        expected="no deletedBy",
        observed=str(value_of(seen, "deletedBy")),
        answer=seen,
    )
    judge_manifest(trial, workload, seen, "when read")


def judge_farewell(trial: WorkloadTrial, workload: StoryWorkload, answer: Answer, act: str) -> None:
    """Judges that the answer to a deletion is about the workload, as it has been at some time."""
    if answer.id:
        what = "metadata.id in the answer to DELETE"
        trial.same("WV2-DELETE-009", workload.id.lower(), answer.id.lower(), what, answer)
    if workload.born is not None:
        message = f"the answer to a {act} does not show the workload that is deleted"
        _judge_fixed(trial, workload, answer, "WV2-DELETE-009", message, f"{act}/another-workload")
    for member in CHOSEN:
        value, had = value_of(answer, member), workload.had.get(member, [])
        trial.judge(
            "WV2-CREATE-016",
            not value or not had or value in had,
            message=f"the answer to a {act} shows a {member} that the workload never had",
            code=f"story/{act}/never-had:{member}",
            expected=" or ".join(map(str, had)),
            observed=str(value),
            answer=answer,
        )
    judge_manifest(trial, workload, answer, f"in the answer to a {act}")


def _judge_fixed(
    trial: WorkloadTrial, workload: StoryWorkload, answer: Answer, requirement: str, message: str, code: str
) -> None:
    assert workload.born is not None
    difference = trial.compared(FIXED, workload.born, answer)
    trial.judge(
        requirement,
        not differing(FIXED, workload.born, answer),
        message=message,
        code=f"story/{code}",
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


def _unnamed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "name"}
    return {**manifest, "metadata": metadata}
