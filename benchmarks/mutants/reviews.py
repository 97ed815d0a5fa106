"""Mutants that survived and were looked at: what each was found to be, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from making import Mutant

REVIEWED = Path(__file__).with_name("reviewed.toml")


class Kind(Enum):
    """What a survivor is: no client can tell it from the original; the contract allows it; or the suite has a gap."""

    EQUIVALENT = "equivalent"
    OPEN = "open"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Review:
    """What was found of one mutant, whose `line` was then the one given."""

    line: str
    kind: Kind
    why: str


class ReviewError(Exception):
    """The file of reviews does not say what it has to; the text names the entry."""


def load_reviews(path: Path = REVIEWED) -> dict[str, Review]:
    """Returns the reviews by the mutant's name.

    Raises:
        ReviewError: an entry is incomplete, of another kind, or of a mutant that has one already.
    """
    found: dict[str, Review] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("reviewed", []):
        try:
            kind, why, mutants = Kind(entry["kind"]), entry["why"], entry["mutants"]
        except (KeyError, ValueError) as error:
            raise ReviewError(f"{path.name}: an entry needs kind, why and mutants: {error} in {entry}") from None
        if twice := found.keys() & mutants.keys():
            raise ReviewError(f"{path.name}: {min(twice)} is reviewed twice")
        found |= {name: Review(line, kind, why) for name, line in mutants.items()}
    return found


def stale(reviews: Mapping[str, Review], mutants: Iterable[Mutant]) -> list[str]:
    """Returns a sentence for each review whose mutant is not what it was."""
    lines = {mutant.name: mutant.line for mutant in mutants}
    return [
        f"{name}: is now {lines[name]!r}" if name in lines else f"{name}: there is no such mutant any more"
        for name, review in reviews.items()
        if lines.get(name) != review.line
    ]
