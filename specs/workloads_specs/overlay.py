"""Applies an OpenAPI Overlay (1.0.0): JSONPath targets, each updated by recursive merge or removed."""

from __future__ import annotations

import copy
from typing import Any

import jsonpath

from .errors import OverlayError


def apply_overlay(document: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Returns a copy of `document` with every action of `overlay` applied, in order.

    Raises:
        OverlayError: a target matches nothing (the Overlay specification would ignore it; here it is a stale erratum),
            or an action has no `x-reason`.
    """
    result = copy.deepcopy(document)
    for action in overlay["actions"]:
        target = action["target"]
        if not action.get("x-reason"):
            raise OverlayError(f"the erratum on {target} gives no x-reason; a correction needs one.")
        matches = list(jsonpath.finditer(target, result))
        if not matches:
            raise OverlayError(f"the erratum on {target} matches nothing in the contract; remove or fix it.")
        for match in matches:
            if action.get("remove"):
                assert match.parent is not None
                place: Any = match.parent.obj
                del place[match.parts[-1]]
            else:
                _merge(match.obj, action["update"])
    return result


def _merge(target: object, update: object) -> None:
    if isinstance(target, list):
        target.append(copy.deepcopy(update))
        return
    if not (isinstance(target, dict) and isinstance(update, dict)):
        raise OverlayError(f"an update merges into an object or appends to an array, not into {target!r}.")
    for key, value in update.items():
        if isinstance(target.get(key), dict | list) and isinstance(value, dict | list):
            _merge(target[key], value)
        else:
            target[key] = copy.deepcopy(value)
