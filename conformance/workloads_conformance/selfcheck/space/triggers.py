"""When a server is wrong: what has to be true of a request, and of what came before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .places import RIGHTS, TOKEN, Json, Part, Place

ALWAYS = "always"
_LONG = 40
_ERRORS = 400
_WITH_BODY = frozenset({"create", "update"})
_OF_ONE = frozenset({"get", "update", "delete"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """A request in its circumstances.

    Attributes:
        form: `json` or `base64`: that of the request, or of the last that wrote the workload; empty if unknown.
        kind: the Kubernetes kind of its workload; empty if unknown.
        dry_run: whether it is a dry run.
        turn: how many of its operation came before.
        updated: whether its workload has been updated.
        deletions: how many workloads were deleted before.
        namesake: whether its workload has the name of one that was deleted.
        refused: whether the last request of its operation was refused.
        at_once: requests under way, itself included.
    """

    form: str = ""
    kind: str = ""
    dry_run: bool = False
    turn: int = 0
    updated: bool = False
    deletions: int = 0
    namesake: bool = False
    refused: bool = False
    at_once: int = 1


When = Callable[[Situation], bool]

TRIGGERS: Mapping[str, When] = {
    ALWAYS: lambda _: True,
    "in JSON form only": lambda now: now.form == "json",
    "in base64 form only": lambda now: now.form == "base64",
    "for Jobs only": lambda now: now.kind == "Job",
    "for Deployments only": lambda now: now.kind == "Deployment",
    "in dry runs only": lambda now: now.dry_run,
    "outside dry runs only": lambda now: not now.dry_run,
    "every second time": lambda now: now.turn % 2 == 1,
    "every third time": lambda now: now.turn % 3 == 2,
    "after an update": lambda now: now.updated,
    "after a deletion": lambda now: now.deletions > 0,
    "after a namesake": lambda now: now.namesake,
    "after a refusal": lambda now: now.refused,
    "under concurrent requests": lambda now: now.at_once > 1,
    "for long values only": lambda _: True,
}
"""The triggers by name; `takes` says which values the last of them is about."""


def takes(trigger: str, value: Json) -> bool:
    """True if a trigger lets a value be changed."""
    return trigger != "for long values only" or (isinstance(value, str) and len(value) > _LONG)


def triggers_for(place: Place) -> list[str]:
    """Returns the triggers that can come true at a place, `always` first."""
    left_out = set()
    body, refusal = place.operation in _WITH_BODY, place.status >= _ERRORS
    if refusal and not body:
        left_out |= {"in JSON form only", "in base64 form only"}
    if refusal or place.part is Part.CHECK:
        left_out |= {"for Jobs only", "for Deployments only", "after a namesake", "after an update"}
    if place.operation != "create":
        left_out |= {"in dry runs only", "outside dry runs only"}
    else:
        left_out |= {"after an update"}
    if place.part is Part.PARAMETER:
        left_out |= {"in dry runs only", "outside dry runs only"}
    if place.part is Part.EFFECT and place.operation == "create":
        left_out |= {"in dry runs only", "outside dry runs only"}
    if place.part is Part.EFFECT and place.operation == "delete":
        left_out |= {"after a deletion"}  # the same as always, but for the first
    if place.part is Part.CHECK and place.keyword in (TOKEN, RIGHTS, "required", "exclusive"):
        left_out |= {"in JSON form only", "in base64 form only"}
    if place.name in ("manifest", "manifestBase64Encoded") and place.part is not Part.MANIFEST_SHOWN:
        left_out |= {"in JSON form only", "in base64 form only"}
    if place.path[-2:] != ("metadata", "name"):
        left_out |= {"for long values only"}
    return [name for name in TRIGGERS if name not in left_out]
