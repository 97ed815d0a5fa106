"""Reads JSON that a stranger sent: never raises, and tells what is against RFC 8259 from what is beyond our limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 200
"""Nesting that the suite follows; deeper JSON is well-formed, and the suite declines to judge it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What reading a body as JSON gave.

    Attributes:
        value: the value, if neither `error` nor `limit` is set.
        error: how the text breaks RFC 8259.
        limit: why the suite cannot read it although it may be JSON.
        duplicates: names that some object has twice.
    """

    value: Any = None
    error: str | None = None
    limit: str | None = None
    duplicates: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """True if `value` is what the body says."""
        return self.error is None and self.limit is None


class _NotJsonError(ValueError):
    pass


def decode_json(body: bytes) -> Decoded:
    """Returns the JSON value in `body`, or why there is none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return Decoded(error=f"not UTF-8: {error.reason} at byte {error.start}")
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) != len(items):
            names = [name for name, _ in items]
            duplicates.extend(sorted({name for name in names if names.count(name) > 1}))
        return result

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return Decoded(error=f"not JSON: {error.msg} at character {error.pos}")
    except _NotJsonError as error:
        return Decoded(error=str(error))
    except RecursionError:
        return Decoded(limit=f"nested more than {MAX_DEPTH} levels deep")
    except ValueError:
        return Decoded(limit="it holds an integer of thousands of digits")
    return _judge_value(value, tuple(duplicates), text)


def _judge_value(value: object, duplicates: tuple[str, ...], text: str) -> Decoded:
    if _depth(value) > MAX_DEPTH:
        return Decoded(limit=f"nested more than {MAX_DEPTH} levels deep", duplicates=duplicates)
    if "\\u" in text:
        value = _with_whole_characters(value)
    return Decoded(value=value, duplicates=duplicates)


def _with_whole_characters(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Returns the value with U+FFFD in the place of each unpaired surrogate.

    RFC 8259, 8.2: the grammar allows them, and what a reader makes of them is its own.
    """
    text = json.dumps(value, ensure_ascii=False)
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value if whole == text else json.loads(whole)


def _refuse_constant(name: str) -> None:
    raise _NotJsonError(f"not JSON: {name} is no JSON number")


def _depth(value: object) -> int:
    """The nesting of arrays and objects, found without recursion."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, list | dict)]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth
