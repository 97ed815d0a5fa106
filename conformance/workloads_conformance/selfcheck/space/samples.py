"""Values that the contract allows, made from its schemas: on these a rule sees what an operator does."""

from __future__ import annotations

import base64
from uuid import NAMESPACE_URL, uuid5

from jsonschema import FormatChecker
from openapi_schema_validator import OAS30Validator

from .operators import LOST, Around, Change
from .places import Json, Place, Schema, is_free_form, members_of, values_of

SALTS = range(9)
"""Enough for every value of the longest list of valid values, and one more that comes after the last."""

_FORMATS = FormatChecker(formats=())
_MANIFEST = {
    "kind": "Job",
    "metadata": {
        "annotations": {
            "Text": "ü" + "x" * 70 + " \n",
            "digits": "010",
            "none": None,
            "empty": {},
            "half": 1.5,
            "many": 2**53 + 1,
            "yes": True,
            "list": ["b", "a"],
        }
    },
}
"""A value of each class that an operator on manifests changes."""


@_FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 36 and value.count("-") == 4)  # RFC 9562, 4


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or (len(value) > 19 and value[10:11] in "Tt")  # RFC 3339, 5.6


def sample(schema: Schema, name: str, salt: int) -> Json:
    """Returns a value that a schema allows; another one for another salt, where it allows more than one."""
    if values := values_of(schema):
        return values[salt % len(values)]
    kind = schema.get("type", "object")
    if kind == "boolean":
        return salt % 2 == 0
    if kind == "integer":
        return schema.get("minimum", 1000) + 301 + salt
    if kind == "string":
        return _text(schema, name, salt)
    if is_free_form(schema):
        return {**_MANIFEST, "number": salt}
    return {member: sample(found, member, salt) for member, found in members_of(schema).items()}


def _text(schema: Schema, name: str, salt: int) -> str:
    if schema.get("format") == "uuid":
        return str(uuid5(NAMESPACE_URL, f"{name} {salt}"))
    if schema.get("format") == "date-time":
        return f"2026-{_month(name):02}-0{salt + 1}T10:00:00.123456Z"
    if schema.get("format") == "byte":
        return base64.b64encode(f"kind: Job\nnumber: {salt}\n".encode()).decode()
    return f"some-{name.lower()}-of-so-many-characters-{salt}"


def _month(name: str) -> int:
    """Returns another month for each name that is a time's."""
    return 1 + sum(name.encode()) % 12


def is_valid(place: Place, whole: Json) -> bool:
    """True if what a member is in, or the body at its own place, is valid; a body that is not there is not."""
    schema = place.parent if place.path else place.schema
    return whole is not LOST and OAS30Validator(schema, format_checker=_FORMATS).is_valid(whole)


def neighbour_of(place: Place) -> str | None:
    """Returns the next member of the same object that has the same type and format; None if there is none."""
    members = members_of(place.parent)
    names = list(members)
    if place.name not in names:
        return None
    at = names.index(place.name)
    alike = (
        name
        for name in (*names[at + 1 :], *names[:at])
        if all(members[name].get(key) == place.schema.get(key) for key in ("type", "format"))
    )
    return next(alike, None)


def around(place: Place, parent: Json, earlier: Json) -> Around:
    """Returns what is around a member of a body."""
    return Around(
        parent=parent if isinstance(parent, dict) else {},
        neighbour=neighbour_of(place),
        earlier=earlier,
        default=place.schema.get("default"),
        values=values_of(place.schema),
    )


def parent_of(body: Json, path: tuple[str, ...]) -> Json:
    """Returns the object that has the member at a path; None if there is none."""
    for name in path[:-1]:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else None


def value_at(body: Json, path: tuple[str, ...]) -> Json:
    """Returns the value at a path, LOST if there is none."""
    if not path:
        return body
    parent = parent_of(body, path)
    return LOST if parent is None else parent.get(path[-1], LOST)


def replaced(body: Json, path: tuple[str, ...], value: Json) -> Json:
    """Returns a body with another value at a path, of which all but the last name lead somewhere."""
    if not path:
        return value
    inner = replaced(body.get(path[0]), path[1:], value)
    if inner is LOST:
        return {name: item for name, item in body.items() if name != path[0]}
    return {**body, path[0]: inner}


def rewritten(place: Place, change: Change, body: Json, earlier: Json) -> Json:
    """Returns a body as an operator leaves it; the same, where the member is not there or does not change."""
    value = value_at(body, place.path)
    if value is LOST:
        return body
    new = change(value, around(place, parent_of(body, place.path), earlier))
    return body if new is value else replaced(body, place.path, new)
