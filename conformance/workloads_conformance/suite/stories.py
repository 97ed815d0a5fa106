"""Tells a story to a target: takes its steps, and reads everybody after each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from workloads_conformance.api import Answer, WorkloadTrial, goes_away, is_gone, there_or_gone, value_of
from workloads_conformance.http import Authorization
from workloads_conformance.runner import UndecidedError, is_success
from workloads_strategies import CATEGORIES, PRIORITIES, encode_manifest
from workloads_strategies.stories import BY_STRANGER, Act, Story

from .revisions import revised
from .world import LEFT, StoryWorkload

_ACCEPTED = 202
_NOT_FOUND = 404
_CONFLICT = 409
_UNAUTHORIZED = 401

REQUIREMENTS: Final = (
    "WV2-AUTH-009",
    "WV2-AUTH-010",
    "WV2-AUTH-011",
    "WV2-AUTH-012",
    "WV2-AUTH-013",
    "WV2-CREATE-003",
    "WV2-CREATE-004",
    "WV2-CREATE-005",
    "WV2-CREATE-014",
    "WV2-CREATE-015",
    "WV2-CREATE-032",
    "WV2-DELETE-003",
    "WV2-DELETE-006",
    "WV2-DELETE-009",
    "WV2-DELETE-010",
    "WV2-DELETE-012",
    "WV2-DRYRUN-002",
    "WV2-LIFE-007",
    "WV2-LIFE-008",
    "WV2-UPDATE-003",
    "WV2-UPDATE-004",
    "WV2-UPDATE-005",
    "WV2-UPDATE-011",
    "WV2-UPDATE-017",
)
"""What is judged on the way."""

COVERED: Final = {1: "steps", 2: "pairs of steps", 3: "triples of steps"}
"""What is counted of the consecutive steps that were told to their end, by how many they are."""

_CHANGED_IT: Final = {
    Act.UPDATE_REFUSED: "WV2-UPDATE-011",
    Act.CREATE_BY_STRANGER: "WV2-AUTH-013",
    Act.UPDATE_BY_STRANGER: "WV2-AUTH-013",
    Act.DELETE_BY_STRANGER: "WV2-AUTH-013",
}
"""The requirement that a step has violated if it changed the workload that it was about, and should not have."""

_ABOUT_OTHERS: Final = frozenset(
    {
        Act.CREATE_LONGER,
        Act.CREATE_SUFFIXED,
        Act.UPDATE_OTHER,
        Act.DELETE_OTHER,
        Act.UPDATE_EARLIER,
        Act.DELETE_EARLIER,
        Act.DEAD_BY_STRANGER,
    }
)
"""Steps that are not about it."""

_TAKEN: Final = {
    Act.CREATE_REFUSED: "WV2-CREATE-032",
    Act.CREATE_BY_STRANGER: "WV2-AUTH-013",
    Act.DRY_RUN: "WV2-DRYRUN-002",
    Act.DELETE: "WV2-DELETE-006",
}
"""The requirement that a step has violated if the name is taken after it."""

_OF_STRANGER: Final = {
    "create": "WV2-AUTH-009",
    "get": "WV2-AUTH-010",
    "update": "WV2-AUTH-011",
    "delete": "WV2-AUTH-012",
}


class StoryRun:
    """Runs one story.

    Args:
        trial: what its requests go through.
        stranger: a token without rights; the steps that need one are left out where there is none.
    """

    def __init__(self, trial: WorkloadTrial, stranger: Authorization | None) -> None:
        self._trial, self._stranger = trial, stranger
        self._name = trial.name()
        self._it: StoryWorkload | None = None
        self._other: StoryWorkload | None = None
        self._bystander: StoryWorkload | None = None
        self._dead: list[StoryWorkload] = []
        self._earlier_act: Act | None = None
        self._on_name: dict[str, Act] = {}
        self._update: tuple[dict[str, Any], str] = ({}, "")
        self._defaults: dict[str, Any] = {}
        self._writes = 0

    async def run(self, story: Story) -> None:
        """Takes the steps of a story, and judges each.

        Raises:
            UndecidedError: a step came out otherwise than the story goes on from, which is judged.
        """
        self._bystander = await self._make(f"{self._trial.name()}-by", Act.CREATE, {})
        await self._see(self._bystander, "WV2-LIFE-008", Act.CREATE, "a bystander")
        if self._bystander.seen is not None:
            self._defaults = {name: value_of(self._bystander.seen, name) for name in LEFT}
        taken: list[Act] = []
        for act in story:
            if act in BY_STRANGER and self._stranger is None:
                continue
            await self._steps[act](self)
            await self._see_all(act)
            taken.append(act)
            for length, what in COVERED.items():
                if len(taken) >= length:
                    self._trial.cover(what, tuple(taken[-length:]))
            self._earlier_act = act
        await self._trial.at_once(
            self._see(self._bystander, "WV2-LIFE-007", "the story", "a bystander"),
            *(self._see(found, "WV2-DELETE-010", "the story", "a deleted workload") for found in self._dead),
        )

    # -- readings ---------------------------------------------------------------------------------------------------

    async def _see_all(self, act: Act) -> None:
        """Reads it, the other and the last that is dead, and judges what they show."""
        about_it = act not in _ABOUT_OTHERS
        requirement = _CHANGED_IT.get(act, "WV2-LIFE-008") if about_it else "WV2-LIFE-007"
        seen = []
        if self._it is not None:
            seen.append(self._see(self._it, requirement, act, "the workload"))
        if self._other is not None:
            own = act in (Act.CREATE_LONGER, Act.CREATE_SUFFIXED, Act.UPDATE_OTHER)
            seen.append(self._see(self._other, "WV2-LIFE-008" if own else "WV2-LIFE-007", act, "the other workload"))
        if self._dead:
            seen.append(self._see(self._dead[-1], "WV2-DELETE-010", act, "a deleted workload"))
        await self._trial.at_once(*seen)

    async def _see(self, workload: StoryWorkload, requirement: str, act: str, who: str) -> None:
        """Judges that a workload shows, in the end, what the model says."""
        trial = self._trial
        seen = await trial.reading(workload.id)
        if not workload.allows(seen):
            awaited = workload.awaited if workload.seen is None and not workload.is_deleted else "shown again"
            seen = await trial.eventually(awaited, lambda: trial.get(workload.id), workload.allows)
        if workload.is_deleted:
            there_or_gone(seen)
        difference = workload.against(trial, seen)
        before = f" after {self._earlier_act}" if self._earlier_act else ""
        what = "is there again" if workload.is_deleted else "does not show what it should"
        if not trial.judge(
            requirement,
            workload.allows(seen),
            message=f"{act}{before}: {who} {what}",
            code=f"story/{act}/{who}",
            expected=difference.expected,
            observed=difference.observed,
            answer=seen,
        ):
            raise UndecidedError("the story cannot go on from a state that it did not make")
        if workload.seen is None and not workload.is_deleted:
            workload.was_read(seen)

    # -- steps ------------------------------------------------------------------------------------------------------

    async def _make(self, name: str, act: Act, metadata: dict[str, Any], *, encoded: bool = False) -> StoryWorkload:
        """Creates a workload, and judges that it is accepted; the name may take a while to be free again."""
        trial, text = self._trial, self._text()
        body = trial.body(name=name, **metadata)
        manifest = body["manifest"]
        body["manifest"] = revised(manifest, text)
        if encoded:
            body["manifestBase64Encoded"] = encode_manifest(body.pop("manifest"))
        was_taken = self._on_name.get(name)

        def settled(answer: Answer) -> bool:
            return answer.status != _CONFLICT or was_taken is None

        answer = await trial.eventually("name free after delete", lambda: trial.create(body), settled)
        requirement = "WV2-CREATE-004" if encoded else "WV2-CREATE-003"
        if answer.status == _CONFLICT and was_taken is not None:
            requirement = _TAKEN[was_taken]
        self._must_be(requirement, answer, _ACCEPTED, f"{act} after {was_taken or self._earlier_act or 'nothing'}")
        if act is not Act.CREATE_SUFFIXED:
            self._on_name.pop(name, None)
        found = StoryWorkload(name, answer.id, manifest, defaults=self._defaults)
        if act is Act.CREATE_SUFFIXED:
            found.name = str(answer.metadata.get("name"))
            trial.judge(
                "WV2-CREATE-014",
                found.name.startswith(name) and len(found.name) > len(name),
                message="a name made of a prefix is not the prefix and more",
                code=f"story/{act}/name",
                expected=f"{name} and random characters",
                observed=found.name,
                answer=answer,
            )
        else:
            trial.same(
                "WV2-CREATE-015", name, answer.metadata.get("name"), f"metadata.name in the answer to a {act}", answer
            )
        members = {key: value for key, value in metadata.items() if key != "useGivenNameAsPrefix"}
        found.was_written("visible after create", members, text)
        return found

    def _must_be(self, requirement: str, answer: Answer, status: int, what: str) -> None:
        """Judges the status of a step that has to be accepted.

        Raises:
            UndecidedError: it has another, so that the story cannot go on, or shows that the target is busy otherwise.
        """
        if answer.status == _CONFLICT and answer.exchange.request.method != "POST":
            raise UndecidedError(f"the {what} returned 409, so that the story cannot go on")
        if not self._trial.status(requirement, answer, status, what):
            raise UndecidedError(f"the story cannot go on: the {what} returned {answer.status}")

    def _text(self) -> str:
        self._writes += 1
        return f"write {self._writes}"

    @property
    def _own(self) -> StoryWorkload:
        """The workload that the story is about, which is live."""
        assert self._it is not None
        return self._it

    async def _create(self) -> None:
        metadata = {"priority": PRIORITIES[self._writes % len(PRIORITIES)], "category": "Train"}
        self._it = await self._make(self._name, Act.CREATE, metadata, encoded=bool(self._dead))
        self._update = ({}, "")
        for dead in self._dead:
            self._trial.judge(
                "WV2-DELETE-012",
                dead.id.lower() != self._it.id.lower(),
                message="a workload made under the name of a deleted one has its id",
                code="story/create/id of a deleted one",
                expected=f"another id than {dead.id}",
                observed=self._it.id,
            )

    async def _create_again(self) -> None:
        body = self._submission("refused")
        answer = await self._trial.create(body)
        self._must_be("WV2-CREATE-005", answer, _CONFLICT, "create that repeats an existing workload")

    def _submission(self, text: str, **metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - members
        body = self._trial.body(name=self._name, **metadata)
        return {**body, "manifest": revised(body["manifest"], text)}

    async def _create_refused(self) -> None:
        answer = await self._trial.create(self._submission("refused", priority="no such priority", category="Build"))
        self._trial.need_refused(answer)
        self._note_on_name(Act.CREATE_REFUSED)

    def _note_on_name(self, act: Act) -> None:
        """Notes a step that must not take a free name. Where a deletion was before it, that may still hold the name."""
        if self._it is None and self._on_name.get(self._name) is not Act.DELETE:
            self._on_name[self._name] = act

    async def _create_by_stranger(self) -> None:
        answer = await self._trial.create(self._submission("refused"), authorization=self._stranger)
        self._refuses_stranger("create", answer)
        self._note_on_name(Act.CREATE_BY_STRANGER)

    def _refuses_stranger(self, operation: str, answer: Answer) -> None:
        if answer.status == _UNAUTHORIZED:
            raise UndecidedError(
                "the token without rights is refused as such (401), so that it shows nothing about rights"
            )
        self._trial.judge(
            _OF_STRANGER[operation],
            not is_success(answer),
            message=f"{operation} with a token that lacks the rights was accepted after {self._earlier_act}",
            code=f"story/{operation} without the rights/accepted",
            expected="403",
            observed=str(answer),
            answer=answer,
        )

    async def _dry_run(self) -> None:
        answer = await self._trial.create(self._submission("dry run"), dry_run="true")
        known = {found.id.lower() for found in (*self._dead, *filter(None, (self._it,)))}
        if is_success(answer) and answer.id and answer.id.lower() not in known:
            seen = await self._trial.reading(answer.id)
            self._must_be("WV2-DRYRUN-002", seen, _NOT_FOUND, "GET of the id that a dry run answered with")
        self._note_on_name(Act.DRY_RUN)

    async def _create_longer(self) -> None:
        self._other = await self._make(f"{self._name}-more", Act.CREATE_LONGER, {"priority": "low"})

    async def _create_suffixed(self) -> None:
        metadata = {"useGivenNameAsPrefix": True, "category": "Build"}
        self._other = await self._make(self._name, Act.CREATE_SUFFIXED, metadata, encoded=True)

    async def _put(
        self, workload: StoryWorkload, update: dict[str, Any], text: str, requirement: str, what: str
    ) -> None:
        """Updates a live workload, and judges that this is accepted."""
        answer = await self._trial.update(workload.id, update)
        self._must_be(requirement, answer, _ACCEPTED, f"{what} after {self._earlier_act or 'nothing'}")
        what_it_is = f"metadata.id in the answer to an {what}"
        self._trial.same("WV2-UPDATE-017", workload.id.lower(), answer.id.lower(), what_it_is, answer)
        workload.was_written("visible after update", dict(update.get("metadata", {})), text or None)

    async def _put_new(self, update: dict[str, Any], text: str, requirement: str, what: str) -> None:
        """Updates it with something new, which the same update again will name."""
        self._writes += 1
        self._update = (update, text)
        await self._put(self._own, update, text, requirement, what)

    async def _update_priority(self) -> None:
        others = [priority for priority in PRIORITIES if priority != self._own.named.get("priority")]
        update = {"metadata": {"priority": others[self._writes % len(others)]}}
        await self._put_new(update, "", "WV2-UPDATE-003", Act.UPDATE_PRIORITY)

    async def _update_category(self) -> None:
        others = [category for category in CATEGORIES if category != self._own.named.get("category")]
        update = {"metadata": {"category": others[self._writes % len(others)]}}
        await self._put_new(update, "", "WV2-UPDATE-003", Act.UPDATE_CATEGORY)

    async def _update_manifest(self) -> None:
        text = self._text()
        update = {"manifest": self._named(self._own, text)}
        await self._put_new(update, text, "WV2-UPDATE-004", Act.UPDATE_MANIFEST)

    async def _update_encoded(self) -> None:
        text = self._text()
        update = {"manifestBase64Encoded": encode_manifest(self._named(self._own, text))}
        await self._put_new(update, text, "WV2-UPDATE-005", Act.UPDATE_ENCODED)

    @staticmethod
    def _named(workload: StoryWorkload, text: str) -> dict[str, Any]:
        manifest = workload.manifest
        return revised({**manifest, "metadata": {**manifest.get("metadata", {}), "name": workload.name}}, text)

    async def _update_again(self) -> None:
        update, text = self._update
        await self._put(self._own, update, text, "WV2-LIFE-008", Act.UPDATE_AGAIN)

    async def _update_refused(self) -> None:
        update = {
            "metadata": {"priority": "no such priority", "category": "Refused"},
            "manifest": self._named(self._own, "refused"),
        }
        self._trial.need_refused(await self._trial.update(self._own.id, update))

    async def _update_by_stranger(self) -> None:
        update = {"metadata": {"category": "Stranger"}, "manifest": self._named(self._own, "a stranger's")}
        self._refuses_stranger("update", await self._trial.update(self._own.id, update, self._stranger))

    async def _read_by_stranger(self) -> None:
        self._refuses_stranger("get", await self._trial.get(self._own.id, self._stranger))

    async def _delete_by_stranger(self) -> None:
        self._refuses_stranger("delete", await self._trial.delete(self._own.id, self._stranger))

    async def _remove(self, workload: StoryWorkload, what: str) -> None:
        answer = await self._trial.delete(workload.id)
        self._must_be("WV2-DELETE-003", answer, _ACCEPTED, f"{what} after {self._earlier_act or 'nothing'}")
        if answer.id:
            what_it_is = f"metadata.id in the answer to a {what}"
            self._trial.same("WV2-DELETE-009", workload.id.lower(), answer.id.lower(), what_it_is, answer)
        if not is_gone(await goes_away(self._trial, workload.id)):
            raise UndecidedError("the story cannot go on: a deleted workload is still there")
        workload.is_deleted = True
        self._on_name[workload.name] = Act.DELETE
        self._dead.append(workload)

    async def _delete(self) -> None:
        workload, self._it = self._own, None
        await self._remove(workload, Act.DELETE)

    @property
    def _dead_of_it(self) -> StoryWorkload:
        """The last workload that had its name, and is deleted."""
        return [found for found in self._dead if found.name == self._name][-1]

    async def _update_dead(self) -> None:
        dead = self._dead_of_it
        shown = is_success(await self._trial.reading(dead.id))  # as deleted, or being so
        update = {"metadata": {"priority": "low"}, "manifest": self._named(dead, "of a deleted one")}
        await self._trial.update(dead.id, update, also=(_CONFLICT,) if shown else ())

    async def _delete_dead(self) -> None:
        await self._trial.delete(self._dead_of_it.id)

    async def _dead_by_stranger(self) -> None:
        dead = self._dead_of_it.id
        self._refuses_stranger("get", await self._trial.get(dead, self._stranger))
        self._refuses_stranger(
            "update", await self._trial.update(dead, {"metadata": {"priority": "low"}}, self._stranger)
        )
        self._refuses_stranger("delete", await self._trial.delete(dead, self._stranger))

    async def _update_other(self) -> None:
        assert self._other is not None
        text = self._text()
        update = {"metadata": {"category": "Build"}, "manifest": self._named(self._other, text)}
        await self._put(self._other, update, text, "WV2-UPDATE-004", Act.UPDATE_OTHER)

    async def _delete_other(self) -> None:
        assert self._other is not None
        workload, self._other = self._other, None
        await self._remove(workload, Act.DELETE_OTHER)

    _steps: Final[dict[Act, Callable[[StoryRun], Awaitable[None]]]] = {
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
