"""What can be wrong inside a manifest: each operator changes every value of one class, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .operators import LOST
from .places import Json

Leaf = Callable[[Any], Any]
AS_DOUBLES, NULLS_LOST = "integers rounded as doubles", "nulls lost"
_LONG = 63
_EXACT = 2**53
_HARMLESS = frozenset({"labels", "annotations", "env", "args", "command"})
"""Where a manifest that is sent may be changed: what makes a workload harmless, such as `suspend`, stands elsewhere."""


def _non_ascii_lost(value: Json) -> Json:
    return value.encode("ascii", "ignore").decode() if isinstance(value, str) else value


def _long_cut(value: Json) -> Json:
    return value[:_LONG] if isinstance(value, str) else value


def _trimmed(value: Json) -> Json:
    return value.strip() if isinstance(value, str) else value


def _null_lost(value: Json) -> Json:
    return LOST if value is None else value


def _null_emptied(value: Json) -> Json:
    return "" if value is None else value


def _empty_lost(value: Json) -> Json:
    return LOST if value in ({}, []) else value


def _fraction_lost(value: Json) -> Json:
    return int(value) if isinstance(value, float) and abs(value) < _EXACT else value


def _as_double(value: Json) -> Json:
    return int(float(value)) if isinstance(value, int) and not isinstance(value, bool) else value


def _boolean_as_text(value: Json) -> Json:
    return str(value).lower() if isinstance(value, bool) else value


def _digits_as_number(value: Json) -> Json:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def _last_lost(value: Json) -> Json:
    return value[:-1] if isinstance(value, list) and len(value) > 1 else value


def _sorted(value: Json) -> Json:
    return sorted(value, key=repr) if isinstance(value, list) else value


def _keys_lower(value: Json) -> Json:
    return {name.lower(): item for name, item in value.items()} if isinstance(value, dict) else value


def _last_member_lost(value: Json) -> Json:
    return dict(list(value.items())[:-1]) if isinstance(value, dict) and len(value) > 1 else value


INSIDE: Mapping[str, Leaf] = {
    "non-ASCII characters lost": _non_ascii_lost,
    "long texts truncated at 63": _long_cut,
    "texts trimmed": _trimmed,
    NULLS_LOST: _null_lost,
    "nulls emptied": _null_emptied,
    "empty lists and objects lost": _empty_lost,
    "fractions lost": _fraction_lost,
    AS_DOUBLES: _as_double,
    "booleans retyped": _boolean_as_text,
    "digits retyped": _digits_as_number,
    "the last item lost": _last_lost,
    "lists sorted": _sorted,
    "names lower-cased": _keys_lower,
    "the last member lost": _last_member_lost,
}
"""The operators inside a manifest, by name."""


def changed(value: Json, leaf: Leaf, *, harmless: bool, inside: bool = False) -> Json:
    """Returns a manifest with `leaf` applied to every value in it.

    Args:
        value: the manifest.
        leaf: returns another value, LOST, or the same.
        harmless: only in labels, annotations and the like, for a manifest on its way to a server.
        inside: whether `value` is in one of these.
    """
    if isinstance(value, dict):
        kept = {
            name: changed(item, leaf, harmless=harmless, inside=inside or name in _HARMLESS)
            for name, item in value.items()
        }
        value = {name: item for name, item in kept.items() if item is not LOST}
    elif isinstance(value, list):
        items = [changed(item, leaf, harmless=harmless, inside=inside) for item in value]
        value = [item for item in items if item is not LOST]
    return leaf(value) if inside or not harmless else value
