"""The members of the request bodies, found by walking the published schemas, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from workloads_specs import load_contract
from workloads_specs.pointers import resolve

_SCHEMAS = "/components/schemas"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a request body.

    Attributes:
        path: its place in the body.
        keywords: what the schema says of it: each keyword's value, and where that stands (a JSON pointer).
    """

    path: tuple[str, ...]
    keywords: Mapping[str, tuple[Any, str]]

    def value(self, keyword: str) -> Any:
        """Returns a keyword's value; None where the schema does not have it."""
        return self.keywords.get(keyword, (None, ""))[0]

    def clause(self, keyword: str) -> str:
        """Returns where a keyword is; KeyError where the schema does not have it."""
        return self.keywords[keyword][1]


@cache
def members(schema: str) -> tuple[Member, ...]:
    """Returns the members of a component schema at every depth, the outer before the inner, in the schema's order."""
    document = load_contract(literal=True).document
    return tuple(_walk(document, f"{_SCHEMAS}/{schema}", ()))[1:]


def member(schema: str, path: str) -> Member:
    """Returns the member at a path such as `metadata.priority`; LookupError where the schema has none."""
    for found in members(schema):
        if found.path == tuple(path.split(".")):
            return found
    raise LookupError(f"{schema} has no member {path}")


def _walk(document: Mapping[str, Any], pointer: str, path: tuple[str, ...]) -> Iterator[Member]:
    keywords: dict[str, tuple[Any, str]] = {}
    for place, schema in _places(document, pointer):
        for keyword, value in schema.items():
            keywords.setdefault(keyword, (value, f"{place}/{keyword}"))
    yield Member(path, keywords)
    properties, place = keywords.get("properties", ({}, ""))
    for name in properties:
        yield from _walk(document, f"{place}/{name}", (*path, name))


def _places(document: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields the schemas that hold together at a pointer: the one there, the one it refers to, those of allOf."""
    schema = resolve(document, pointer)
    if "$ref" in schema:
        yield from _places(document, schema["$ref"].removeprefix("#"))
        return
    yield pointer, schema
    for index in range(len(schema.get("allOf", []))):
        yield from _places(document, f"{pointer}/allOf/{index}")
