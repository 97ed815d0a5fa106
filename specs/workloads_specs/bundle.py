"""The four fragments as one OpenAPI document, with or without the errata, and its operations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

from .errors import FragmentError
from .fragments import FRAGMENTS, load_fragment
from .overlay import apply_overlay
from .pointers import resolve


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its short name (`create`), HTTP method, path template, and its definition without `$ref`s."""

    name: str
    method: str
    path: str
    definition: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The contract's operationId, such as `create_workload_v2`."""
        return str(self.definition["operationId"])

    @property
    def statuses(self) -> frozenset[int]:
        """The documented status codes."""
        return frozenset(int(code) for code in self.definition["responses"])

    @property
    def success(self) -> int:
        """The one documented 2xx status code."""
        return next(code for code in self.statuses if code < 300)

    def response_schema(self, status: int) -> Mapping[str, Any] | None:
        """Returns the schema of the JSON body that comes with a status; None where the contract describes no body."""
        content = self.definition["responses"].get(str(status), {}).get("content", {})
        schema: Mapping[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    @property
    def request_schema(self) -> Mapping[str, Any]:
        """The schema of the request's JSON body; KeyError for an operation without one."""
        schema: Mapping[str, Any] = self.definition["requestBody"]["content"]["application/json"]["schema"]
        return schema


@dataclass(frozen=True)
class Contract:
    """The bundled contract. `document` keeps its `$ref`s; operations come resolved. Treat both as read-only."""

    document: Mapping[str, Any]
    literal: bool

    @property
    def title(self) -> str:
        """The contract's title."""
        return str(self.document["info"]["title"])

    @property
    def version(self) -> str:
        """The contract's version."""
        return str(self.document["info"]["version"])

    @cached_property
    def sha256(self) -> str:
        """Digest (hex) of the bundled document in canonical JSON (sorted keys, no spaces, UTF-8)."""
        text = json.dumps(self.document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by short name: create, get, update, delete."""
        names = {"post": "create", "get": "get", "put": "update", "delete": "delete"}
        return {
            names[method]: Operation(names[method], method.upper(), path, _resolved(definition, self.document))
            for path, item in self.document["paths"].items()
            for method, definition in item.items()
        }

    def schema(self, name: str) -> Mapping[str, Any]:
        """Returns the component schema `name`, without `$ref`s."""
        schema: Mapping[str, Any] = _resolved(self.document["components"]["schemas"][name], self.document)
        return schema


@cache
def load_contract(*, literal: bool = False) -> Contract:
    """Returns the bundled contract, with the errata applied unless `literal`.

    Raises:
        FragmentError: a fragment was changed, or two fragments define the same thing differently.
        OverlayError: an erratum does not apply.
    """
    document: dict[str, Any] = {}
    for name in FRAGMENTS:
        _join(document, load_fragment(name), at="")
    return Contract(document if literal else apply_overlay(document, load_errata()), literal)


@cache
def load_errata() -> dict[str, Any]:
    """Returns the errata as an OpenAPI Overlay document."""
    text = files("workloads_specs").joinpath("v2_24/errata.yaml").read_text(encoding="utf-8")
    overlay: dict[str, Any] = yaml.safe_load(text)
    return overlay


@cache
def added_statuses() -> Mapping[tuple[str, int], str]:
    """Returns the erratum, in its own words, behind each status that no fragment documents: by operation and status."""
    plain = load_contract(literal=True)
    added: dict[tuple[str, int], str] = {}
    for action in load_errata()["actions"]:
        if not str(action["target"]).endswith(".responses"):
            continue
        changed = Contract(apply_overlay(dict(plain.document), {"actions": [action]}), literal=False)
        for name, operation in changed.operations.items():
            for status in operation.statuses - plain.operations[name].statuses:
                added[name, status] = str(action["description"])
    return added


def _join(target: dict[str, Any], source: dict[str, Any], *, at: str) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key, {}), dict):
            _join(target.setdefault(key, {}), value, at=f"{at}/{key}")
        elif target.setdefault(key, value) != value:
            raise FragmentError(f"the fragments disagree at {at}/{key}: {target[key]!r} and {value!r}.")


def _resolved(node: Any, document: Mapping[str, Any]) -> Any:
    """Returns `node` with every `$ref` replaced by what it names. The contract has no recursive schema."""
    if isinstance(node, list):
        return [_resolved(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _resolved(resolve(document, node["$ref"].removeprefix("#")), document)
    return {key: _resolved(value, document) for key, value in node.items()}
