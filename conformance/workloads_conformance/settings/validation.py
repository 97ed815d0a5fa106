"""Checks of what a user wrote by hand; an error names the key, the value, what was expected, and the nearest name."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError


def read_toml(path: Path, flag: str) -> dict[str, Any]:
    """Returns the content of a TOML file, which `flag` names.

    Raises:
        UsageError: it is not there, cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; give {flag} the path of a TOML file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}.") from None


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
            raise UsageError(f"{source}: {name!r} is no {kind}; {hint}")


def check(schema: Mapping[str, Any], source: str, key: str, value: Any) -> None:  # noqa: ANN401 - what a user gave
    """Returns if a value is valid by its JSON Schema.

    Raises:
        UsageError: it is not; the error names the source, the key, the value and what was expected.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - `--help` has to be fast

    for error in Draft202012Validator(schema).iter_errors(value):
        if error.validator == "additionalProperties":
            refuse_unknown(f"{source}, table {key}", error.instance, error.schema["properties"])
        where = ".".join([key, *map(str, error.absolute_path)])
        near = difflib.get_close_matches(str(error.instance), map(str, error.schema.get("enum", ())), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise UsageError(f"{source}: {where} is {error.instance!r}; expected {expected(error.schema)}{hint}")


def expected(schema: Mapping[str, Any]) -> str:
    """Returns what a schema asks for, in words."""
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    words = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    text = words.get(schema["type"], "a list of texts" if schema["type"] == "array" else "a table")
    if schema.get("minLength"):
        text += " that is not empty"
    if "exclusiveMinimum" in schema:
        text += f" above {schema['exclusiveMinimum']} and at most {schema['maximum']}"
    elif "minimum" in schema:
        text += f" from {schema['minimum']} to {schema['maximum']}"
    if "pattern" in schema:
        text += f" that matches {schema['pattern']}"
    return text
