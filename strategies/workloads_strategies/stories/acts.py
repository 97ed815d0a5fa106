"""The steps of a story, and when each can be taken.

A story is about one workload, "it", and those around it: another one whose name begins with its name, given so or made
of it as prefix, and the dead that had its name before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache


class Life(StrEnum):
    """Where a workload is in its life."""

    UNBORN = "unborn"
    LIVE = "live"
    DEAD = "dead"


class Act(StrEnum):
    """A step. Its value is how a finding tells it."""

    CREATE = "create"
    CREATE_AGAIN = "create again"
    CREATE_REFUSED = "create with a flaw"
    CREATE_BY_STRANGER = "create without the rights"
    DRY_RUN = "dry run"
    CREATE_LONGER = "create of a longer name"
    CREATE_SUFFIXED = "create by prefix"
    UPDATE_PRIORITY = "update of the priority"
    UPDATE_CATEGORY = "update of the category"
    UPDATE_MANIFEST = "update of the manifest"
    UPDATE_ENCODED = "update of the manifest from YAML"
    UPDATE_AGAIN = "the same update again"
    UPDATE_REFUSED = "update with a flaw"
    UPDATE_BY_STRANGER = "update without the rights"
    READ_BY_STRANGER = "read without the rights"
    DELETE = "delete"
    DELETE_BY_STRANGER = "delete without the rights"
    UPDATE_DEAD = "update of what is deleted"
    DELETE_DEAD = "delete of what is deleted"
    UPDATE_EARLIER = "update by the earlier id"
    DELETE_EARLIER = "delete by the earlier id"
    DEAD_BY_STRANGER = "read, update, delete of what is deleted without the rights"
    UPDATE_OTHER = "update of the other"
    DELETE_OTHER = "delete of the other"


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there.

    Attributes:
        it: the workload that the story is about.
        other: the one whose name begins with its name.
        earlier: whether another one had its name before it.
        updated: whether it has been updated in this life.
    """

    it: Life = Life.UNBORN
    other: Life = Life.UNBORN
    earlier: bool = False
    updated: bool = False

    def allows(self, act: Act) -> bool:
        """True if a step can be taken."""
        return act in _possible(self)

    def after(self, act: Act) -> Scene:
        """Returns who is there after a step."""
        match act:
            case Act.CREATE:
                return replace(self, it=Life.LIVE, earlier=self.it is Life.DEAD, updated=False)
            case Act.DELETE:
                return replace(self, it=Life.DEAD, earlier=False, updated=False)
            case Act.CREATE_LONGER | Act.CREATE_SUFFIXED:
                return replace(self, other=Life.LIVE)
            case Act.DELETE_OTHER:
                return replace(self, other=Life.DEAD)
            case _:
                return replace(self, updated=True) if act in UPDATES else self


@cache
def _possible(scene: Scene) -> frozenset[Act]:
    live, dead, other = scene.it is Life.LIVE, scene.it is Life.DEAD, scene.other is Life.LIVE
    where = {
        Act.CREATE: not live,
        Act.CREATE_REFUSED: True,
        Act.CREATE_BY_STRANGER: True,
        Act.DRY_RUN: True,
        Act.CREATE_LONGER: not other,
        Act.CREATE_SUFFIXED: not other,
        Act.UPDATE_AGAIN: live and scene.updated,
        Act.UPDATE_DEAD: dead,
        Act.DELETE_DEAD: dead,
        Act.UPDATE_EARLIER: live and scene.earlier,
        Act.DELETE_EARLIER: live and scene.earlier,
        Act.DEAD_BY_STRANGER: dead or scene.earlier,
        Act.UPDATE_OTHER: other,
        Act.DELETE_OTHER: other,
    }
    return frozenset(act for act in Act if where.get(act, live))


UPDATES = frozenset({Act.UPDATE_PRIORITY, Act.UPDATE_CATEGORY, Act.UPDATE_MANIFEST, Act.UPDATE_ENCODED})
"""Accepted updates of it that name something new."""

BY_STRANGER = frozenset(
    {
        Act.CREATE_BY_STRANGER,
        Act.UPDATE_BY_STRANGER,
        Act.READ_BY_STRANGER,
        Act.DELETE_BY_STRANGER,
        Act.DEAD_BY_STRANGER,
    }
)
"""Steps that need a token without rights."""
