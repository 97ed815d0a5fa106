"""The pieces of the contract, down to its keywords, and what a run made of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """What a run showed of a piece of the contract."""

    KEPT = "kept"
    BROKEN = "broken"
    UNDECIDED = "undecided"
    BINDS_NOBODY = "binds-nobody"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the contract.

    Attributes:
        name: where it stands, such as `create request /metadata/name: maxLength`, or the words of a sentence.
        kind: what it is: a keyword such as `maxLength`, `member`, `status`, `sentence` and their like.
        requirements: ids of the requirements that judge it.
        binds_nobody: why there are none; empty if there are.
    """

    name: str
    kind: str
    requirements: tuple[str, ...]
    binds_nobody: str = ""
