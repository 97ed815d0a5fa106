"""Reads report.json back, strictly: what is damaged, of another form or at odds with itself is no report."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

from jsonschema import Draft202012Validator, ValidationError, validators

from .agreement import disagreement
from .errors import ReportError
from .escaping import one_line
from .json_report import report_schema
from .model import FORMAT, Report
from .structure import structured

LARGEST = 32 * 2**20
"""Bytes that a report may have; a run's own is far below one million."""

_MOST_OBJECTS = 50_000
_MOST_BRACKETS = 1_000_000
"""Objects that a report may hold, and brackets (also in texts): no file can then ask for much time or memory."""

_MOST_DIGITS = 20


def read_report(path: Path) -> Report:
    """Returns the report in a file, exactly as it was written.

    The requirements are those that stand in the report, so that it can be read without the catalogue that made it.

    Raises:
        ReportError: it cannot be read, is no JSON in UTF-8, is too large, of another format, not valid by the published
            schema, or numbers in it disagree.
    """
    name = one_line(str(path))
    value = _json(name, _bytes(name, path))
    _check_format(name, value)
    error = next(_Validator(report_schema()).iter_errors(value), None)
    if error is not None:
        raise ReportError(f"{name} is no valid report: {_told(error)}; it was damaged or edited.")
    try:
        report = structured(value)
    except (ValueError, OverflowError) as wrong:
        raise ReportError(f"{name} is no valid report: {one_line(str(wrong))}; it was damaged or edited.") from None
    if wrong_at := disagreement(report, value):
        raise ReportError(f"{name} contradicts itself: {one_line(wrong_at)}; it was damaged or edited.")
    return report


def _bytes(name: str, path: Path) -> bytes:
    try:
        # Opening a pipe would wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(handle, "rb") as file:  # noqa: PTH123 - of a descriptor
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise ReportError(f"{name} is no file; give the path of a report.json.")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ReportError(f"{name} cannot be read: {error.strerror}; give the path of a report.json.") from None
    if len(data) > LARGEST:
        raise ReportError(f"{name} has more than {LARGEST // 2**20} MiB, which no report has; give a report.json.")
    return data


def _json(name: str, data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReportError(f"{name} is not in UTF-8 (byte {error.start}); a report.json is.") from None
    if text.count("{") + text.count("[") > _MOST_BRACKETS:
        raise ReportError(f"{name} holds more values than any report does; give a report.json.")
    number = itertools.count(1)

    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if next(number) > _MOST_OBJECTS:
            raise ValueError(f"it holds more than {_MOST_OBJECTS} objects")
        return _object(pairs)

    try:
        value = json.loads(
            text, object_pairs_hook=make, parse_constant=_no_number, parse_float=_float, parse_int=_integer
        )
        json.dumps(value, ensure_ascii=False).encode()  # an escape may make half a character, which no file can hold
    except json.JSONDecodeError as error:
        where = "it ends too early" if not text[error.pos :].strip() else f"line {error.lineno}, {error.msg}"
        raise ReportError(f"{name} is not JSON: {where}; it was cut off or damaged.") from None
    except ValueError as error:
        raise ReportError(f"{name} is no report: {error}; it was damaged or edited.") from None
    except RecursionError:
        raise ReportError(f"{name} is no report: its values are nested too deeply.") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{_shown(name)} stands twice in one object")
        found[name] = value
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:_MOST_DIGITS]} is too large a number")
    return value


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:_MOST_DIGITS]}… is too large a number")
    return int(text)


def _check_format(name: str, value: object) -> None:
    found = value.get("format") if isinstance(value, dict) else None
    if not isinstance(found, str):
        raise ReportError(f"{name} is no report of workloads-conformance: it has no member 'format'.")
    if found != FORMAT:
        raise ReportError(
            f"{name} is of format {_shown(found)} and this version reads {FORMAT!r}; use the version that wrote it."
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
    return f"{where} is {_shown(found)}; expected {expected}"


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = one_line(str(value)[:80])
    return repr(text) if isinstance(value, str) else text
