"""Which operators there are at a place, by name."""

from __future__ import annotations

from collections.abc import Mapping

from workloads_specs import load_contract

from .manifests import INSIDE
from .operators import MEMBER
from .places import Part, Place

HEADERS = {
    "Content-Type": ("lost", "another type", "with a charset", "in capitals"),
    "WWW-Authenticate": ("lost", "with a second challenge"),
}
BUSY = "busy now and then"
BEHIND = "a little behind"
_EFFECTS = {
    "create": ("swallowed", "applied twice", "answered as the one before", BUSY),
    "get": ("from the first state", "of another workload", "from a cache that ignores the token", BEHIND, BUSY),
    "update": ("swallowed", "to a neighbour", "late", "undone after a while", "a little late", "applied twice", BUSY),
    "delete": ("swallowed", "to a neighbour", "late", "undone after a while", "a little late", "applied twice", BUSY),
}
_UNDOCUMENTED = (200, 201, 202, 204, 422)
_SERVER_ERROR = 500
_WAITED_OUT = (429, 503)
ACCEPTED = "accepted"
_OF_LISTS_AND_TEXTS = (
    *("non-ASCII characters lost", "long texts truncated at 63", "texts trimmed", "digits retyped"),
    *("the last item lost", "lists sorted", "names lower-cased", "the last member lost"),
)
"""What can be changed in labels, annotations, environments and arguments, which hold little but texts."""


_EVERYWHERE: Mapping[Part, tuple[str, ...]] = {
    Part.REQUEST: tuple(MEMBER),
    Part.ANSWER: tuple(MEMBER),
    Part.MANIFEST_SENT: _OF_LISTS_AND_TEXTS,
    Part.MANIFEST_SHOWN: tuple(INSIDE),
    Part.PARAMETER: ("lost", "inverted"),
    Part.CHECK: ("forgotten",),
}
"""The operators of the parts at whose places all of them are tried."""


def operators_at(place: Place) -> tuple[str, ...]:
    """Returns the names of the operators at a place, whether they change anything there or not."""
    if place.part in _EVERYWHERE:
        return _EVERYWHERE[place.part]
    if place.part is Part.HEADER:
        return (*HEADERS[place.name], "with an unknown header beside")
    if place.part is Part.STATUS:
        return (*(f"becomes {status}" for status in _others(place)), *((ACCEPTED,) if place.status >= 400 else ()))
    return _EFFECTS[place.operation]


def _others(place: Place) -> list[int]:
    """The statuses that may come in place of one; not those that ask a client to come back."""
    documented = load_contract().operations[place.operation].statuses
    others = {status for status in documented if status not in _WAITED_OUT} | set(_UNDOCUMENTED) | {_SERVER_ERROR}
    return sorted(others - {place.status})
