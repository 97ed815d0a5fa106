"""The text of a conformance.toml for somebody who begins: what was given, what it means, and what else there is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .options import IMPLEMENTATION, OPTIONS, TABLE

_SUGGESTED = {"profile": "standard", "kinds": ["Job", "Deployment"], "settle": 60, "waivers": "waivers.toml"}
"""Options that many set later, each with a value."""


def draft(values: Mapping[str, Any], notes: Mapping[str, Sequence[str]]) -> str:
    """Returns the text of the file, which holds no secret: of one, an option holds the variable's name or a path.

    Args:
        values: the options that are given, by key, each valid.
        notes: what was found, in lines of text without control characters, by the option that they are about.
    """
    blocks = [
        "# workloads-conformance: what is judged, and how. `workloads-conformance run --help` lists every option."
    ]
    for option in OPTIONS:
        if option.key in values:
            lines = [option.help, *notes.get(option.key, ())]
            blocks.append(_comment(lines) + f"{option.key} = {_value(values[option.key])}")
    blocks += [
        _comment([option.help]) + f"# {option.key} = {_value(_SUGGESTED[option.key])}"
        for option in OPTIONS
        if option.key in _SUGGESTED and option.key not in values
    ]
    blocks.append(_comment(["The product under test, as the report names it."]) + _table(values.get(TABLE, {})))
    return "\n\n".join(blocks) + "\n"


def _comment(lines: Iterable[str]) -> str:
    return "".join(f"# {line}\n" for line in lines)


def _table(given: Mapping[str, str]) -> str:
    """Returns the table of the product; as a comment, if nothing is given of it."""
    mark = "" if given else "# "
    lines = [
        f"{mark}{name} = {_value(given.get(name, ''))}"
        for name in IMPLEMENTATION["properties"]
        if not given or name in given
    ]
    return "\n".join([f"{mark}[{TABLE}]", *lines])


def _value(value: object) -> str:
    """Returns a value as TOML; JSON writes texts, numbers, booleans and lists as TOML does, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
