"""Stories: whatever was done before, each step does what it should, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from workloads_conformance.api import WorkloadTrial
from workloads_conformance.runner import Drawn, InTurn, Kinds, Turn, judges
from workloads_conformance.settings import Profile, Settings
from workloads_strategies.stories import Act, Story, sequences, shorter, stories, stories_of

from .meanwhile import until_much_has_come
from .stories import COVERED, REQUIREMENTS, StoryRun

TOGETHER = {Profile.SMOKE: 1, Profile.STANDARD: 2, Profile.THOROUGH: 3}
"""How many consecutive steps, by profile, are tried in every way that there is."""


def _told_in(settings: Settings) -> Sequence[tuple[Story, str]]:
    found = stories_of(TOGETHER[settings.profile])
    return [(story, settings.kinds[place % len(settings.kinds)]) for place, story in enumerate(found)]


def _coverage(settings: Settings) -> Mapping[str, int]:
    return {COVERED[length]: len(sequences(length)) for length in range(1, TOGETHER[settings.profile] + 1)}


@judges(*REQUIREMENTS, over=InTurn((), on=_told_in, shorter=shorter), coverage=_coverage)
async def test_every_short_story(trial: WorkloadTrial, story: Story) -> None:
    """Every two consecutive steps, in the thorough profile every three: who is there shows what the model says."""
    await _run(trial, story)


@judges(*REQUIREMENTS, over=Drawn(lambda _settings: stories(), share=0.1, smoke=False, form=Story), kinds=Kinds.DEALT)
async def test_a_long_story(trial: WorkloadTrial, story: Story) -> None:
    """Longer stories, drawn: what takes more than a few steps to show."""
    await _run(trial, story)


_LEFT_ALONE: Mapping[str, tuple[Story, Story]] = {
    "alive": ((Act.CREATE,), (Act.CREATE_AGAIN, Act.UPDATE_PRIORITY, Act.UPDATE_MANIFEST, Act.DELETE)),
    "deleted": (
        (Act.CREATE, Act.UPDATE_CATEGORY, Act.DELETE),
        (Act.UPDATE_DEAD, Act.DELETE_DEAD, Act.CREATE, Act.UPDATE_EARLIER, Act.DELETE_EARLIER, Act.DELETE),
    ),
}
"""Steps before all other tests, and after them. A cache or a table that holds so many is full by then."""


@judges(*REQUIREMENTS, over=tuple(_LEFT_ALONE), kinds=Kinds.DEALT, turn=Turn.THROUGHOUT)
async def test_an_old_workload_is_like_a_new_one(trial: WorkloadTrial, state: str) -> None:
    """What was made, or deleted, before hundreds of others is written to, and reads, as if it were the last."""
    before, after = _LEFT_ALONE[state]
    run = StoryRun(trial, None, (*before, *after))
    await run.run(rest=partial(until_much_has_come, trial), after=len(before))


async def _run(trial: WorkloadTrial, story: Story) -> None:
    trial.is_whole = True
    await StoryRun(trial, trial.forbidden, story).run()
