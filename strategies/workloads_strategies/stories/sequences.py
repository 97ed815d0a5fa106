"""Stories that together have every few consecutive steps that there can be: found by walking from scene to scene."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from .acts import Act, Scene

Story = tuple[Act, ...]
"""Steps, in order."""

LENGTH = 20
"""Steps of a story, at most: a failure takes the rest of its story with it."""

_DETOUR = 3
"""Steps, the last included, that a story goes to what is missing next: from its beginning it takes about as many."""


def is_feasible(story: Sequence[Act]) -> bool:
    """True if each step can be taken where it comes."""
    return tuple(story) == _feasible(story)


def _feasible(story: Sequence[Act]) -> Story:
    """Returns a story without the steps that cannot be taken where they come."""
    told: Story = ()
    scene = Scene()
    for act in story:
        if scene.allows(act):
            told, scene = (*told, act), scene.after(act)
    return told


@cache
def sequences(length: int) -> Mapping[Story, Story]:
    """Returns every `length` consecutive steps that a story can have, each with the fewest steps that can go before."""
    found: dict[Story, Story] = {}
    for scene, way in _scenes().items():
        for one in _from(scene, length):
            found.setdefault(one, way)
    return MappingProxyType(found)


def _from(scene: Scene, length: int) -> Iterator[Story]:
    if not length:
        yield ()
        return
    for act in Act:
        if scene.allows(act):
            for rest in _from(scene.after(act), length - 1):
                yield (act, *rest)


@cache
def _scenes() -> Mapping[Scene, Story]:
    """Returns every scene that a story comes to, the nearest first, each with the shortest way to it."""
    found: dict[Scene, Story] = {Scene(): ()}
    waiting = deque(found)
    while waiting:
        scene = waiting.popleft()
        for act in Act:
            if scene.allows(act) and (then := scene.after(act)) not in found:
                found[then] = (*found[scene], act)
                waiting.append(then)
    return found


@cache
def stories_of(length: int) -> tuple[Story, ...]:
    """Returns stories that together have every `length` consecutive steps that there can be.

    A story begins with the shortest way to what is still missing, and goes on from there to what is missing next, as
    long as it may be and that is nearer than from the beginning.
    """
    missing = _Missing(sequences(length))
    told: list[Story] = []
    while (wanted := missing.first()) is not None:
        story: Story = ()
        scene = Scene()
        while wanted and len(story) + len(wanted) <= max(LENGTH, len(wanted)):
            for act in wanted:
                story, scene = (*story, act), scene.after(act)
                missing.told(story[-length:])
            wanted = missing.next_from(story[len(story) - length + 1 :], scene)
        told.append(story)
    return tuple(told)


class _Missing:
    """The sequences that no story has yet: what comes last, by what comes before it."""

    def __init__(self, every: Mapping[Story, Story]) -> None:
        self._ways = every
        self._lasts: dict[Story, dict[Act, None]] = {}
        for one in every:
            self._lasts.setdefault(one[:-1], {})[one[-1]] = None

    def first(self) -> Story | None:
        """Returns a missing sequence, after the fewest steps that can go before; None if none is missing."""
        found = next(((*before, last) for before, lasts in self._lasts.items() for last in lasts), None)
        return None if found is None else (*self._ways[found], *found)

    def told(self, one: Story) -> None:
        """Notes that a story has a sequence."""
        lasts = self._lasts.get(one[:-1], {})
        lasts.pop(one[-1], None)
        if not lasts:
            self._lasts.pop(one[:-1], None)

    def next_from(self, before: Story, scene: Scene) -> Story:
        """Returns the fewest steps after which a missing sequence is complete; empty where that takes too many.

        Of those that are as few, the one that leaves the most to go on with.
        """
        ways: list[tuple[Story, Story, Scene]] = [((), before, scene)]
        for _ in range(_DETOUR):
            found = [(*way, act) for way, last, there in ways for act in self._lasts.get(last, {}) if there.allows(act)]
            if found:
                return max(found, key=lambda way: len(self._lasts.get((*before, *way)[len(way) :], {})))
            ways = [
                ((*way, act), (*last, act)[1:], there.after(act))
                for way, last, there in ways
                for act in Act
                if there.allows(act)
            ]
        return ()


def shorter(story: Story) -> Iterator[tuple[Story, ...]]:
    """Gives the stories that may show what a story shows, in groups, the shortest first.

    First each step and each two of its steps, after no more than makes them possible; then each three; then the story
    without a half, a quarter, and so on.
    """
    yield _least(story, 1) + _least(story, 2)
    yield _least(story, 3)
    size = len(story) // 2
    while size:
        without = (_feasible((*story[:start], *story[start + size :])) for start in range(0, len(story), size))
        yield tuple(dict.fromkeys(one for one in without if one and len(one) < len(story)))
        size //= 2


def _least(story: Story, length: int) -> tuple[Story, ...]:
    windows = (story[start : start + length] for start in range(len(story) - length + 1))
    least = ((*sequences(length)[window], *window) for window in windows)
    return tuple(sorted({one for one in least if len(one) < len(story)}, key=lambda one: (len(one), one)))
