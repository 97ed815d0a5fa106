"""Checks of what a user wrote by hand; an error names the key, the value, what was expected, and the nearest name."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError

_MOST = 2**20
"""Bytes of a file that somebody wrote by hand."""

_DEEPEST = 16
"""Levels of tables and lists. What is dotted or nested deeper would take Python minutes, or its stack."""

_LARGEST = 2**64

_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_DOTTED = re.compile(rf"(?:^[ \t]*+\[*+|[{{,])[ \t]*+{_PART}(?:\.[ \t]*+{_PART}){{{_DEEPEST}}}", re.MULTILINE)


def read_toml(path: Path, flag: str) -> dict[str, Any]:
    """Returns the content of a TOML file, which `flag` names.

    Raises:
        UsageError: it is not there, cannot be read, or is not TOML.
    """
    from workloads_reports import GivenError, given_text  # noqa: PLC0415 - `--help` has to be fast
    from workloads_reports.escaping import one_line  # noqa: PLC0415 - as above

    if not path.exists():
        raise UsageError(f"{path} does not exist; give {flag} the path of a TOML file.")
    try:
        text = given_text(path, _MOST)
    except GivenError as error:
        raise UsageError(f"{path} {error}; give {flag} the path of a TOML file.") from None
    too_much = UsageError(f"{path} holds values that are too large, or nested too deeply; no option takes such ones.")
    if _DOTTED.search(text):
        raise too_much
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {one_line(str(error))[:200]}.") from None
    except (ValueError, RecursionError):  # an integer of thousands of digits, or lists within lists
        raise too_much from None
    if _is_too_much(values):
        raise too_much
    return values


def _is_too_much(value: object, depth: int = 0) -> bool:
    """True if a value is nested deeper, or a whole number larger, than anything that could be meant."""
    if isinstance(value, int):
        return abs(value) > _LARGEST
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > _DEEPEST or any(_is_too_much(one, depth + 1) for one in inner)


def refuse_unknown(source: str, given: Iterable[str], known: Iterable[str], *, kind: str = "option") -> None:
    """Returns if every name that is given is known.

    Raises:
        UsageError: one is not; the error says which is nearest.
    """
    names = sorted(known)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}."
            raise UsageError(f"{source}: {name!r:.100} is not a known {kind}; {hint}")


def check(schema: Mapping[str, Any], source: str, key: str, value: Any) -> None:
    """Returns if a value is valid by its JSON Schema.

    Raises:
        UsageError: it is not; the error names the source, the key, the value and what was expected.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - `--help` has to be fast

    if isinstance(value, float) and not math.isfinite(value):  # which no comparison refuses
        raise UsageError(f"{source}: {key} is {value!r}; expected {expected(schema)}.")
    for error in Draft202012Validator(schema).iter_errors(value):
        if error.validator == "additionalProperties":
            refuse_unknown(f"{source}, table {key}", error.instance, error.schema["properties"])
        steps = (f", item {part + 1}," if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        where = key + "".join(steps)
        near = difflib.get_close_matches(str(error.instance)[:200], map(str, error.schema.get("enum", ())), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise UsageError(f"{source}: {where} is {error.instance!r:.200}; expected {expected(error.schema)}{hint}")


def expected(schema: Mapping[str, Any]) -> str:
    """Returns what a schema asks for, in words."""
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    words = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    text = words.get(schema["type"], "a table")
    if schema["type"] == "array":
        some = "one text or more" if schema.get("minItems") else "texts"
        text = f"a list of {some}" + (", none of them twice" if schema.get("uniqueItems") else "")
    if schema.get("minLength"):
        text += " that is not empty"
    if "exclusiveMinimum" in schema:
        text += f" above {schema['exclusiveMinimum']} and at most {schema['maximum']}"
    elif "minimum" in schema:
        text += f" from {schema['minimum']} to {schema['maximum']}"
    if "examples" in schema:
        text += f" such as {schema['examples'][0]}"
    elif "pattern" in schema:
        text += f" that matches {schema['pattern']}"
    return text
