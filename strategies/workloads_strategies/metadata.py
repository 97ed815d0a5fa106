"""Strategies for a workload's metadata: everything that the contract calls valid, and nothing it leaves open."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

PRIORITIES = ("very-low", "low", "medium-low", "medium", "medium-high", "high", "very-high")
"""The valid values of priority, as the description of PriorityClass lists them."""

PREEMPTIBILITIES = ("preemptible", "non-preemptible")
CATEGORIES = ("Build", "Train", "Deploy")
"""Categories in use; the contract has free strings, a server may know only these."""

_LETTERS = str.maketrans("0123456789", "abcdefghij")


def metadata_members() -> st.SearchStrategy[dict[str, Any]]:
    """The optional members of a create's metadata, each absent, valid, or null where that is; no name, no ids.

    preemptibility and mnnvl are never null: they are called nullable, and their enumerations leave null out.
    """
    return st.fixed_dictionaries(
        {},
        optional={
            "priority": st.one_of(st.sampled_from(PRIORITIES), st.none()),
            "category": st.one_of(st.sampled_from(CATEGORIES), st.none()),
            "preemptibility": st.sampled_from(PREEMPTIBILITIES),
            "configuration": st.fixed_dictionaries({}, optional={"mnnvl": st.just("None")}),
        },
    )


_UPDATES = (("priority",), ("category",), ("priority", "category"))


def metadata_updates() -> st.SearchStrategy[dict[str, str]]:
    """The metadata of an update that changes something: a priority, a category, or both."""
    priority: st.SearchStrategy[str] = st.sampled_from(PRIORITIES)
    category: st.SearchStrategy[str] = st.sampled_from(CATEGORIES)
    members = {"priority": priority, "category": category}
    return st.sampled_from(_UPDATES).flatmap(
        lambda names: st.fixed_dictionaries({name: members[name] for name in names})
    )


@dataclass(frozen=True, slots=True)
class Boundary:
    """A valid variation of a create's metadata, at or beside a limit.

    Attributes:
        label: what is varied.
        members: members that are set, null included.
        absent: members that are taken out.
        name_size: how many characters the name has; None keeps the unique name as it is.
        dry_run_only: True where the name is too short to be known as the run's own: to be sent as a dry run only.
    """

    label: str
    members: tuple[tuple[str, Any], ...] = ()
    absent: tuple[str, ...] = ()
    name_size: int | None = None
    dry_run_only: bool = False

    def apply(self, metadata: Mapping[str, Any], unique: str) -> dict[str, Any]:
        """Returns a varied copy of `metadata`; its name begins with `unique`, as far as it is that long.

        Args:
            metadata: an accepted create's, with a name, a project and what else the target needs.
            unique: a DNS label of at most 57 characters that no other workload has as name, or as start of it.
        """
        name = unique
        if self.name_size is not None:
            name = unique.ljust(self.name_size, "n")
        if self.dry_run_only:
            # The end of a unique name tells it from others, its start does not. A name begins with a letter.
            name = unique.replace("-", "").translate(_LETTERS)[-(self.name_size or 1) :]
        varied = {**metadata, "name": name, **copy.deepcopy(dict(self.members))}
        return {key: value for key, value in varied.items() if key not in self.absent}

    def __repr__(self) -> str:
        return self.label


_FULL: tuple[tuple[str, Any], ...] = (
    ("useGivenNameAsPrefix", False),
    ("priority", "medium"),
    ("category", "Train"),
    ("preemptibility", "preemptible"),
    ("configuration", {"mnnvl": "None"}),
)
_PREFIX = (("useGivenNameAsPrefix", True),)


def _each(member: str, values: tuple[Any, ...]) -> tuple[Boundary, ...]:
    return tuple(Boundary(f"{member}: {json.dumps(value)}", ((member, value),)) for value in values)


BOUNDARIES: tuple[Boundary, ...] = (
    Boundary("a name of 1 character", name_size=1, dry_run_only=True),
    Boundary("a name of 2 characters", name_size=2, dry_run_only=True),
    Boundary("a name of 62 characters", name_size=62),
    Boundary("a name of 63 characters", name_size=63),
    Boundary("a prefix of 1 character", _PREFIX, name_size=1, dry_run_only=True),
    Boundary("a prefix", _PREFIX),
    *_each("useGivenNameAsPrefix", (False,)),
    *_each("priority", (*PRIORITIES, None)),
    *_each("category", (*CATEGORIES, None)),
    *_each("preemptibility", PREEMPTIBILITIES),
    *_each("configuration", ({}, {"mnnvl": "None"})),
    Boundary("every optional member", _FULL),
    *(Boundary(f"every optional member but {name}", _FULL, (name,)) for name, _ in _FULL),
    Boundary("no optional member", absent=tuple(name for name, _ in _FULL)),
)
"""Metadata at and beside each limit, which a server has to accept.

Names are DNS labels by RFC 1035 and RFC 1123. Not among them: what a server may need or refuse (no name, no project, no
cluster; a name that is not a DNS label; a prefix that leaves no room for the random characters; mnnvl Required, which
asks for nodes that few clusters have; null where an enumeration leaves it out; categories of one's own).
"""
