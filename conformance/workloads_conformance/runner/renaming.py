"""How a request is sent once more, so that it does what it did."""

from __future__ import annotations

from typing import Protocol

from workloads_conformance.http import Exchange, Request

from .answers import Answer


class Renaming(Protocol):
    """Makes of requests that were sent once those that can be sent again."""

    def learn(self, then: Exchange, now: Answer) -> None:
        """Notes what a request was answered then, and what it was answered this time."""
        ...

    def request(self, request: Request) -> Request:
        """Returns the request as it has to be sent this time."""
        ...


class AsItWas:
    """Leaves requests as they are."""

    def learn(self, then: Exchange, now: Answer) -> None:
        """Notes nothing."""

    def request(self, request: Request) -> Request:
        """Returns the request."""
        return request
