"""What can be wrong with a value: pure functions from the right value, and what is around it, to the wrong one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .places import Json

LOST = object()
"""In place of a value: the member is not there."""

_AT = (8, 32)
"""Characters at which a text is cut: less than any identifier, and less than the longest name."""
_ZONE = timezone(timedelta(hours=5, minutes=30))


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a value.

    Attributes:
        parent: the object that has it.
        neighbour: the name of the member beside it.
        earlier: another value that the member had before.
        default: the member's default.
        values: the only ones that it may have.
    """

    parent: Mapping[str, Any] = field(default_factory=dict)
    neighbour: str | None = None
    earlier: Json = None
    default: Json = None
    values: tuple[str, ...] = ()


Change = Callable[[Any, Around], Any]
"""Returns another value, LOST, or the same where the operator has nothing to change."""


def _lost(_value: Json, _around: Around) -> Json:
    return LOST


def _emptied(value: Json, _around: Around) -> Json:
    return type(value)() if isinstance(value, str | dict | list) else value


def _null(_value: Json, _around: Around) -> Json:
    return None


def _retyped(value: Json, _around: Around) -> Json:
    """A number or a boolean becomes a text, as an encoder does that knows texts only; all else becomes a list."""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return value if value is None else [value]


def _cut(at: int) -> Change:
    def cut(value: Json, _around: Around) -> Json:
        return value[:at] if isinstance(value, str) else value

    return cut


def _rounded(value: Json, _around: Around) -> Json:
    return round(value, -1) if isinstance(value, int) and not isinstance(value, bool) else value


def _upper(value: Json, _around: Around) -> Json:
    return value.upper() if isinstance(value, str) else value


def _neighbours(value: Json, around: Around) -> Json:
    other = around.parent.get(around.neighbour) if around.neighbour else None
    return value if other is None else other


def _earlier(value: Json, around: Around) -> Json:
    return value if around.earlier is None else around.earlier


def _default(value: Json, around: Around) -> Json:
    return value if around.default is None else around.default


def _doubled(value: Json, _around: Around) -> Json:
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return value
    doubled: Json = value * 2
    return doubled


def _inverted(value: Json, _around: Around) -> Json:
    return not value if isinstance(value, bool) else value


def _another(value: Json, around: Around) -> Json:
    """The next of the values that the member may have."""
    if value not in around.values:
        return value
    return around.values[(around.values.index(value) + 1) % len(around.values)]


def _deleted(value: Json, around: Around) -> Json:
    """The value of an enumeration that says of a workload that it is deleted."""
    return "Deleted" if value in around.values and "Deleted" in around.values else value


def _beside(value: Json, _around: Around) -> Json:
    return {**value, "xUnnamed": {"since": "2.24"}} if isinstance(value, dict) else value


def _reordered(value: Json, _around: Around) -> Json:
    return dict(reversed(value.items())) if isinstance(value, dict) else value


def _zoned(value: Json, _around: Around) -> Json:
    """The same time (RFC 3339, 5.6), as it is half a day's flight away."""
    moment = _moment(value)
    return value if moment is None else moment.astimezone(_ZONE).isoformat(timespec="microseconds")


def _lower(value: Json, _around: Around) -> Json:
    """RFC 3339, 5.6: T and Z may be in lower case."""
    return value.lower() if _moment(value) is not None else value


def _moment(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


MEMBER: Mapping[str, Change] = {
    "lost": _lost,
    "emptied": _emptied,
    "null": _null,
    "retyped": _retyped,
    **{f"truncated at {at}": _cut(at) for at in _AT},
    "rounded": _rounded,
    "upper-cased": _upper,
    "swapped with a neighbour's": _neighbours,
    "an earlier value": _earlier,
    "replaced by the default": _default,
    "doubled": _doubled,
    "inverted": _inverted,
    "another valid value": _another,
    "said to be deleted": _deleted,
    "with an unnamed member beside": _beside,
    "in another order": _reordered,
    "in another time zone": _zoned,
    "with t and z in lower case": _lower,
}
"""The operators on a member, by name."""
