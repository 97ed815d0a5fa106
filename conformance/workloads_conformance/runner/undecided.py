"""Why a case judges nothing."""

from __future__ import annotations

from workloads_conformance.http import Exchange


class UndecidedError(Exception):
    """The case judges nothing: a control was refused, or an answer did not come. The text says why.

    Attributes:
        exchange: that in which it showed; None if it was no single one.
        final: whether it would come out the same if the case was tried once more.
    """

    def __init__(self, reason: str, exchange: Exchange | None = None, *, final: bool = False) -> None:
        super().__init__(reason)
        self.exchange, self.final = exchange, final


class UntestableError(Exception):
    """The case cannot be tried with what the run was given. The text says what is missing."""
