"""Everything that the contract says, element by element, so that nothing of it can be overlooked.

An element has a name that reads like a path: `create` (the operation), `create parameter dryRun: type`, `create 409`
(a status), `create request /metadata/name` (a member), `create request /metadata/name: maxLength` (a keyword),
`get 200 /workload/metadata/id: format`. Members are found through `$ref` and `allOf`. Sentences are elements of their
own, each by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .bundle import Contract, Operation

KEYWORDS = (
    *("type", "enum", "required", "maxLength", "minLength", "pattern", "format", "nullable", "default"),
    *("minimum", "maximum", "additionalProperties", "allOf"),
)
_SILENT = {"properties", "description", "$ref"}
_SENTENCE = re.compile(r"(?<=\.)\s+|\n")


def elements(contract: Contract) -> tuple[str, ...]:
    """Returns the names of all elements of the contract but its sentences, in the order of the document.

    Raises:
        LookupError: the contract uses a keyword that is not known here.
    """
    found: dict[str, None] = {}
    for name, scheme in contract.document["components"]["securitySchemes"].items():
        found |= dict.fromkeys(f"security {name}: {key}" for key in scheme if key != "description")
    for operation in contract.operations.values():
        found |= dict.fromkeys(_operation(operation))
    return tuple(found)


def kind_of(element: str) -> str:
    """Returns what an element is: its keyword if it has one, else `operation`, `parameter`, `status` or `member`."""
    place, _, keyword = element.partition(": ")
    if keyword:
        return "media type" if "/" in keyword else keyword
    last = place.rpartition(" ")[2]
    if last.startswith("/"):
        return "member"
    if " parameter " in place:
        return "parameter"
    return "status" if last.isdecimal() else "operation"


def sentences(contract: Contract) -> tuple[str, ...]:
    """Returns every sentence of every description in the contract, once each."""
    found = (
        sentence.strip(" -")
        for description in _descriptions(contract.document)
        for sentence in _SENTENCE.split(description)
    )
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))


def _operation(operation: Operation) -> Iterator[str]:
    name, definition = operation.name, operation.definition
    yield name
    for parameter in definition.get("parameters", ()):
        where = f"{name} parameter {parameter['name']}"
        yield where
        yield f"{where}: in"
        yield f"{where}: required"
        yield from (f"{where}: {keyword}" for keyword in _keywords(where, parameter["schema"]))
    if "requestBody" in definition:
        yield f"{name} request: required"
        for media_type, content in definition["requestBody"]["content"].items():
            yield f"{name} request: {media_type}"
            yield from _schema(f"{name} request /", content["schema"])
    for status, response in definition["responses"].items():
        yield f"{name} {status}"
        for media_type, content in response.get("content", {}).items():
            yield f"{name} {status}: {media_type}"
            yield from _schema(f"{name} {status} /", content["schema"])


def _schema(where: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield where
    for keyword in _keywords(where, schema):
        yield f"{where}: {keyword}"
    for part in schema.get("allOf", ()):
        yield from _schema(where, part)
    for name, member in schema.get("properties", {}).items():
        yield from _schema(f"{where.rstrip('/')}/{name}", member)


def _keywords(where: str, schema: Mapping[str, Any]) -> Iterator[str]:
    for keyword in schema:
        if keyword in _SILENT:
            continue
        if keyword not in KEYWORDS:
            raise LookupError(f"{where} has the keyword {keyword!r}, which elements.py does not know.")
        yield keyword


def _descriptions(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                yield value
            else:
                yield from _descriptions(value)
    elif isinstance(node, list):
        for item in node:
            yield from _descriptions(item)
