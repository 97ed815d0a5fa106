"""Where a server can be wrong: every place that the bundled contract names, walked and not listed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from workloads_specs import Operation, load_contract

Json = Any
"""Any JSON value."""
Schema = Mapping[str, Any]
JSON = "application/json"
_CHECKED = ("type", "enum", "maxLength", "minLength", "format")
"""Keywords of a request that a server has to check."""
_VALID = re.compile(r"Valid values are:? ([\w, -]+)\.")
_EXCLUSIVE = "Mutually exclusive"
TOKEN, RIGHTS = "token", "rights"
"""Checks of who asks, which every operation has."""
_CLIENT_ERRORS = range(400, 500)
_CHALLENGED = 401


class Part(StrEnum):
    """What kind of place it is."""

    REQUEST = "request member"
    PARAMETER = "parameter"
    ANSWER = "response member"
    MANIFEST_SENT = "manifest sent"
    MANIFEST_SHOWN = "manifest shown"
    HEADER = "header"
    STATUS = "status"
    EFFECT = "effect"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place in what an operation is asked or answers.

    Attributes:
        operation: its short name, such as `create`.
        method: its HTTP method.
        part: what kind of place it is.
        status: of the answers in which it is; 0 for a place in requests, an effect or a check.
        path: the names that lead from the body to the member; for a header or parameter, its name alone.
        keyword: the check, where it is one: a keyword of the schema, or what a sentence has in place of one.
        optional: whether an honest server may show nothing there.
        in_query: whether it is a query parameter, or a check of one.
        schema: of the member; what it is within, in `parent`.
    """

    operation: str
    method: str
    part: Part
    status: int = 0
    path: tuple[str, ...] = ()
    keyword: str = ""
    in_query: bool = False
    optional: bool = False
    schema: Schema = field(default_factory=dict, compare=False, repr=False)
    parent: Schema = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the member, header or parameter; empty for a whole body."""
        return self.path[-1] if self.path else ""

    @property
    def element(self) -> str:
        """The name of the element of the contract, as the coverage map has it."""
        member = "/" + "/".join(self.path)
        if self.part in (Part.ANSWER, Part.MANIFEST_SHOWN):
            return f"{self.operation} {self.status} {member}"
        if self.part is Part.STATUS:
            return f"{self.operation} {self.status}"
        if self.part is Part.HEADER:
            return f"{self.operation} {self.status}: {JSON}"
        if self.part is Part.EFFECT or self.keyword in (TOKEN, RIGHTS):
            return self.operation
        if self.in_query:
            return f"{self.operation} parameter {self.name}"
        return f"{self.operation} request {member}"

    def __str__(self) -> str:
        member = ".".join(self.path) or "body"
        if self.part is Part.EFFECT:
            return f"{self.method} effect"
        if self.part is Part.STATUS:
            return f"{self.method} {self.status} status"
        if self.part is Part.CHECK:
            return f"{self.method} check of {'.'.join((*self.path, self.keyword))}"
        if self.part in (Part.HEADER, Part.PARAMETER):
            where = f" {self.status} header" if self.part is Part.HEADER else " parameter"
            return f"{self.method}{where} {member}"
        inside = " (inside)" if self.part in (Part.MANIFEST_SENT, Part.MANIFEST_SHOWN) else ""
        return f"{self.method} {self.status or 'request'} {member}{inside}"


@cache
def all_places() -> tuple[Place, ...]:
    """Returns every place, in the order of the document."""
    return tuple(place for operation in load_contract().operations.values() for place in _of(operation))


_GIVEN = frozenset({"projectId", "clusterId"})
"""Members of requests that a client does not choose: a target has the projects and clusters that it has."""


@cache
def chosen_by_clients() -> frozenset[str]:
    """Returns the names of the members of requests that a client chooses: in answers they say what it has sent."""
    return frozenset(place.name for place in all_places() if place.part is Part.REQUEST) - _GIVEN


def members_of(schema: Schema) -> dict[str, Schema]:
    """Returns the members that a schema names, those of allOf too."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= members_of(part)
    return found


def required_of(schema: Schema) -> frozenset[str]:
    """Returns the names of the members that a schema requires, those of allOf too."""
    parts = (required_of(part) for part in schema.get("allOf", ()))
    return frozenset(schema.get("required", ())).union(*parts)


def is_free_form(schema: Schema) -> bool:
    """True for an object that may hold whatever its author likes, such as a manifest."""
    return schema.get("additionalProperties") is True


def values_of(schema: Schema) -> tuple[str, ...]:
    """Returns the only texts that a member may have, by its enum or the sentence that lists them; () if none does."""
    if "enum" in schema:
        return tuple(value for value in schema["enum"] if value is not None)
    listed = _VALID.search(schema.get("description", ""))
    return tuple(re.split(r", and |, | and ", listed[1])) if listed else ()


def _of(operation: Operation) -> Iterator[Place]:
    name, method = operation.name, operation.method
    yield Place(operation=name, method=method, part=Part.EFFECT)
    yield Place(operation=name, method=method, part=Part.CHECK, keyword=TOKEN)
    yield Place(operation=name, method=method, part=Part.CHECK, keyword=RIGHTS)
    for parameter in operation.definition.get("parameters", ()):
        if parameter["in"] == "query":
            found: dict[str, Any] = {
                "path": (parameter["name"],),
                "schema": parameter["schema"],
                "in_query": True,
            }
            yield Place(operation=name, method=method, part=Part.PARAMETER, **found)
            yield Place(operation=name, method=method, part=Part.CHECK, keyword="type", **found)
    if "requestBody" in operation.definition:
        yield from _request(operation)
    for status in sorted(operation.statuses):
        if status == operation.success or status in _CLIENT_ERRORS:
            yield from _answer(operation, status)


def _request(operation: Operation) -> Iterator[Place]:
    name, method = operation.name, operation.method
    for path, schema, parent in _walk(operation.request_schema, (), {}):
        found: dict[str, Any] = {"path": path, "schema": schema, "parent": parent}
        yield Place(operation=name, method=method, part=Part.REQUEST, **found)
        if is_free_form(schema):
            yield Place(operation=name, method=method, part=Part.MANIFEST_SENT, **found)
        keywords = [keyword for keyword in _CHECKED if keyword in schema]
        if "enum" not in schema and values_of(schema):
            keywords.append("valid values")
        if schema.get("description", "").find(_EXCLUSIVE) >= 0:
            keywords.append("exclusive")
        if path and path[-1] in required_of(parent):
            keywords.append("required")
        for keyword in keywords:
            yield Place(operation=name, method=method, part=Part.CHECK, keyword=keyword, **found)


def _answer(operation: Operation, status: int) -> Iterator[Place]:
    name, method = operation.name, operation.method
    yield Place(operation=name, method=method, part=Part.STATUS, status=status)
    schema = operation.response_schema(status)
    if schema is None:
        return
    yield Place(operation=name, method=method, part=Part.HEADER, status=status, path=("Content-Type",))
    if status == _CHALLENGED:
        yield Place(operation=name, method=method, part=Part.HEADER, status=status, path=("WWW-Authenticate",))
    for path, member, parent in _walk(schema, (), {}):
        optional = not _has_to_be_there(schema, path)
        found: dict[str, Any] = {"path": path, "schema": member, "parent": parent, "optional": optional}
        yield Place(operation=name, method=method, part=Part.ANSWER, status=status, **found)
        if is_free_form(member):
            yield Place(operation=name, method=method, part=Part.MANIFEST_SHOWN, status=status, **found)


def _has_to_be_there(schema: Schema, path: tuple[str, ...]) -> bool:
    if not path:
        return True
    return path[0] in required_of(schema) and _has_to_be_there(members_of(schema)[path[0]], path[1:])


def _walk(schema: Schema, path: tuple[str, ...], parent: Schema) -> Iterator[tuple[tuple[str, ...], Schema, Schema]]:
    yield path, schema, parent
    for name, member in members_of(schema).items():
        yield from _walk(member, (*path, name), schema)
