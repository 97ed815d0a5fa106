"""Strategies for stories that are longer than those that are all told."""

from __future__ import annotations

from hypothesis import strategies as st

from .acts import Act, Scene
from .sequences import Story


@st.composite
def stories(draw: st.DrawFn, *, min_steps: int = 6, max_steps: int = 24) -> Story:
    """Stories in which each step can be taken where it comes. Shrinks towards few steps, and the plainest."""
    scene, told = Scene(), list[Act]()
    for _ in range(draw(st.integers(min_steps, max_steps))):
        act = draw(st.sampled_from([act for act in Act if scene.allows(act)]))
        told.append(act)
        scene = scene.after(act)
    return tuple(told)
