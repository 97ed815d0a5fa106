"""The elements of the contract, down to its keywords, and what a run made of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ElementCoverage(StrEnum):
    """What a run showed of an element of the contract."""

    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNDECIDED = "undecided"
    NON_NORMATIVE = "non-normative"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the contract.

    Attributes:
        name: where it is, such as `create request /metadata/name: maxLength`, or the words of a sentence.
        kind: what it is: a keyword such as `maxLength`, `member`, `status`, `sentence` and their like.
        requirements: ids of the requirements that judge it.
        non_normative: why there are none; empty if there are.
    """

    name: str
    kind: str
    requirements: tuple[str, ...]
    non_normative: str = ""
