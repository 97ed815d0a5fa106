"""Several workloads over a time: a model says what each reading has to show in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, goes_away, is_gone, shows, told
from workloads_conformance.runner import Drawn, UndecidedError, is_success, judges
from workloads_strategies import encode_manifest
from workloads_strategies.histories import Act, Step, histories

from .revisions import against_revision, revised, revision

_CONFLICT = 409


@dataclass
class _Workload:
    """What the model knows of one workload."""

    name: str
    manifest: dict[str, Any]
    id: str = ""
    alive: bool = False
    revision: str = ""
    awaited: str = "visible after create"
    """The name of what is waited for when it is read: what its last write does."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Priority and category: as last written, or as read after a write that did not name them."""


class _World:
    """Performs steps, and judges readings by what the steps before have left."""

    def __init__(self, trial: WorkloadTrial) -> None:
        self.trial = trial
        self.workloads: dict[int, _Workload] = {}
        self.deleted: list[str] = []
        self.writes = 0

    def at(self, place: int) -> _Workload:
        """The workload at a place, made up where there was none."""
        if place not in self.workloads:
            body = self.trial.body()
            self.workloads[place] = _Workload(body["metadata"]["name"], body["manifest"])
        return self.workloads[place]

    async def perform(self, step: Step) -> None:
        """Performs a step, waits until it shows, and makes sure that nothing else has changed."""
        workload = self.at(step.place)
        acts = {
            Act.CREATE: self._create,
            Act.REPEAT: self._repeat,
            Act.DRY_RUN: self._dry_run,
            Act.READ: self._read,
            Act.UPDATE_METADATA: self._update,
            Act.UPDATE_MANIFEST: self._update,
            Act.UPDATE_BOTH: self._update,
            Act.DELETE: self._delete,
            Act.READ_DELETED: self._read,
            Act.UPDATE_DELETED: self._update_deleted,
            Act.DELETE_DELETED: self._delete_deleted,
        }
        await acts[step.act](workload, step)
        others = [other for place, other in self.workloads.items() if place != step.place and other.alive]
        await self.trial.at_once(*(self._see(other, "WV2-LIFE-007", f"after this was done to another: {step.act}")
                               for other in others))  # fmt: skip

    async def finish(self) -> None:
        """Judges every workload of the history once more, the deleted ones too."""
        await self.trial.at_once(
            *(self._see(found, "WV2-LIFE-008", "at the end") for found in self.workloads.values() if found.alive),
            *map(self._see_gone, self.deleted),
        )

    # -- steps ------------------------------------------------------------------------------------------------------

    def _submission(self, workload: _Workload, step: Step, text: str) -> dict[str, Any]:
        body = self.trial.wrap(revised(workload.manifest, text), name=workload.name, **_metadata(step))
        if step.encoded:
            body["manifestBase64Encoded"] = encode_manifest(body.pop("manifest"))
        return body

    def _text(self) -> str:
        self.writes += 1
        return f"write {self.writes}"

    async def _create(self, workload: _Workload, step: Step) -> None:
        text = self._text()
        body = self._submission(workload, step, text)
        # The name of a deleted workload may take a while to be free again; that it does is WV2-DELETE-006.
        answer = await self.trial.eventually(
            "name free after delete",
            lambda: self.trial.create(body),
            lambda found: found.status != _CONFLICT or not workload.id,
        )
        self.trial.need_accepted(answer, "a create of the history")
        workload.id, workload.alive, workload.awaited = answer.id, True, "visible after create"
        workload.metadata = _metadata(step)
        await self._written(workload, text)

    async def _repeat(self, workload: _Workload, step: Step) -> None:
        answer = await self.trial.create(self._submission(workload, step, "refused"))
        self.trial.status("WV2-CREATE-005", answer, _CONFLICT, "a create that repeats an existing workload")
        await self._see(workload, "WV2-LIFE-008", "after a create of its name that was refused")

    async def _dry_run(self, workload: _Workload, step: Step) -> None:
        body = self._submission(workload, step, "dry run")
        answer = await self.trial.create(body, dry_run="true")
        if workload.alive:
            await self._see(workload, "WV2-LIFE-008", "after a dry run of its name")
        elif is_success(answer) and answer.id.lower() not in {found.lower() for found in self.deleted}:
            seen = await self.trial.reading(answer.id)
            self.trial.status("WV2-DRYRUN-002", seen, 404, "GET of the id that a dry run answered with")

    async def _read(self, workload: _Workload, step: Step) -> None:
        del step
        if workload.alive:
            await self._see(workload, "WV2-LIFE-008", "when read again")
        else:
            await self._see_gone(workload.id)

    async def _update(self, workload: _Workload, step: Step) -> None:
        update: dict[str, Any] = {}
        text = workload.revision
        if step.act is not Act.UPDATE_MANIFEST:
            update["metadata"] = _metadata(step)
        if step.act is not Act.UPDATE_METADATA:
            text = self._text()
            manifest = revised({**workload.manifest, "metadata": {"name": workload.name}}, text)
            update |= {"manifestBase64Encoded": encode_manifest(manifest)} if step.encoded else {"manifest": manifest}
        self.trial.need_accepted(await self.trial.update(workload.id, update), "an update of the history")
        workload.awaited = "visible after update"
        # What an update leaves out may stay or go back to a default (WV2-UPDATE-025): only what it names is known.
        workload.metadata = dict(update.get("metadata", {}))
        named = step.act is not Act.UPDATE_METADATA
        await self._written(workload, text if named else None)

    async def _delete(self, workload: _Workload, step: Step) -> None:
        del step
        self.trial.need_accepted(await self.trial.delete(workload.id), "a delete of the history")
        seen = await goes_away(self.trial, workload.id)
        workload.alive = False
        if not is_gone(seen):
            raise UndecidedError("the history cannot go on: a deleted workload is still there")
        self.deleted.append(workload.id)

    async def _update_deleted(self, workload: _Workload, step: Step) -> None:
        shown = is_success(await self.trial.reading(workload.id))  # as deleted, or being so
        await self.trial.update(workload.id, {"metadata": _metadata(step)}, also=(_CONFLICT,) if shown else ())
        await self._see_gone(workload.id)

    async def _delete_deleted(self, workload: _Workload, step: Step) -> None:
        del step
        await self.trial.delete(workload.id)
        await self._see_gone(workload.id)

    # -- readings ---------------------------------------------------------------------------------------------------

    async def _written(self, workload: _Workload, text: str | None) -> None:
        """Waits until a write shows, judges that it does, and learns what the write left open."""
        if text is not None:
            workload.revision = text
        else:
            workload.revision = ""  # only the metadata were named
        seen = await self._see(workload, "WV2-LIFE-008", "when the settle time after an accepted write is over")
        workload.revision = revision(seen) or ""
        workload.metadata = {key: told(seen, key) for key in ("priority", "category")}

    async def _see(self, workload: _Workload, requirement: str, when: str) -> Answer:
        """Judges that the workload shows, in the end, what the model knows of it; returns the reading."""

        def shown(answer: Answer) -> bool:
            return (
                is_success(answer)
                and not is_gone(answer)
                and answer.metadata.get("name") == workload.name
                and workload.revision in ("", revision(answer))
                and shows(answer, workload.metadata)
            )

        seen = await self.trial.eventually(workload.awaited, lambda: self.trial.get(workload.id), shown)
        asked = {"name": workload.name, **workload.metadata}
        asked = {key: value for key, value in asked.items() if value is not None}
        difference = against_revision(self.trial, asked, workload.revision or revision(seen) or "", seen)
        kept = self.trial.judge(
            requirement,
            shown(seen),
            message=f"a workload does not show what was last written to it, {when}",
            code=f"history/not-what-was-written:{when}",
            expected=difference.expected,
            observed=difference.observed,
            answer=seen,
        )
        if not kept:
            raise UndecidedError("the history cannot go on from a state that it did not make")
        return seen

    async def _see_gone(self, identifier: str) -> None:
        seen = await self.trial.reading(identifier)
        self.trial.judge(
            "WV2-DELETE-010",
            is_gone(seen),
            message="a deleted workload is there again",
            code="deleted/there-again",
            expected="404, or a workload marked as deleted",
            observed=str(seen),
            answer=seen,
        )


def _metadata(step: Step) -> dict[str, Any]:
    return {key: value for key, value in (("priority", step.priority), ("category", step.category)) if value}


@judges(
    "WV2-CREATE-005",
    "WV2-DELETE-003",
    "WV2-DELETE-010",
    "WV2-LIFE-007",
    "WV2-LIFE-008",
    over=Drawn(lambda _settings: histories(), share=0.5, form=tuple[Step, ...]),
    each_kind=True,
)
async def test_a_history(trial: WorkloadTrial, steps: tuple[Step, ...]) -> None:
    """Create, repeat, dry run, read, update, delete, touch the deleted: each write shows, and nothing else changes."""
    world = _World(trial)
    for step in steps:
        await world.perform(step)
    await world.finish()
