"""The published form of a record's entries."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator


@cache
def record_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a record's entries, by kind in `$defs`. Treat it as read-only: it is shared."""
    text = files("workloads_conformance.recording").joinpath("record.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(kind: str) -> Draft202012Validator:
    schema = {**record_schema(), "$ref": f"#/$defs/{kind}"}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def entry_flaw(entry: dict[str, Any]) -> str | None:
    """Returns what is wrong with an entry; None if it is one of its kind."""
    kind = entry.get("kind")
    if kind not in record_schema()["$defs"] or kind in ("pairs", "parts"):
        return f"{kind!r:.40} is not a kind of entry"
    error = next(_validator(kind).iter_errors(entry), None)
    return None if error is None else f"{error.json_path} {error.message:.160}"
