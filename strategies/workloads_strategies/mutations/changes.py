"""What a mutation is: a value object with a label, a clause, and the wrong thing itself.

A clause is a place in the published fragments (a JSON pointer; `requestBody/…` and `parameters/…` are under the
operation), for prose with its words after a colon.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar

REMOVED: Final = object()
"""The value of a `Change` that takes its member out."""

Sent = TypeVar("Sent")
Wrong = TypeVar("Wrong")


@dataclass(frozen=True, slots=True)
class Change:
    """Puts `value` at `path` of a body, making objects on the way; `REMOVED` takes the member out."""

    label: str
    path: tuple[str, ...]
    value: Any
    clause: str = ""

    def apply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a changed copy of `body`."""
        result = copy.deepcopy(dict(body))
        place = result
        for step in self.path[:-1]:
            place = place.setdefault(step, {})
        if self.value is REMOVED:
            place.pop(self.path[-1], None)
        else:
            place[self.path[-1]] = copy.deepcopy(self.value)
        return result

    def __repr__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class RawBody:
    """A whole body, as bytes, in place of a good one."""

    label: str
    body: bytes
    clause: str = ""

    def __repr__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value of `manifestBase64Encoded` that is wrong."""

    label: str
    text: str
    clause: str = ""

    def __repr__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Rewrite(Generic[Sent, Wrong]):
    """Makes what is sent of what a target accepts: a body, an encoded manifest or an id."""

    label: str
    function: Callable[[Sent], Wrong]
    clause: str = ""

    def apply(self, good: Sent) -> Wrong:
        """Returns the rewritten copy of what is good."""
        return self.function(good)

    def __repr__(self) -> str:
        return self.label


class Text(str):
    """A text for a path or a query, with the clause that it touches."""

    __slots__ = ("clause",)
    clause: str

    def __new__(cls, text: str, clause: str) -> Self:
        """Returns `text` with its clause."""
        made = super().__new__(cls, text)
        made.clause = clause
        return made


def shown(path: tuple[str, ...], value: object) -> str:
    """Returns a label such as `metadata.priority = 'High'`."""
    return f"{'.'.join(path)} = {value!r:.60}"
