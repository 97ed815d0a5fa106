"""Answers, and what tests ask of them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workloads_conformance.checks import excerpt
from workloads_conformance.client import Exchange, workload_id

EXACT = 2**53
"""Integers up to this are numbers of their own as doubles, too."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange that has a response."""

    exchange: Exchange

    @property
    def status(self) -> int:
        """The status code."""
        assert self.exchange.response is not None
        return self.exchange.response.status

    @property
    def body(self) -> Any:  # noqa: ANN401 - any JSON value
        """The body as JSON; None if it is not readable as such."""
        assert self.exchange.response is not None
        return self.exchange.response.json.value

    def at(self, *path: str) -> Any:  # noqa: ANN401 - any JSON value
        """Returns the member at `path` of the body; None where there is none."""
        value = self.body
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    @property
    def workload(self) -> dict[str, Any]:
        """The WorkloadV2 in the body, which GET wraps; empty if there is none."""
        found = self.at("workload") if self.exchange.request.method == "GET" else self.body
        return found if isinstance(found, dict) else {}

    @property
    def metadata(self) -> dict[str, Any]:
        """The workload's metadata; empty if there is none."""
        found = self.workload.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def id(self) -> str:
        """The workload's id, if it is a UUID, as the contract has it; empty otherwise. Nothing else enters a path."""
        found = self.metadata.get("id")
        return str(found) if workload_id(found) is not None else ""

    def __str__(self) -> str:
        return excerpt(self.exchange)


def is_success(answer: Answer) -> bool:
    """True for a 2xx."""
    return 200 <= answer.status < 300  # noqa: PLR2004 - 2xx


def is_server_error(answer: Answer) -> bool:
    """True for a 5xx, which tells nothing of the state of a workload."""
    return answer.status >= 500  # noqa: PLR2004 - 5xx


def is_gone(answer: Answer) -> bool:
    """True if an answer to GET shows that the workload is deleted: 404, or a workload marked as deleted."""
    if answer.status == 404:  # noqa: PLR2004 - documented
        return True
    return is_success(answer) and (
        answer.metadata.get("deletedAt") is not None or answer.at("syncInfo", "status") == "Deleted"
    )


def is_settled(answer: Answer) -> bool:
    """True if an answer to GET shows a workload that the platform is done with, or of which that is not said."""
    return is_success(answer) and answer.at("syncInfo", "status") in (None, "Synced", "Failed")


def is_at_rest(answer: Answer) -> bool:
    """True if an answer to GET shows a workload, and says that the platform is done with it."""
    return is_success(answer) and answer.at("syncInfo", "status") in ("Synced", "Failed")


def identical(one: object, other: object) -> bool:
    """True if two JSON values are the same: true is not 1, but 1 is 1.0, for JSON has only numbers (RFC 8259, 6).

    Integers beyond 53 bits are the same if they are as doubles, which is all that the same section lets one rely on.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(identical(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float) and max(abs(one), abs(other)) > EXACT:
        return as_double(one) == as_double(other)
    return one == other


def as_double(number: float) -> float:
    """Returns a number as a double, infinite where it is too large for one."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def shown(value: object) -> str:
    """A value as a finding shows it: texts as they are, JSON as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def is_uuid(text: str) -> bool:
    """True for a UUID in its canonical notation."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
