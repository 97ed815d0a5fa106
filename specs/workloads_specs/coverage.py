"""What becomes of each piece of the contract: the requirements that judge it, or the reason why it binds nobody."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from .bundle import load_contract
from .elements import elements, sentences
from .errors import CoverageError
from .requirements import Catalogue, load_catalogue

_KINDS = ({"requirements"}, {"binds_nobody"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one piece of the contract: ids of requirements, or, where there are none, why it binds nobody."""

    requirements: tuple[str, ...]
    binds_nobody: str = ""


@cache
def load_coverage() -> Mapping[str, Fate]:
    """Returns the fate of every element and every sentence of the contract, by its name or its words.

    Raises:
        CoverageError: something in the contract has no fate, or two; an entry names nothing that is in the contract, or
            a requirement that does not exist; or a requirement that is founded on the contract judges nothing in it.
    """
    return read_coverage(files("workloads_specs").joinpath("v2_24/coverage.toml").read_text(encoding="utf-8"))


def read_coverage(text: str) -> Mapping[str, Fate]:
    """Returns what `text`, in the form of coverage.toml, says; raises as `load_coverage` does."""
    told = tomllib.loads(text)
    contract, catalogue = load_contract(literal=True), load_catalogue()
    names, words = elements(contract), sentences(contract)
    fates: dict[str, Fate] = {}
    for entry in told["element"]:
        chosen = [name for name in names if _named(name, entry)]
        for pattern in entry["names"]:
            if not any(fnmatchcase(name, pattern) for name in chosen):
                raise CoverageError(f"{pattern!r} names nothing in the contract that its exceptions leave.")
        _give(fates, chosen, entry, catalogue)
    for entry in told["sentence"]:
        if entry["text"] not in words:
            raise CoverageError(f"{entry['text']!r} is no sentence of the contract.")
        _give(fates, [entry["text"]], entry, catalogue)
    if missing := [piece for piece in (*names, *words) if piece not in fates]:
        raise CoverageError(f"nothing is said of {len(missing)} pieces of the contract, such as {missing[0]!r}.")
    judging = {identifier for fate in fates.values() for identifier in fate.requirements}
    idle = [found.id for found in catalogue.values() if found.id not in judging]
    if idle:
        raise CoverageError(f"{', '.join(idle)} judges nothing in the contract.")
    return fates


def _named(name: str, entry: Mapping[str, Any]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in entry["names"]) and not any(
        fnmatchcase(name, pattern) for pattern in entry.get("except", ())
    )


def _give(fates: dict[str, Fate], pieces: Iterable[str], entry: Mapping[str, Any], catalogue: Catalogue) -> None:
    if entry.keys() - {"names", "except", "text"} not in _KINDS:
        raise CoverageError(f"an entry has requirements or binds_nobody, one of the two: {entry}.")
    requirements = tuple(entry.get("requirements", ()))
    if unknown := [identifier for identifier in requirements if identifier not in catalogue]:
        raise CoverageError(f"{', '.join(unknown)} is no requirement of the catalogue.")
    reason = entry.get("binds_nobody", "")
    for piece in pieces:
        known = fates.get(piece)
        if known is not None and (reason or known.binds_nobody):
            raise CoverageError(f"{piece!r} is said to bind nobody, and to have another fate.")
        before = known.requirements if known else ()
        fates[piece] = Fate(tuple(dict.fromkeys((*before, *requirements))), reason)
