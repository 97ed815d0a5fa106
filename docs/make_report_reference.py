"""Makes report.md in this directory from the published JSON Schema: `python docs/make_report_reference.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workloads_reports import report_schema

PAGE = Path(__file__).with_name("report.md")

_HEAD = """\
# report.json, field by field

`workloads-conformance run` writes `report.json` to the report directory; all other files there are made from it.
Its form is published as a JSON Schema (draft 2020-12):
[report.schema.json](../reports/workloads_reports/report.schema.json), in the wheel inside the package
`workloads_reports`, and from Python as `workloads_reports.report_schema()`.

`format` names the form. Members may be added to it; none is renamed, removed or given another meaning without a new
`format`. A reader should ignore what it does not know.

`[]` stands for each item of an array, `*` for each member of an object whose names are data. This page is made from
the schema by `python docs/make_report_reference.py`; a test fails if it is stale.

| member | type | meaning |
| --- | --- | --- |
"""


def page() -> str:
    """Returns the text of report.md."""
    schema = report_schema()
    return _HEAD + "".join(f"| `{path}` | {kind} | {meaning} |\n" for path, kind, meaning in rows(schema, schema, ""))


def rows(schema: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Yields each member below `schema` with its type and meaning, depth first."""
    for name, member in schema.get("properties", {}).items():
        yield from _row(member, root, f"{path}.{name}" if path else name, required=name in schema.get("required", ()))
    if isinstance(items := schema.get("items"), dict) and _is_structure(_resolved(items, root)[0]):
        yield from rows(_resolved(items, root)[0], root, f"{path}[]")
    if isinstance(rest := schema.get("additionalProperties"), dict):
        yield from _row(rest, root, f"{path}.*", required=True)


def _row(
    member: Mapping[str, Any], root: Mapping[str, Any], path: str, *, required: bool
) -> Iterator[tuple[str, str, str]]:
    resolved, nullable = _resolved(member, root)
    meaning = [member.get("description") or resolved.get("description", "")]
    if "enum" in resolved:
        meaning.append("One of " + ", ".join(f"`{value}`" for value in resolved["enum"]) + ".")
    if "const" in resolved:
        meaning.append(f"Always `{resolved['const']}`.")
    if not required:
        meaning.append("May be absent.")
    kind = _kind(resolved, root) + (" or null" if nullable else "")
    yield path, kind, " ".join(filter(None, meaning)).replace("|", "\\|").replace("<", "&lt;")
    yield from rows(resolved, root, path)


def _resolved(member: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Returns the schema that a reference, alone or beside null, stands for; and whether null may be there."""
    if choices := member.get("oneOf"):
        [other] = [choice for choice in choices if choice.get("type") != "null"]
        return _resolved(other, root)[0], True
    if reference := member.get("$ref"):
        return root["$defs"][reference.removeprefix("#/$defs/")], False
    return member, False


def _kind(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        item = _kind(_resolved(schema["items"], root)[0], root)
        return f"array of {item.replace('array', 'arrays') if item.startswith('array') else item + 's'}"
    if "enum" in schema or "const" in schema:
        return "string"
    return str(schema.get("format") or schema["type"])


def _is_structure(schema: Mapping[str, Any]) -> bool:
    return "properties" in schema or "additionalProperties" in schema


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
