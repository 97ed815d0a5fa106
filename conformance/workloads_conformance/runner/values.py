"""JSON values: which are the same, and how a finding shows one."""

from __future__ import annotations

import json
import math

EXACT = 2**53
"""Integers up to this are numbers of their own as doubles, too."""


def identical(one: object, other: object) -> bool:
    """True if two JSON values are the same: true is not 1, but 1 is 1.0, for JSON has only numbers (RFC 8259, 6).

    Integers beyond 53 bits are the same if they are as doubles, which is all that the same section lets one rely on.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(identical(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float) and max(abs(one), abs(other)) > EXACT:
        return as_double(one) == as_double(other)
    return one == other


def as_double(number: float) -> float:
    """Returns a number as a double, infinite where it is too large for one."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def shown(value: object) -> str:
    """A value as a finding shows it: texts as they are, JSON as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
