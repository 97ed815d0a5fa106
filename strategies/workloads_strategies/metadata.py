"""Strategies for a workload's metadata: everything that the contract calls valid, and nothing it leaves open."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PRIORITIES = ("very-low", "low", "medium-low", "medium", "medium-high", "high", "very-high")
"""The valid values of priority, as the description of PriorityClass lists them."""

PREEMPTIBILITIES = ("preemptible", "non-preemptible")
CATEGORIES = ("Build", "Train", "Deploy")
"""Categories in use; the contract has free strings, a server may know only these."""


def metadata_members() -> st.SearchStrategy[dict[str, Any]]:
    """The optional members of a create's metadata, each absent, null where nullable, or valid; no name, no ids."""
    return st.fixed_dictionaries(
        {},
        optional={
            "priority": st.one_of(st.sampled_from(PRIORITIES), st.none()),
            "category": st.one_of(st.sampled_from(CATEGORIES), st.none()),
            "preemptibility": st.one_of(st.sampled_from(PREEMPTIBILITIES), st.none()),
            "configuration": st.fixed_dictionaries({}, optional={"mnnvl": st.one_of(st.just("None"), st.none())}),
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
