"""Strategies for histories: what several users do, one after another, to a few workloads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hypothesis import strategies as st

from .metadata import CATEGORIES, PRIORITIES


class Act(StrEnum):
    """What a step does to its workload."""

    CREATE = "create"
    REPEAT = "create again what is there"
    DRY_RUN = "create as a dry run"
    READ = "read"
    UPDATE_METADATA = "update the metadata"
    UPDATE_MANIFEST = "update the manifest"
    UPDATE_BOTH = "update metadata and manifest"
    DELETE = "delete"
    READ_DELETED = "read what is deleted"
    UPDATE_DELETED = "update what is deleted"
    DELETE_DELETED = "delete what is deleted"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history.

    Attributes:
        act: what is done.
        place: which of the workloads it is done to.
        encoded: whether a manifest is sent as YAML in base64.
        priority: the priority that is sent with metadata; None leaves it out.
        category: the category, likewise.
    """

    act: Act
    place: int
    encoded: bool = False
    priority: str | None = None
    category: str | None = None


_POSSIBLE = {
    "unborn": (Act.CREATE, Act.DRY_RUN),
    "live": (
        Act.UPDATE_METADATA,
        Act.UPDATE_MANIFEST,
        Act.UPDATE_BOTH,
        Act.DELETE,
        Act.READ,
        Act.REPEAT,
        Act.DRY_RUN,
    ),
    "deleted": (Act.READ_DELETED, Act.UPDATE_DELETED, Act.DELETE_DELETED, Act.DRY_RUN, Act.CREATE),
}
_BECOMES = {Act.CREATE: "live", Act.DELETE: "deleted"}


@st.composite
def histories(draw: st.DrawFn, *, places: int = 3, min_steps: int = 4, max_steps: int = 10) -> tuple[Step, ...]:
    """Histories over `places` workloads: each step is one that makes sense for its workload where it comes.

    Shrinks towards few steps on the first workload.
    """
    states = ["unborn"] * places
    steps = []
    for _ in range(draw(st.integers(min_steps, max_steps))):
        place = draw(st.integers(0, places - 1))
        act = draw(st.sampled_from(_POSSIBLE[states[place]]))
        states[place] = _BECOMES.get(act, states[place])
        priority = draw(st.sampled_from(PRIORITIES))
        category = draw(st.sampled_from((None, *CATEGORIES)))
        steps.append(Step(act, place, draw(st.booleans()), priority, category))
    return tuple(steps)
