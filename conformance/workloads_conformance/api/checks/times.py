"""Timestamps, by RFC 3339 to the letter."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from jsonschema_rs import Draft202012Validator

_DATE_TIME = Draft202012Validator({"type": "string", "format": "date-time"}, validate_formats=True)
_LEAP = re.compile(r"(?<=:\d\d):60")


def is_timestamp(value: object) -> bool:
    """True for a date-time of RFC 3339, 5.6: letters in either case, any fraction, an offset, 60 for a leap second."""
    return _DATE_TIME.is_valid(value)


def instant(value: object) -> datetime | None:
    """Returns an RFC 3339 timestamp as a time, to the microsecond; None for anything else.

    A leap second is the first of the next minute; the year 0, which Python does not know, is not a time here.
    """
    if not isinstance(value, str) or not is_timestamp(value):
        return None
    text, leaps = _LEAP.subn(":59", value.upper(), count=1)
    try:
        return datetime.fromisoformat(text) + timedelta(seconds=leaps)
    except (ValueError, OverflowError):
        return None
