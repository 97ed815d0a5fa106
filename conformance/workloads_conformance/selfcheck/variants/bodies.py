"""Honest servers whose reader of JSON takes more than JSON, as RFC 8259, section 9, lets it."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import yaml
from starlette.responses import Response

from workloads_conformance.reference import app
from workloads_conformance.reference.documents import read_json
from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.patching import edit_workload, put, read_leniently


@variant()
def yaml_is_taken_where_json_was_expected() -> None:
    """A body that is not JSON is read as YAML."""
    read_leniently(yaml.safe_load)


@variant()
def trailing_commas_are_taken() -> None:
    """Commas before a closing bracket are forgiven."""
    read_leniently(lambda body: json.loads(re.sub(rb",\s*([}\]])", rb"\1", body)))


@variant()
def single_quotes_are_taken() -> None:
    """Texts may be in single quotes."""
    read_leniently(lambda body: ast.literal_eval(re.sub(r"\btrue\b", "True", body.decode())))


@variant()
def comments_are_taken() -> None:
    """Comments in the body are skipped."""
    read_leniently(lambda body: json.loads(re.sub(rb"//[^\n\"]*\n|/\*.*?\*/", b"", body)))


@variant()
def half_a_surrogate_pair_is_taken_and_told_back() -> None:
    """Texts are kept in UTF-16, as JavaScript and Java have them: half of a pair is an escape like any other."""

    def read(body: bytes) -> Any:
        found = json.loads(body) if b"\\ud800" in body else None
        return read_json(body) if found is None else found

    def answer(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
        return Response(json.dumps(body).encode(), status, headers=headers, media_type="application/json")

    put(app, "read_json", read)
    put(app, "json_response", answer)


@variant()
def texts_are_cut_in_utf_16() -> None:
    """A text is cut in the middle of a surrogate pair: by its grammar RFC 8259, 8.2 allows what is left."""
    edit_workload(lambda workload: workload["metadata"].update(note="\ud83d"))
