"""What two answers say of a workload, compared by the members that the contract names.

A member that the contract does not name may say what it likes, each time. One that is null or absent tells nothing, and
contradicts nothing; where it may be neither, the schema says so, and is judged on every answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from workloads_conformance.runner import identical
from workloads_specs import load_contract

from .answers import Answer
from .checks import instant

Schema = Mapping[str, Any]
_FRACTION = re.compile(r"\.(\d+)")
_MICROSECONDS = 6


@cache
def _members() -> Mapping[str, Schema]:
    """The named members of a workload and of its metadata, which have no name in common, with their schemas."""
    workload = _named(load_contract().schema("WorkloadV2"))
    return {**_named(workload["metadata"]), **{name: found for name, found in workload.items() if name != "metadata"}}


def _named(schema: Schema) -> dict[str, Schema]:
    """Returns the members that a schema names, those of allOf too."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= _named(part)
    return found


METADATA = frozenset(_named(_named(load_contract().schema("WorkloadV2"))["metadata"]))
"""The names of the members of a workload's metadata."""


def value_of(answer: Answer, member: str) -> Any:
    """Returns what an answer tells of a named member, its own named members alone; None if it tells nothing."""
    place = answer.metadata if member in METADATA else answer.workload
    return _known(_members()[member], place.get(member))


def _known(schema: Schema, value: Any) -> Any:
    named = _named(schema)
    if not named or not isinstance(value, dict):
        return value
    return {name: _known(part, value[name]) for name, part in named.items() if value.get(name) is not None}


def differing(members: Iterable[str], one: Answer, other: Answer) -> list[str]:
    """Returns those of the named members in which two answers differ that both tell of them."""
    return [name for name in members if not _alike(_members()[name], value_of(one, name), value_of(other, name))]


def apart(members: Iterable[str], one: Answer, other: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns what two answers tell of the named members in which they differ, as parts of a workload: nothing else."""
    found = [
        (name, *_apart(_members()[name], value_of(one, name), value_of(other, name)))
        for name in differing(members, one, other)
    ]
    return nested({name: value for name, value, _ in found}), nested({name: value for name, _, value in found})


def _apart(schema: Schema, one: Any, other: Any) -> tuple[Any, Any]:
    named = _named(schema)
    if not named or not isinstance(one, dict) or not isinstance(other, dict):
        return one, other
    both = [name for name in named if name in one and name in other]
    pairs = {name: _apart(named[name], one[name], other[name]) for name in both}
    kept = [name for name in both if not _alike(named[name], one[name], other[name])]
    return {name: pairs[name][0] for name in kept}, {name: pairs[name][1] for name in kept}


def nested(members: Mapping[str, Any]) -> dict[str, Any]:
    """Returns named members as the part of a workload that holds them: those of the metadata are in `metadata`."""
    metadata = {name: value for name, value in members.items() if name in METADATA}
    rest = {name: value for name, value in members.items() if name not in METADATA}
    return ({"metadata": metadata} if metadata else {}) | rest


def path_of(text: str) -> tuple[str, ...]:
    """Returns the path in a workload that a text begins with, such as `metadata.id in the answer`; () if with none."""
    path = tuple(text.partition(" ")[0].split("."))
    parent, name = path[:-1], path[-1]
    if name not in _members() or parent not in ((), ("metadata",)):
        return ()
    return ("metadata", name) if name in METADATA else (name,)


def shows(answer: Answer, asked: Mapping[str, Any]) -> bool:
    """True if an answer contradicts nothing of what a workload was asked to be."""
    return all(_alike(_members()[name], value_of(answer, name), value) for name, value in asked.items())


def _alike(schema: Schema, one: Any, other: Any) -> bool:
    if one is None or other is None:
        return True
    named = _named(schema)
    if named and isinstance(one, dict) and isinstance(other, dict):
        return all(_alike(named[name], one[name], other[name]) for name in one.keys() & other.keys() & named.keys())
    if isinstance(one, str) and isinstance(other, str):
        if schema.get("format") == "uuid":
            return one.lower() == other.lower()
        if schema.get("format") == "date-time":
            return _same_time(one, other)
    return identical(one, other)


def _same_time(one: str, other: str) -> bool:
    """True if two timestamps are the same time, in whatever notation: to fewer digits, too, cut or rounded."""
    first, second = instant(one), instant(other)
    if first is None or second is None:
        return one == other
    digits = [min(_MICROSECONDS, len(found[1])) if (found := _FRACTION.search(text)) else 0 for text in (one, other)]
    if digits[0] == digits[1]:
        return first == second
    return abs(first - second) < timedelta(seconds=10 ** -min(digits))
