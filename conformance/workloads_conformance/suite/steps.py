"""The steps of a story: what each sends, and what its answer has to be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from workloads_conformance.api import Answer, WorkloadTrial, goes_away, is_gone, value_of
from workloads_conformance.runner import UndecidedError, UntestableError, is_success
from workloads_strategies import CATEGORIES, PREEMPTIBILITIES, PRIORITIES, encode_manifest, smallest_manifest
from workloads_strategies.specimens import small_museum
from workloads_strategies.stories import Act

from .keeping import judge_created, judge_deleted, judge_dry_run, judge_suffixed, judge_updated
from .revisions import revised
from .strangers import Stranger
from .world import StoryWorkload, World

_Manifest = dict[str, Any] | None

_ACCEPTED = 202
_CLIENT_ERRORS = range(400, 500)
_CONFLICT = 409
_NOT_FOUND = 404

_TAKEN: Final = {
    Act.CREATE_REFUSED: "WV2-CREATE-032",
    Act.CREATE_BY_STRANGER: "WV2-AUTH-013",
    Act.DRY_RUN: "WV2-DRYRUN-002",
    Act.DELETE: "WV2-DELETE-006",
}
"""The requirement that a step has violated if the name is taken after it."""


class Steps:
    """Takes the steps of a story.

    Args:
        trial: what the requests go through.
        world: who is there; each step notes what it did.
        stranger: who lacks the rights.
        first: the number of the small museum that comes before the first; its parity is the form of the first create.
    """

    def __init__(self, trial: WorkloadTrial, world: World, stranger: Stranger, first: int) -> None:
        self._trial, self._world, self._stranger = trial, world, stranger
        self._first, self._has_specimens = first, True
        self._on_name: dict[str, Act] = {}
        self._update: tuple[dict[str, Any], dict[str, Any] | None] = ({}, None)
        self._made = ""
        self._writes = self._steps = 0

    async def take(self, act: Act) -> None:
        """Takes a step, and judges its answer.

        Raises:
            UndecidedError: the answer is one that the story cannot go on from.
        """
        self._steps += 1
        await self._ways[act](self)

    async def make(self, name: str, act: Act, metadata: dict[str, Any], *, encoded: bool = False) -> StoryWorkload:
        """Creates a workload, and judges that it is accepted; the name may take a while to be free again."""
        taken_by = self._on_name.get(name)
        answer, manifest = await self._send_create(name, metadata, encoded=encoded)
        requirement = "WV2-CREATE-004" if encoded else "WV2-CREATE-003"
        if answer.status == _CONFLICT and taken_by is not None:
            requirement = _TAKEN[taken_by]
        self._need(requirement, answer, _ACCEPTED, act)
        if taken_by is not None:
            self._trial.judge(_TAKEN[taken_by], satisfied=True, message="", expected="", observed="")
        found = StoryWorkload(name, answer.id, defaults=self._world.defaults)
        if act is Act.CREATE_SUFFIXED:
            found.name = str(answer.metadata.get("name"))
            judge_suffixed(self._trial, name, found.name, answer)
        else:
            self._on_name.pop(name, None)
            shown = answer.metadata.get("name")
            self._trial.same("WV2-CREATE-015", name, shown, f"metadata.name in the answer to a {act}", answer)
        members = {key: value for key, value in metadata.items() if key != "useGivenNameAsPrefix"}
        found.explicit = {key: value for key, value in members.items() if key == "preemptibility"}
        found.was_written("visible after create", members, manifest)
        judge_created(self._trial, found, answer, act)
        return found

    async def _send_create(
        self, name: str, metadata: dict[str, Any], *, encoded: bool
    ) -> tuple[Answer, dict[str, Any]]:
        """Sends a create as soon as the name is free; returns the answer and its manifest, which has specimens.

        Where that is refused the story goes on without: which specimen it was, and whether that is right, is judged
        where all of them are shown.
        """
        trial, text = self._trial, self._text()
        kind = trial.kind
        plain = {**smallest_manifest(kind), "metadata": {"name": name}}
        shown = small_museum(self._first + self._writes, kind).built(name).manifest if self._has_specimens else plain
        manifest = revised(shown, text)
        body = trial.wrap(manifest, form="base64" if encoded else "json", name=name, **metadata)
        answer = await self._when_free(body)
        # Of a 5xx nobody knows whether it was done.
        if self._has_specimens and answer.status in _CLIENT_ERRORS and answer.status != _CONFLICT:
            self._has_specimens = False
            return await self._send_create(name, metadata, encoded=encoded)
        return answer, manifest

    async def _when_free(self, body: dict[str, Any], dry_run: str | None = None) -> Answer:
        """Sends a create as soon as its name is free, if a step before may have taken it.

        Raises:
            UntestableError: the target keeps the names of deleted workloads.
        """
        is_taken = body["metadata"]["name"] in self._on_name

        def is_free(answer: Answer) -> bool:
            return answer.status != _CONFLICT or not is_taken

        try:
            return await self._trial.eventually(
                "name free after delete",
                lambda: self._trial.create(body, dry_run=dry_run),
                is_free,
                needed=dry_run is None,
            )
        except UndecidedError:  # waited for in vain before, which another case has told of
            if self._on_name.get(body["metadata"]["name"]) is not Act.DELETE:
                raise
            raise UntestableError("the name of a deleted workload is not free again within the settle time") from None

    def _need(self, requirement: str, answer: Answer, status: int, act: Act) -> None:
        """Judges the status of a step that has one only.

        Raises:
            UndecidedError: it has another, so that the story cannot go on.
        """
        # A write that follows another closely may find the workload in a state that it conflicts with.
        conflicts = answer.status == _CONFLICT and answer.method != "POST"
        if conflicts or not self._trial.status(requirement, answer, status, f"{act}, as a step of a story,"):
            raise UndecidedError(f"the story cannot go on: {act} returned {answer.status}")

    def _text(self) -> str:
        """Returns the revision of the next write, which no other workload has."""
        self._writes += 1
        return f"write {self._writes} of {self._world.name}"

    # -- creates ----------------------------------------------------------------------------------------------------

    async def _create(self) -> None:
        dead = self._world.dead
        metadata = {"priority": PRIORITIES[self._writes % len(PRIORITIES)], "category": "Train"}
        if self._steps % 2:  # the other half leave it to the platform
            metadata["preemptibility"] = PREEMPTIBILITIES[len(dead) % len(PREEMPTIBILITIES)]
        made = self._world.it = await self.make(
            self._world.name, Act.CREATE, metadata, encoded=bool((self._first + len(dead)) % 2)
        )
        self._update, self._made = ({}, None), made.revision
        for earlier in dead:
            self._trial.judge(
                "WV2-DELETE-012",
                earlier.id.lower() != made.id.lower(),
                message="a workload made under the name of a deleted one has its id",
                code="story/create/id of a deleted one",
                expected=f"another id than {earlier.id}",
                observed=made.id,
            )

    async def _create_again(self) -> None:
        answer = await self._trial.create(self._submission("refused", **self._others()))
        self._need("WV2-CREATE-005", answer, _CONFLICT, Act.CREATE_AGAIN)

    async def _create_refused(self) -> None:
        answer = await self._trial.create(self._submission("refused", priority="no such priority", category="Build"))
        self._trial.need_refused(answer)
        self._note_on_name(Act.CREATE_REFUSED)

    async def _create_by_stranger(self) -> None:
        await self._stranger.creates(self._submission("refused", **self._others()))
        self._note_on_name(Act.CREATE_BY_STRANGER)

    async def _dry_run(self) -> None:
        body = self._submission("dry run", **self._others())
        if self._world.it is None:
            answer = await self._when_free(body, dry_run="true")
            await judge_dry_run(self._trial, answer, body)
        else:
            answer = await self._trial.create(body, dry_run="true")
        known = {found.id.lower() for found in (*self._world.dead, *filter(None, (self._world.it,)))}
        if is_success(answer) and answer.id and answer.id.lower() not in known:
            seen = await self._trial.reading(answer.id)
            self._trial.judge(  # with which status it tells that there is none is judged elsewhere
                "WV2-DRYRUN-002",
                not (is_success(seen) and seen.workload),
                message="GET of the id that a dry run gave shows a workload",
                code=f"story/{Act.DRY_RUN}/workload-appeared",
                expected="404",
                observed=str(seen),
                answer=seen,
            )
        self._note_on_name(Act.DRY_RUN)

    async def _create_longer(self) -> None:
        self._world.other = await self.make(f"{self._world.name}-more", Act.CREATE_LONGER, {"priority": "low"})

    async def _create_suffixed(self) -> None:
        metadata = {"useGivenNameAsPrefix": True, "category": "Build", "preemptibility": "non-preemptible"}
        metadata["priority"] = PRIORITIES[self._writes % len(PRIORITIES)]
        encoded = self._first % 4 < 2  # half of them, with the first create in either form
        self._world.other = await self.make(self._world.name, Act.CREATE_SUFFIXED, metadata, encoded=encoded)

    def _others(self) -> dict[str, str]:
        """Returns metadata that the live workload of the name does not have, for what must not get to it."""
        if self._world.it is None:
            return {"priority": "high", "category": "Deploy"} if self._steps % 2 else {}
        return self._both()

    def _submission(self, text: str, **metadata: Any) -> dict[str, Any]:
        body = self._trial.body(name=self._world.name, **metadata)
        return {**body, "manifest": revised(body["manifest"], text)}

    def _note_on_name(self, act: Act) -> None:
        """Notes a step that must not take a free name. Where a deletion was before it, that may still hold the name."""
        name = self._world.name
        if self._world.it is None and self._on_name.get(name) is not Act.DELETE:
            self._on_name[name] = act

    # -- updates ----------------------------------------------------------------------------------------------------

    async def _put(
        self, workload: StoryWorkload, update: dict[str, Any], manifest: _Manifest, requirement: str, act: Act
    ) -> None:
        """Updates a live workload, and judges that this is accepted; `manifest` is the one in the update, if any."""
        answer = await self._trial.update(workload.id, update)
        self._need(requirement, answer, _ACCEPTED, act)
        self._was_updated(workload, update, manifest, answer)

    def _was_updated(
        self, workload: StoryWorkload, update: dict[str, Any], manifest: _Manifest, answer: Answer
    ) -> None:
        workload.was_written("visible after update", dict(update.get("metadata", {})), manifest)
        judge_updated(self._trial, workload, answer)

    async def _put_new(self, update: dict[str, Any], manifest: _Manifest, requirement: str, act: Act) -> None:
        """Updates it with something new, which the same update again will name."""
        self._writes += 1
        self._update = (update, manifest)
        await self._put(self._world.live, update, manifest, requirement, act)

    def _of(self, member: str, values: Sequence[str]) -> dict[str, str]:
        """Returns metadata with another value of a member; every third time the first that it had, beside another one.

        What is beside it tells a reading from before the update from one after it.
        """
        live = self._world.live
        first = live.born and value_of(live.born, member)
        if self._steps % 3 or not first or first == (live.seen and value_of(live.seen, member)):
            return {member: live.another(member, values, self._writes)}
        return {**self._both(), member: first}

    async def _update_priority(self) -> None:
        await self._put_new({"metadata": self._of("priority", PRIORITIES)}, None, "WV2-UPDATE-003", Act.UPDATE_PRIORITY)

    async def _update_category(self) -> None:
        await self._put_new({"metadata": self._of("category", CATEGORIES)}, None, "WV2-UPDATE-003", Act.UPDATE_CATEGORY)

    async def _update_manifest(self) -> None:
        live = self._world.live
        is_new = self._steps % 2 or live.revision == self._made
        # A replica that is behind may show the first one, too: metadata that it does not show tells which it is.
        beside = self._beside() if is_new else {"metadata": self._both()}
        manifest = live.as_revision(self._text() if is_new else self._made)  # every second time back to what was made
        await self._put_new({**beside, "manifest": manifest}, manifest, "WV2-UPDATE-004", Act.UPDATE_MANIFEST)

    async def _update_encoded(self) -> None:
        manifest = self._world.live.as_revision(self._text())
        update = {**self._beside(), "manifestBase64Encoded": encode_manifest(manifest)}
        await self._put_new(update, manifest, "WV2-UPDATE-005", Act.UPDATE_ENCODED)

    def _beside(self) -> dict[str, Any]:
        """Returns the metadata that an update names beside a manifest: none, with no member, one, or both, in turn."""
        both = self._both()
        members: list[dict[str, str] | None] = [None, *({name: value} for name, value in both.items()), both, {}]
        chosen = members[(self._steps + len(self._world.dead)) % len(members)]
        return {} if chosen is None else {"metadata": chosen}

    def _both(self) -> dict[str, str]:
        """Returns a priority and a category that the live workload does not have."""
        return self._world.live.others(self._writes)

    async def _update_again(self) -> None:
        """Whether an update to the present values is refused is left open; refused, it changes nothing."""
        update, manifest = self._update
        trial, identifier = self._trial, self._world.live.id

        def is_known(found: Answer) -> bool:
            return found.status != _NOT_FOUND

        answer = await trial.update(identifier, update)
        if not is_known(answer):  # one of several replicas may be behind
            answer = await trial.eventually("known to PUT", lambda: trial.update(identifier, update), is_known)
        trial.judge(
            "WV2-UPDATE-003" if manifest is None else "WV2-UPDATE-004",
            is_known(answer),
            message="the same update again returned 404, and the workload is there",
            code="story/the same update again/not-found",
            expected="not 404, as for an id that no workload has",
            observed=str(answer),
            answer=answer,
        )
        if is_success(answer):
            self._was_updated(self._world.live, update, manifest, answer)

    async def _update_refused(self) -> None:
        update = {
            "metadata": {"priority": "no such priority", "category": "Refused"},
            "manifest": self._world.live.as_revision("refused"),
        }
        self._trial.need_refused(await self._trial.update(self._world.live.id, update))

    async def _update_other(self) -> None:
        assert self._world.other is not None
        manifest = self._world.other.as_revision(self._text())
        update = {"metadata": {"category": "Build"}, "manifest": manifest}
        await self._put(self._world.other, update, manifest, "WV2-UPDATE-004", Act.UPDATE_OTHER)

    # -- deletes ----------------------------------------------------------------------------------------------------

    async def _delete(self) -> None:
        workload, self._world.it = self._world.live, None
        await self._remove(workload, Act.DELETE)

    async def _delete_other(self) -> None:
        assert self._world.other is not None
        workload, self._world.other = self._world.other, None
        await self._remove(workload, Act.DELETE_OTHER)

    async def _remove(self, workload: StoryWorkload, act: Act) -> None:
        answer = await self._trial.delete(workload.id)
        self._need("WV2-DELETE-003", answer, _ACCEPTED, act)
        judge_deleted(self._trial, workload, answer)
        if not is_gone(await goes_away(self._trial, workload.id)):
            raise UndecidedError("the story cannot go on: a deleted workload is still there")
        workload.is_deleted = workload.is_read = True
        self._on_name[workload.name] = Act.DELETE
        self._world.dead.append(workload)

    async def _update_dead(self) -> None:
        dead = self._world.last_dead
        shown = is_success(await self._trial.reading(dead.id))  # as deleted, or being so
        update = {"metadata": {"priority": "low"}, "manifest": dead.as_revision("of a deleted one")}
        await self._trial.update(dead.id, update, also=(_CONFLICT,) if shown else ())

    async def _delete_dead(self) -> None:
        await self._trial.delete(self._world.last_dead.id)

    # -- without the rights -----------------------------------------------------------------------------------------

    async def _read_by_stranger(self) -> None:
        await self._stranger.reads(self._world.live.id)

    async def _update_by_stranger(self) -> None:
        live = self._world.live
        update = {"metadata": {"category": "Stranger"}, "manifest": live.as_revision("a stranger's")}
        await self._stranger.updates(live.id, update)

    async def _delete_by_stranger(self) -> None:
        await self._stranger.deletes(self._world.live.id)

    async def _dead_by_stranger(self) -> None:
        dead = self._world.last_dead.id
        await self._stranger.reads(dead)
        await self._stranger.updates(dead, {"metadata": {"priority": "low"}})
        await self._stranger.deletes(dead)

    _ways: Final[dict[Act, Callable[[Steps], Awaitable[None]]]] = {
        Act.CREATE: _create,
        Act.CREATE_AGAIN: _create_again,
        Act.CREATE_REFUSED: _create_refused,
        Act.CREATE_BY_STRANGER: _create_by_stranger,
        Act.DRY_RUN: _dry_run,
        Act.CREATE_LONGER: _create_longer,
        Act.CREATE_SUFFIXED: _create_suffixed,
        Act.UPDATE_PRIORITY: _update_priority,
        Act.UPDATE_CATEGORY: _update_category,
        Act.UPDATE_MANIFEST: _update_manifest,
        Act.UPDATE_ENCODED: _update_encoded,
        Act.UPDATE_AGAIN: _update_again,
        Act.UPDATE_REFUSED: _update_refused,
        Act.UPDATE_BY_STRANGER: _update_by_stranger,
        Act.READ_BY_STRANGER: _read_by_stranger,
        Act.DELETE: _delete,
        Act.DELETE_BY_STRANGER: _delete_by_stranger,
        Act.UPDATE_DEAD: _update_dead,
        Act.DELETE_DEAD: _delete_dead,
        Act.UPDATE_EARLIER: _update_dead,
        Act.DELETE_EARLIER: _delete_dead,
        Act.DEAD_BY_STRANGER: _dead_by_stranger,
        Act.UPDATE_OTHER: _update_other,
        Act.DELETE_OTHER: _delete_other,
    }
