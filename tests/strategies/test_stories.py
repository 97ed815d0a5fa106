"""Stories: each step can be taken where it comes, and every few that can follow each other do."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads_strategies.stories import Act, Scene, is_feasible, sequences, shorter, stories, stories_of


@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_few_steps_that_can_follow_each_other_are_told(length):
    told = stories_of(length)
    windows = {story[start : start + length] for story in told for start in range(len(story) - length + 1)}
    assert windows == set(sequences(length))
    assert all(map(is_feasible, told))


def test_what_can_follow_each_other_is_known_by_trying():
    """Whatever two steps any story of up to five steps ends with, found without looking for them."""
    scenes = {Scene()}
    for _ in range(4):
        scenes |= {scene.after(act) for scene in scenes for act in Act if scene.allows(act)}
    pairs = {
        (one, other)
        for scene in scenes
        for one, other in itertools.product(Act, repeat=2)
        if scene.allows(one) and scene.after(one).allows(other)
    }
    assert pairs == set(sequences(2))


def test_few_steps_repeat_what_others_have_shown():
    assert sum(map(len, stories_of(2))) <= 1.4 * len(sequences(2))


@settings(deadline=None)
@given(stories())
def test_drawn_stories_are_feasible(story):
    assert is_feasible(story)


@settings(deadline=None)
@given(stories(), st.data())
def test_a_story_is_shortened_to_what_shows_the_same(story, data):
    """Whichever three consecutive steps show it, a story of few more is among those that are tried."""
    start = data.draw(st.integers(0, len(story) - 3))
    culprit = story[start : start + 3]
    groups = list(shorter(story))
    assert all(is_feasible(one) and len(one) < len(story) for group in groups for one in group)
    found = [one for group in groups[:2] for one in group if one[-3:] == culprit]
    assert found or len(sequences(3)[culprit]) + 3 >= len(story)


def test_a_long_story_cannot_be_told_in_any_order():
    assert not is_feasible((Act.DELETE, Act.CREATE))
    assert not is_feasible((Act.CREATE, Act.UPDATE_EARLIER))
    assert is_feasible((Act.CREATE, Act.DELETE, Act.CREATE, Act.UPDATE_EARLIER))
