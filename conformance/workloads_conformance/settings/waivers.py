"""Reads a waiver file: which failures somebody answers for, until when, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError
from workloads_reports import Waiver
from workloads_specs import Level, Requirement

from .validation import check, read_toml, refuse_unknown

_TEXT = {"type": "string", "minLength": 1, "pattern": r"\S"}
_MEMBERS: dict[str, dict[str, Any]] = {
    "requirement": _TEXT,
    "finding": _TEXT,
    "code": _TEXT,
    "owner": _TEXT,
    "reason": _TEXT,
    "link": {"type": "string", "pattern": r"^https?://\S+\Z", "examples": ["https://tracker.example.com/1"]},
    "expires": _TEXT,
}
_REQUIRED = [key for key in _MEMBERS if key not in ("finding", "code")]
_MOST = 1000
"""Waivers that a report may hold."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def load_waivers(path: Path, catalogue: Mapping[str, Requirement]) -> tuple[Waiver, ...]:
    """Returns the waivers in a TOML file, a `[[waiver]]` each. An expired one is not an error here: the run says so.

    Raises:
        UsageError: the file cannot be read; a member is missing, unknown or malformed; a requirement is not in the
            catalogue, or cannot fail; two waivers are for the same thing.
    """
    values = read_toml(path, "--waivers")
    refuse_unknown(str(path), values, ["waiver"], kind="table of a waiver file")
    entries = values.get("waiver", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{path}: waiver is not a list of tables; write each waiver under [[waiver]].")
    if len(entries) > _MOST:
        raise UsageError(f"{path} holds {len(entries)} waivers; expected at most {_MOST}.")
    waivers = [_waiver(f"{path}, waiver {number}", entry, catalogue) for number, entry in enumerate(entries, 1)]
    for number, waiver in enumerate(waivers):
        for earlier in waivers[:number]:
            if _subject(earlier) == _subject(waiver):
                raise UsageError(f"{path}: {waiver.requirement} is waived twice for the same; keep one of them.")
    return tuple(waivers)


def _waiver(source: str, entry: Mapping[str, Any], catalogue: Mapping[str, Requirement]) -> Waiver:
    refuse_unknown(source, entry, _MEMBERS, kind="member of a waiver")
    for key in _REQUIRED:
        if key not in entry:
            raise UsageError(f"{source}: {key} is missing; a waiver has {', '.join(_REQUIRED)}.")
    for key in [key for key in _MEMBERS if key in entry and key != "expires"]:
        check(_MEMBERS[key], source, key, entry[key])
    if "finding" in entry and "code" in entry:
        raise UsageError(f"{source}: finding and code both say which findings are waived; keep one of them.")
    refuse_unknown(source, [entry["requirement"]], catalogue, kind="requirement")
    if catalogue[entry["requirement"]].level is Level.OBSERVE:
        raise UsageError(f"{source}: {entry['requirement']} is of level OBSERVE and never fails; remove its waiver.")
    return Waiver(**{**entry, "expires": _day(source, entry["expires"])})


def _subject(waiver: Waiver) -> tuple[str, str, str]:
    return waiver.requirement, waiver.finding, waiver.code


def _day(source: str, value: object) -> date:
    """Reads a day, as TOML writes one or as a text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise UsageError(f"{source}: expires is {str(value)!r}; expected a day such as 2030-01-31.")
