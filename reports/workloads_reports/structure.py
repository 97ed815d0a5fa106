"""From the JSON of a report to the model: the inverse of `to_json`, for values that are valid by the schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from cattrs import Converter

from .model import Report


def structured(value: Mapping[str, Any]) -> Report:
    """Returns the report that a JSON value stands for; members that the model does not know are left out.

    Raises:
        ValueError, OverflowError: a text is not a day, or not an instant with a time zone.
    """
    flat = {
        **value,
        "suite_version": value["suite"]["version"],
        "target_url": value["target"]["url"],
        "embedded": value["target"].get("embedded", False),
        "exchanges": value["counts"]["exchanges"],
        # Their members are beside those of the result, and of what became of the waiver.
        "requirements": [{**result, "requirement": result} for result in value["requirements"]],
        "waivers": [{**use, "waiver": use} for use in value["waivers"]],
    }
    return _CONVERTER.structure(flat, Report)


def _day(text: str, _type: object) -> date:
    return date.fromisoformat(text)


def _instant(text: str, _type: object) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} is an instant without a time zone")
    return moment.astimezone(UTC)


_CONVERTER = Converter(detailed_validation=False)
_CONVERTER.register_structure_hook(date, _day)
_CONVERTER.register_structure_hook(datetime, _instant)
