"""Bodies of creates that are no JSON, and are read all the same."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable

import yaml

from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call
from workloads_conformance.selfcheck.patching import on_call


def _read(lenient: Callable[[bytes], object]) -> None:
    """Reads the body of a create that is no JSON in another way."""

    def before(call: Call) -> Call:
        if call.operation != "create" or call.json is not None:
            return call
        try:
            found = lenient(call.body)
        except (ValueError, SyntaxError, TypeError, MemoryError, yaml.YAMLError):
            return call
        return call if found is None else call.with_json(found)

    on_call(before)


@fault("WV2-CREATE-013")
def yaml_is_taken_for_json() -> None:
    """The body is read as YAML: what no JSON parser takes means something that nobody checked."""
    _read(yaml.safe_load)


@fault("WV2-CREATE-013")
def trailing_commas_are_taken() -> None:
    """Commas before a closing bracket are forgiven."""
    _read(lambda body: json.loads(re.sub(rb",\s*([}\]])", rb"\1", body)))


@fault("WV2-CREATE-013")
def single_quotes_are_taken() -> None:
    """The body is read as Python's notation: single quotes and None are forgiven."""
    _read(lambda body: ast.literal_eval(re.sub(r"\btrue\b", "True", body.decode())))


@fault("WV2-CREATE-013")
def what_follows_is_ignored() -> None:
    """Whatever comes after the first JSON value is dropped in silence."""
    _read(lambda body: json.JSONDecoder().raw_decode(body.decode())[0])


@fault("WV2-CREATE-013")
def what_is_missing_is_added() -> None:
    """A body that breaks off is completed: half a manifest runs."""
    _read(lambda body: next(filter(None, (_loaded(body + b"}" * count) for count in range(1, 6))), None))


def _loaded(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


@fault("WV2-CREATE-013")
def comments_are_taken() -> None:
    """Comments in the body are forgiven."""
    _read(lambda body: json.loads(re.sub(rb"//[^\n\"]*\n|/\*.*?\*/", b"", body)))


@fault("WV2-CREATE-013")
def bytes_that_are_no_utf_8_are_replaced() -> None:
    """Bytes that are no UTF-8 are replaced: the workload runs with question marks in its script."""
    _read(lambda body: json.loads(body.decode("utf-8", "replace")))


@fault("WV2-CREATE-013")
def bytes_are_read_as_latin_1() -> None:
    """Bytes that are no UTF-8 are read in Latin-1."""
    _read(lambda body: json.loads(body.decode("latin-1")))
