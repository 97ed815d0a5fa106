"""Texts for the path and the query."""

from __future__ import annotations

from typing import Final

from .changes import Rewrite, Text

_ID: Final = "parameters/schema/format"
_BOOLEAN: Final = "parameters/schema/type"
_UUID: Final = "12345678-1234-4234-8234-123456789012"

MALFORMED_IDS: Final = tuple(
    Text(text, _ID)
    for text in (
        "not-a-uuid",
        "123",
        _UUID[:-1],
        f"{_UUID[:-1]}g",
        f"{_UUID}0",
        f"{_UUID}-1234",
        _UUID.replace("-", "_"),
        "null",
        "0",
        "-1",
        "a" * 300,
        "%C3%A9",
    )
)
"""Path ids that are not UUIDs in any notation, as they are in a URL."""

NEARLY_IDS: Final[tuple[Rewrite[str, str], ...]] = (
    Rewrite("an id without its last digit", lambda identifier: identifier[:-1], _ID),
    Rewrite("an id with a letter that is not a hexadecimal digit", lambda identifier: f"{identifier[:-1]}g", _ID),
    Rewrite("an id with a digit more", lambda identifier: f"{identifier}0", _ID),
    Rewrite("an id with a group more", lambda identifier: f"{identifier}-1234", _ID),
    Rewrite("an id with underscores", lambda identifier: identifier.replace("-", "_"), _ID),
    Rewrite("an id without its first group", lambda identifier: identifier.partition("-")[2], _ID),
    Rewrite("an id eight times over", lambda identifier: identifier * 8, _ID),
)
"""Texts that are not UUIDs in any notation, made of a random id: no server has a workload with such an id."""

OPEN_IDS: Final[tuple[Rewrite[str, str], ...]] = (
    Rewrite("an id in braces", lambda identifier: f"%7B{identifier}%7D", _ID),
    Rewrite("an id as urn:uuid:", lambda identifier: f"urn:uuid:{identifier}", _ID),
    Rewrite("an id without hyphens", lambda identifier: identifier.replace("-", ""), _ID),
    Rewrite("an id in capitals", str.upper, _ID),
    Rewrite("an id with a space behind it", lambda identifier: f"{identifier}%20", _ID),
)
"""Notations of one UUID: the same id to some readers, none to others. They name a real workload: use one's own."""

NO_BOOLEANS: Final = tuple(
    Text(text, _BOOLEAN) for text in ("maybe", "2", "truthy", "-1", "tru", "true,false", "[true]", "null", "truetrue")
)
"""Query values that no reader of booleans takes for true or false."""

OPEN_BOOLEANS: Final = tuple(
    Text(text, _BOOLEAN)
    for text in ("True", "TRUE", "1", "0", "t", "F", "yes", "no", "on", "False", "", " true", '"true"')
)
"""Query values that some readers take for true or false."""
