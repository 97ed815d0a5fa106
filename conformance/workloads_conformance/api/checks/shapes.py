"""Bodies against the contract's schemas, with jsonschema in OpenAPI 3.0's dialect, formats included."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema_rs import Draft202012Validator
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from workloads_conformance.api.routes import CREATE_PATH
from workloads_conformance.http import Request, Response
from workloads_conformance.http.limits import SMALL
from workloads_specs import Contract, Operation

from .times import is_timestamp

_MOST = 5

_MOST_KNOWN = 1000
"""Small bodies that are remembered with what is wrong with them: every second one is one that came before."""

_UUID = Draft202012Validator({"format": "uuid"}, validate_formats=True)


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    # A checker that raises, as that of `byte` does on what is not ASCII, says that the text has not the format.
    checker.checkers = {
        name: (check, (*(raises if isinstance(raises, tuple) else (raises,)), ValueError))
        for name, (check, raises) in oas30_format_checker.checkers.items()
    }
    # Those in use there take what the RFCs do not: +05:60, a minute of 60, a newline at the end, a full-width digit.
    checker.checks("date-time")(lambda value: not isinstance(value, str) or is_timestamp(value))
    checker.checks("uuid")(_UUID.is_valid)
    return checker


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place in a body that violates the schema.

    Attributes:
        kind: the place and the rule: the same each time that the same thing is wrong, whatever the value.
        detail: what is wrong with which value.
    """

    kind: str
    detail: str

    def __str__(self) -> str:
        return self.detail


class Shapes:
    """Validates request and response bodies of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._formats = _formats()
        self._validator = cache(self._make)
        self._known: dict[tuple[str, int, bytes], Sequence[Flaw]] = {}

    def _make(self, operation: str, status: int | None) -> Validator | None:
        found = self.contract.operations[operation]
        schema = found.request_schema if status is None else found.response_schema(status)
        return None if schema is None else OAS30Validator(schema, format_checker=self._formats)

    def response_flaws(self, operation: Operation, answer: Response) -> Sequence[Flaw]:
        """Returns what is wrong with a response's body, place first; nothing where the contract describes no body."""
        key = (operation.name, answer.status, answer.body)
        if (known := self._known.get(key)) is not None:
            return known
        validator = self._validator(operation.name, answer.status)
        found = [] if validator is None else _flaws(validator, answer.json.value)
        if len(answer.body) <= SMALL:
            if len(self._known) == _MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return found

    def request_flaws(self, operation: str, body: object) -> list[Flaw]:
        """Returns what is wrong with a request's body on every reading of the contract.

        null for a non-nullable member counts as absent here: whether a server takes it so is left open.
        """
        validator = self._validator(operation, None)
        assert validator is not None
        return _flaws(validator, without_nulls(body))


def _flaws(validator: Validator, body: Any) -> list[Flaw]:
    return [_flaw(error) for error in itertools.islice(validator.iter_errors(body), _MOST)]


def _flaw(error: ValidationError) -> Flaw:
    rule = error.message if error.validator == "required" else f"breaks {error.validator} {error.validator_value!r:.80}"
    return Flaw(f"{error.json_path:.200} {rule:.200}", f"{error.json_path:.200}: {error.message:.200}")


def without_nulls(body: object) -> object:
    """Returns `body` without object members that are null, at any depth."""
    if not isinstance(body, Mapping):
        return body
    return {key: without_nulls(value) for key, value in body.items() if value is not None}


def methods_of(contract: Contract, request: Request) -> Mapping[str, Operation]:
    """Returns the operations that the contract has for a request's path, by method; empty for other paths."""
    item = request.path.startswith(CREATE_PATH + "/") and request.path.count("/") == CREATE_PATH.count("/") + 1
    if not item and request.path != CREATE_PATH:
        return {}
    return {found.method: found for found in contract.operations.values() if item != (found.path == CREATE_PATH)}
