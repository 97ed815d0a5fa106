"""What a specimen is: one shape that people send, who sends it, and what a server owes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

ANY_FORM: Final = "any"
JSON_ONLY: Final = "json"
BLOCK_ONLY: Final = "block"


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """One shape of manifest that people send.

    Attributes:
        name: its group and its own name, such as texts/crlf. Unique.
        value: what is sent, as its places take it (see `places`): a text, a number, a map of members, or a tuple of
            paths and values. What a `fragment` means, if there is one.
        sender: who sends it.
        places: where it may stand, by name.
        must_be_taken: whether no honest server could refuse it. One that takes it gives it back, in either case.
        large: whether it is so large that it is shown apart from the others.
        dry_run_only: whether a cluster that acts on it would harm the workload or keep it from going away.
        forms: the forms that can carry it: ANY_FORM, JSON_ONLY (YAML 1.1 and 1.2 do not agree on it) or BLOCK_ONLY.
        fragment: how YAML in block style writes the value; empty if that follows from the value.
    """

    name: str
    value: Any
    sender: str
    places: tuple[str, ...]
    must_be_taken: bool = True
    large: bool = False
    dry_run_only: bool = False
    forms: str = ANY_FORM
    fragment: str = ""

    def __repr__(self) -> str:
        return self.name
