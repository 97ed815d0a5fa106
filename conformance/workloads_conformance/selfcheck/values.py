"""Changes to JSON values at every depth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def deep(value: Any, change: Callable[[Any], Any]) -> Any:
    """Returns `value` with `change` made to each value in it, the innermost first, keys left alone."""
    if isinstance(value, dict):
        value = {key: deep(item, change) for key, item in value.items()}
    elif isinstance(value, list):
        value = [deep(item, change) for item in value]
    return change(value)


def of_texts(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Returns a change that touches texts only."""
    return lambda value: change(value) if isinstance(value, str) else value


def without(unwanted: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Returns a change that takes the members that are unwanted out of objects."""

    def change(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: item for key, item in value.items() if not unwanted(item)}

    return change
