"""What commands and scripts are about: the target, how it is reached, and what stands for the token."""

from __future__ import annotations

from dataclasses import dataclass

from workloads_conformance.output import Redactor

from .steps import Bodies, Given
from .way import Way


@dataclass(frozen=True, slots=True)
class Subject:
    """What is said of a run to whoever writes its requests down.

    Attributes:
        target: the base URL, without a slash at its end.
        token_name: the variable that stands for the token.
        redactor: hides secrets.
        bodies: where bodies go that a command line cannot carry.
        given: where an answer has the id of what its request made.
        way: how the target is reached.
    """

    target: str
    token_name: str
    redactor: Redactor
    bodies: Bodies
    given: Given
    way: Way = Way()  # noqa: RUF009 - frozen
