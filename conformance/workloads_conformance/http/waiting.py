"""How long a target asks its clients to wait: Retry-After, and how many requests it says are left."""

from __future__ import annotations

import email.utils
import re

from .messages import Response

_LONGEST_DATE = 100
_UNSAID = 1.0
"""Seconds that are waited where a busy target does not say how long."""

_PREFIXES = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
_NUMBER = re.compile(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)")
_SHORT = re.compile(r";\s*([rt])=([0-9]{1,12})")
_EPOCH = 1_000_000_000
"""A reset that is later than this is not a number of seconds, but a time since 1970."""


def retry_after(answer: Response, now: float) -> float:
    """Returns the seconds for which an answer asks to wait (RFC 9110, 10.2.3); 1 s where it does not say.

    A date is by the clock of whoever answers: what counts is how long it is after the answer's own Date. `now`, in
    seconds since 1970, is for an answer without one.
    """
    value = (answer.header("retry-after") or "").strip()[:_LONGEST_DATE]
    if value.isascii() and value.isdigit():
        return float(value)
    until = _time(value)
    if until is None:
        return _UNSAID
    sent = _time((answer.header("date") or "").strip()[:_LONGEST_DATE])
    return max(0.0, until - (now if sent is None else sent))


def limits_in(answer: Response, now: float) -> tuple[float, float, float] | None:
    """Returns how many requests are left, for how many seconds, and of how many, if an answer says so.

    Both forms of the IETF's drafts are read, `RateLimit-Remaining` and `RateLimit: "name";r=1;t=2`, and their
    forerunners with X-.
    """
    if short := answer.header("ratelimit"):
        found = {name: float(number) for name, number in _SHORT.findall(short[:1000])}
        return (found["r"], found["t"], 0.0) if found.keys() >= {"r", "t"} else None
    for prefix in _PREFIXES:
        remaining, reset = _number(answer, prefix + "remaining"), _number(answer, prefix + "reset")
        if remaining is not None and reset is not None:
            seconds = reset - now if reset > _EPOCH else reset
            return remaining, max(0.0, seconds), _number(answer, prefix + "limit") or 0.0
    return None


def _number(answer: Response, name: str) -> float | None:
    found = _NUMBER.match(answer.header(name) or "")
    return float(found.group(1)) if found else None


def _time(value: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
