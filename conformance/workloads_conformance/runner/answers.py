"""Answers: what tests ask of an exchange that has a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workloads_conformance.http import Exchange

from .judgement import excerpt


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
    def body(self) -> Any:
        """The body as JSON; None if it is not readable as such."""
        assert self.exchange.response is not None
        return self.exchange.response.json.value

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.exchange.request.method

    def __str__(self) -> str:
        return excerpt(self.exchange)


def is_success(answer: Answer) -> bool:
    """True for a 2xx."""
    return 200 <= answer.status < 300


def is_server_error(answer: Answer) -> bool:
    """True for a 5xx, which says nothing about the state of what is read."""
    return answer.status >= 500
