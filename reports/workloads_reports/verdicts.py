"""The words of a judgement: on one requirement, and on a target."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a run can say about one requirement."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_TESTED = "not-tested"
    WAIVED = "waived"
    ERROR = "error"


class RunVerdict(StrEnum):
    """What a run says about the target as a whole."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
