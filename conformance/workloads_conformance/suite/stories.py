"""Runs a story against a target: takes its steps, and reads who is there.

After a step that workload is read which the step is about. The others are read before a step that is about them, and
all at the end: what a step does to them and should not do stays until then.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final

from workloads_conformance.api import WorkloadTrial, there_or_gone, value_of
from workloads_conformance.http import Authorization
from workloads_conformance.runner import UndecidedError
from workloads_strategies.stories import BY_STRANGER, Act, Story

from .keeping import judge_applied, judge_kept
from .steps import Steps
from .strangers import Stranger
from .world import LEFT, StoryWorkload, World

REQUIREMENTS: Final = (
    "WV2-AUTH-001",
    "WV2-AUTH-002",
    "WV2-AUTH-003",
    "WV2-AUTH-004",
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
    "WV2-CREATE-016",
    "WV2-CREATE-032",
    "WV2-CREATE-034",
    "WV2-DELETE-003",
    "WV2-DELETE-006",
    "WV2-DELETE-009",
    "WV2-DELETE-010",
    "WV2-DELETE-012",
    "WV2-DELETE-013",
    "WV2-DRYRUN-001",
    "WV2-DRYRUN-002",
    "WV2-LIFE-002",
    "WV2-LIFE-005",
    "WV2-LIFE-007",
    "WV2-LIFE-008",
    "WV2-LIFE-011",
    "WV2-MANIFEST-009",
    "WV2-MANIFEST-019",
    "WV2-MANIFEST-020",
    "WV2-MANIFEST-021",
    "WV2-UPDATE-003",
    "WV2-UPDATE-004",
    "WV2-UPDATE-005",
    "WV2-UPDATE-011",
    "WV2-UPDATE-013",
    "WV2-UPDATE-015",
    "WV2-UPDATE-017",
)
"""What is judged on the way."""

COVERED: Final = {1: "steps", 2: "pairs of steps", 3: "triples of steps"}
"""What is counted of the consecutive steps of stories that were told to their end, by how many they are."""

_CHANGED_IT: Final = {
    Act.UPDATE_REFUSED: "WV2-UPDATE-011",
    Act.CREATE_BY_STRANGER: "WV2-AUTH-013",
    Act.UPDATE_BY_STRANGER: "WV2-AUTH-013",
    Act.DELETE_BY_STRANGER: "WV2-AUTH-013",
}
"""The requirement that a step has violated if it changed the workload that it was about, and should not have."""

_ABOUT_THE_OTHER: Final = frozenset({Act.CREATE_LONGER, Act.CREATE_SUFFIXED, Act.UPDATE_OTHER, Act.DELETE_OTHER})
"""Steps that are about the other workload; those that are about neither it nor what is deleted are about "it"."""

_ABOUT_THE_DEAD: Final = frozenset(
    {Act.UPDATE_DEAD, Act.DELETE_DEAD, Act.UPDATE_EARLIER, Act.DELETE_EARLIER, Act.DEAD_BY_STRANGER}
)
"""Steps that are about the last workload that had the name and is deleted."""


class StoryRun:
    """Runs one story.

    Args:
        trial: what its requests go through.
        stranger: a token without rights; None if there is none.
        story: its steps.
    """

    def __init__(self, trial: WorkloadTrial, stranger: Authorization | None, story: Story) -> None:
        self._trial, self._story = trial, story
        self._world = World(trial.name())
        # Another story shows other specimens; the same one, the same.
        number = zlib.crc32(" ".join(story).encode())
        self._stranger = Stranger(trial, stranger, number)
        self._steps = Steps(trial, self._world, self._stranger, number)
        self._taken: list[Act] = []

    async def run(self, *, rest: Callable[[], Awaitable[None]] | None = None, after: int = 0) -> None:
        """Takes the steps of the story, and judges each.

        Args:
            rest: what is waited for on the way.
            after: after how many steps.

        Raises:
            UndecidedError: a step came out otherwise than the story goes on from, which is judged.
        """
        if not BY_STRANGER.isdisjoint(self._story):
            await self._stranger.arrive()
        bystander = await self._steps.make(f"{self._trial.name()}-by", Act.CREATE, {})
        await self._see(bystander, "WV2-LIFE-008", f"{Act.CREATE}/a bystander")
        bystander.is_read = False
        if bystander.seen is not None:
            self._world.defaults |= {name: value_of(bystander.seen, name) for name in (*LEFT, "createdBy")}
        for number, act in enumerate(self._story, start=1):
            if act in BY_STRANGER and not self._stranger.is_there:
                continue
            await self._see_left(self._about(act))
            self._leave_to_read()
            await self._steps.take(act)
            if act not in BY_STRANGER or self._stranger.is_there:
                self._taken.append(act)
            await self._see_after(act, is_last=number == len(self._story))
            if rest is not None and number == after:
                await rest()
                self._leave_to_read()
        await self._see_left([*self._world.present, bystander])
        for length, what in COVERED.items():
            taken = (tuple(self._taken[start : start + length]) for start in range(len(self._taken) - length + 1))
            self._trial.cover(what, *taken)

    def _about(self, act: Act) -> list[StoryWorkload]:
        """Returns the workload that a step is about, if it is there."""
        world = self._world
        if act in _ABOUT_THE_OTHER:
            return [world.other] if world.other is not None else []
        if act in _ABOUT_THE_DEAD:
            return [world.last_dead]
        return [world.it] if world.it is not None else []

    def _leave_to_read(self) -> None:
        """Notes that a step follows after which nobody has been read yet."""
        for workload in self._world.present:
            workload.is_read = False

    async def _see_after(self, act: Act, *, is_last: bool) -> None:
        """Reads what a step was about, unless the step did, and judges that it shows the step.

        For a while, if nothing follows a step that changes nothing: what it did all the same may take its time, and in
        the midst of a story shows now here and now there.
        """
        for workload in self._about(act):
            if workload.is_read:
                continue
            requirement = "WV2-DELETE-010" if workload.is_deleted else _CHANGED_IT.get(act, "WV2-LIFE-008")
            for_a_while = is_last and act in _CHANGED_IT
            await self._see(workload, requirement, f"{act}/{self._who(workload)}", for_a_while=for_a_while)

    async def _see_left(self, workloads: Iterable[StoryWorkload]) -> None:
        """Reads those of some workloads that steps have left unread, and judges that no step has changed them."""
        await self._trial.at_once(
            *(
                self._see(found, "WV2-DELETE-010" if found.is_deleted else "WV2-LIFE-007", self._who(found))
                for found in workloads
                if not found.is_read
            )
        )

    def _who(self, workload: StoryWorkload) -> str:
        if workload.is_deleted:
            return "a deleted workload"
        if workload in (self._world.it, self._world.other):
            return "the workload" if workload is self._world.it else "the other workload"
        return "a bystander"

    async def _see(self, workload: StoryWorkload, requirement: str, code: str, *, for_a_while: bool = False) -> None:
        """Judges that a workload shows, in the end, what the model says; a code names what it shows otherwise."""
        trial = self._trial
        if workload.seen is None and not workload.is_deleted:
            seen = await trial.eventually(workload.awaited, lambda: trial.get(workload.id), workload.allows)
        else:
            read = partial(trial.get, workload.id)
            seen = await (trial.remains(read, workload.allows) if for_a_while else trial.reading(workload.id))
            if not workload.allows(seen):
                seen = await trial.eventually("shown again", read, workload.allows)
        if workload.is_deleted:
            there_or_gone(seen)
        difference = workload.against(trial, seen)
        last = " after ".join(reversed(self._taken[-2:])) or "create"
        what = "is there again" if workload.is_deleted else "does not show what it should"
        if not trial.judge(
            requirement,
            workload.allows(seen),
            message=f"{last}: {self._who(workload)} {what}",
            way=f"story/{code}",  # the shortest story may come to it from another step
            code=f"story/{code}",
            expected=difference.expected,
            observed=difference.observed,
            answer=seen,
        ):
            raise UndecidedError("the story cannot go on from a state that it did not make")
        judge_kept(trial, workload, seen)
        await judge_applied(trial, workload, seen)
        workload.is_read = True
        if workload.seen is None and not workload.is_deleted:
            workload.was_read(seen)
