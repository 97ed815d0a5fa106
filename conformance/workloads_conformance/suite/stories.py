"""Runs a story against a target: takes its steps, and after each of them reads who is there."""

from __future__ import annotations

from typing import Final

from workloads_conformance.api import WorkloadTrial, there_or_gone, value_of
from workloads_conformance.http import Authorization
from workloads_conformance.runner import UndecidedError
from workloads_strategies.stories import BY_STRANGER, Act, Story

from .steps import Steps
from .world import LEFT, StoryWorkload, World

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

_ABOUT_THE_OTHER: Final = frozenset({Act.CREATE_LONGER, Act.CREATE_SUFFIXED, Act.UPDATE_OTHER})
"""Steps that the other has to show."""


class StoryRun:
    """Runs one story.

    Args:
        trial: what its requests go through.
        stranger: a token without rights; the steps that need one are left out where there is none.
    """

    def __init__(self, trial: WorkloadTrial, stranger: Authorization | None) -> None:
        self._trial = trial
        self._world = World(trial.name())
        self._steps = Steps(trial, self._world, stranger)
        self._taken: list[Act] = []

    async def run(self, story: Story) -> None:
        """Takes the steps of a story, and judges each.

        Raises:
            UndecidedError: a step came out otherwise than the story goes on from, which is judged.
        """
        bystander = await self._steps.make(f"{self._trial.name()}-by", Act.CREATE, {})
        await self._see(bystander, "WV2-LIFE-008", "create", "a bystander")
        if bystander.seen is not None:
            self._world.defaults |= {name: value_of(bystander.seen, name) for name in LEFT}
        for act in story:
            if act in BY_STRANGER and self._steps.stranger is None:
                continue
            await self._steps.take(act)
            await self._see_all(act)
            if act not in BY_STRANGER or self._steps.stranger is not None:
                self._note_taken(act)
        await self._trial.at_once(
            self._see(bystander, "WV2-LIFE-007", "the story", "a bystander"),
            *(self._see(found, "WV2-DELETE-010", "the story", "a deleted workload") for found in self._world.dead),
        )

    def _note_taken(self, act: Act) -> None:
        self._taken.append(act)
        for length, what in COVERED.items():
            if len(self._taken) >= length:
                self._trial.cover(what, tuple(self._taken[-length:]))

    async def _see_all(self, act: Act) -> None:
        """Reads it, the other and the last that is dead, and judges what they show."""
        world, seen = self._world, []
        if world.it is not None:
            requirement = "WV2-LIFE-007" if act in _ABOUT_OTHERS else _CHANGED_IT.get(act, "WV2-LIFE-008")
            seen.append(self._see(world.it, requirement, act, "the workload"))
        if world.other is not None:
            requirement = "WV2-LIFE-008" if act in _ABOUT_THE_OTHER else "WV2-LIFE-007"
            seen.append(self._see(world.other, requirement, act, "the other workload"))
        if world.dead:
            seen.append(self._see(world.dead[-1], "WV2-DELETE-010", act, "a deleted workload"))
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
        before = f" after {self._taken[-1]}" if self._taken else ""
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
