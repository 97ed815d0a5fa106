"""Requests that schemathesis generates from the bundled contract: unforeseen ones.

Schemathesis only draws here; requests go out through the suite's own client, and are judged by the suite.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from workloads_specs import Contract, load_contract

if TYPE_CHECKING:
    from schemathesis.generation import GenerationMode

_SEPARATORS = set("/\\?#")


@dataclass(frozen=True, slots=True)
class GeneratedRequest:
    """One generated request of an operation. `body` is a JSON value, or None where the operation has no body."""

    path_id: str | None
    query: tuple[tuple[str, str], ...]
    has_body: bool
    body: Any

    def __repr__(self) -> str:
        body = json.dumps(self.body, ensure_ascii=True)[:200] if self.has_body else "no body"
        return f"id={self.path_id!r} query={dict(self.query)!r} {body}"


def generated_requests(operation: str, *, valid: bool, literal: bool = False) -> st.SearchStrategy[GeneratedRequest]:
    """Requests of `operation` (create, get, update, delete) that satisfy the contract's schema, or violate it.

    What violates it is schemathesis's choice of place: path, query or body.
    """
    contract = load_contract(literal=literal)
    mode = _mode(valid=valid)
    found = contract.operations[operation]
    cases: st.SearchStrategy[Any] = _schema(literal)[found.path][found.method].as_strategy(generation_mode=mode)
    return cases.map(_request)


@cache
def coverage_requests(operation: str, *, valid: bool, literal: bool = False) -> tuple[GeneratedRequest, ...]:
    """Requests of `operation` that schemathesis's coverage phase makes of the schema, the same each time.

    Where the schema names a boundary, a type or a member, one of these is at it. Those with another media type or
    method are left out: the suite has tests of its own for them. One that violates the schema may do so in several
    places at once, path and query among them.
    """
    found = load_contract(literal=literal).operations[operation]
    schema = _schema(literal)
    cases = schema.iter_coverage_cases(
        schema[found.path][found.method],
        generation_modes=[_mode(valid=valid)],
        generation_config=schema.config.generation,
    )
    # Hypothesis, which schemathesis draws texts with, warns where another thread uses `random` meanwhile.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        requests = [_request(case) for case in cases if case.method == found.method and not case.headers]
    return tuple({json.dumps(asdict(request), sort_keys=True): request for request in requests}.values())


def _mode(*, valid: bool) -> GenerationMode:
    from schemathesis.generation import GenerationMode  # noqa: PLC0415 - as below

    return GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE


@cache
def _schema(literal: bool) -> Any:  # noqa: FBT001 - schemathesis's schema type is not public
    import schemathesis  # noqa: PLC0415 - a run that draws none of these requests does without a third of a second

    contract = load_contract(literal=literal)
    config = schemathesis.Config.from_dict(
        {
            "generation": {"with-security-parameters": False, "mode": "all", "allow-x00": False},
            "phases": {"coverage": {"unexpected-methods": []}},
        }
    )
    return schemathesis.openapi.from_dict(_exclusive(contract), config=config)


def _exclusive(contract: Contract) -> dict[str, Any]:
    """The contract with the mutual exclusivity of the manifest forms, which it states in prose, in the schema."""
    document: dict[str, Any] = json.loads(json.dumps(contract.document))
    for name in ("WorkloadV2CreateRequest", "WorkloadV2UpdateRequest"):
        document["components"]["schemas"][name]["not"] = {"required": ["manifest", "manifestBase64Encoded"]}
    return document


def _request(case: Any) -> GeneratedRequest:
    body = case.body
    has_body = isinstance(body, dict | list | str | int | float | bool | None) and type(body).__name__ != "NotSet"
    path_id = (case.path_parameters or {}).get("WorkloadV2Id")
    if path_id is not None and (unquote(path_id) in (".", "..") or _SEPARATORS & set(unquote(path_id))):
        path_id = "x"  # a path that leads elsewhere is not an id of this operation
    query = tuple(
        (str(name), _text(value))
        for name, values in (case.query or {}).items()
        for value in (values if isinstance(values, list) else [values])
    )
    return GeneratedRequest(path_id, query, has_body, body if has_body else None)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)
