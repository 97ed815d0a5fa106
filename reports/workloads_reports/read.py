"""Reads report.json back, strictly: what is damaged, of another form or at odds with itself is not a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError, validators

from .agreement import disagreement
from .errors import ReportError
from .escaping import one_line
from .given import DamagedError, GivenError, given_text, shown, strict_json
from .json_report import report_schema
from .model import FORMAT, Report
from .structure import structured

LARGEST = 32 * 2**20
"""Bytes that a report may have; a run's own is far below one million."""


def read_report(path: Path) -> Report:
    """Returns the report in a file, exactly as it was written.

    The requirements are those that are in the report, so that it can be read without the catalogue that made it.

    Raises:
        ReportError: it cannot be read, is not JSON in UTF-8, is too large, of another format, invalid by the published
            schema, or numbers in it disagree.
    """
    name = one_line(str(path))
    value = _value(name, path)
    _check_format(name, value)
    error = next(_Validator(report_schema()).iter_errors(value), None)
    if error is not None:
        raise ReportError(f"{name} is not a valid report: {_told(error)}; it was damaged or edited.")
    try:
        report = structured(value)
    except (ValueError, OverflowError) as wrong:
        raise ReportError(f"{name} is not a valid report: {one_line(str(wrong))}; it was damaged or edited.") from None
    if wrong_at := disagreement(report, value):
        raise ReportError(f"{name} contradicts itself: {one_line(wrong_at)}; it was damaged or edited.")
    return report


def _value(name: str, path: Path) -> Any:
    try:
        return strict_json(given_text(path, LARGEST), "report")
    except DamagedError as error:
        raise ReportError(f"{name} {error}; it was cut off or damaged.") from None
    except GivenError as error:
        raise ReportError(f"{name} {error}; give the path of a report.json.") from None


def _check_format(name: str, value: object) -> None:
    found = value.get("format") if isinstance(value, dict) else None
    if not isinstance(found, str):
        raise ReportError(f"{name} is not a report of workloads-conformance: it has no member 'format'.")
    if found != FORMAT:
        raise ReportError(
            f"{name} is of format {shown(found)} and this version reads {FORMAT!r}; use the version that wrote it."
        )


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Iterator[ValidationError]:
    # As JSON Schema means it: `$` is the end, where Python also takes it for the place before a last line end.
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError("")


_Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def _told(error: ValidationError) -> str:
    """Says what the schema refuses, without the whole value, which may be as large as the file."""
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{one_line(part)}" for part in error.absolute_path)
    where = where.removeprefix(".")[:200] or "the report"
    rule, wanted, found = error.validator, cast("Any", error.validator_value), cast("Any", error.instance)
    if rule == "required":
        return f"{where} lacks {next(one for one in wanted if one not in found)!r}"
    expected = {
        "type": f"a value of type {wanted}",
        "const": f"{wanted!r}",
        "enum": f"one of {wanted}",
        "minimum": f"at least {wanted}",
        "maxItems": f"at most {wanted} items",
        "minLength": "a text that is not empty",
        "pattern": f"a text that matches {wanted}",
    }.get(str(rule), f"{rule} {wanted}")
    return f"{where} is {shown(found)}; expected {expected}"
