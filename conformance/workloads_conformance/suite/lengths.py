"""What is too long for a request line or a header is for the server to say (RFC 9110, 15.5.15; RFC 6585, 5)."""

from __future__ import annotations

TOO_LONG = (414, 431)
_UUID = 36


def refusals_of_id(identifier: str) -> tuple[int, ...]:
    """Returns the statuses that refuse a path id that is not a valid UUID: those for too long a one if it is longer."""
    return (400, 404, *(TOO_LONG if len(identifier) > _UUID else ()))
