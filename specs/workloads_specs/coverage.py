"""The coverage map: for each element of the contract, the requirements that judge it, or why it is non-normative."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import cache
from importlib.resources import files
from typing import Any

from .bundle import load_contract
from .elements import elements, sentences
from .errors import CoverageError
from .requirements import Catalogue, load_catalogue

_KINDS = ({"requirements"}, {"non_normative"})


@dataclass(frozen=True, slots=True)
class RequirementMapping:
    """The mapping of one element of the contract: ids of requirements, or, without any, why it is non-normative."""

    requirements: tuple[str, ...]
    non_normative: str = ""


@cache
def load_coverage() -> Mapping[str, RequirementMapping]:
    """Returns the mapping of every element and every sentence of the contract, by its name or its words.

    Raises:
        CoverageError: an element of the contract has no mapping, or both kinds; an entry names no element, or a
            requirement that does not exist; or a requirement judges no element.
    """
    return read_coverage(files("workloads_specs").joinpath("v2_24/coverage.toml").read_text(encoding="utf-8"))


def read_coverage(text: str) -> Mapping[str, RequirementMapping]:
    """Returns what `text`, in the form of coverage.toml, says; raises as `load_coverage` does."""
    told = tomllib.loads(text)
    contract, catalogue = load_contract(literal=True), load_catalogue()
    names, words = elements(contract), sentences(contract)
    mappings: dict[str, RequirementMapping] = {}
    for entry in told["element"]:
        named, excepted = _one_of(entry["names"]), _one_of(entry.get("except", ()))
        chosen = [name for name in names if named(name) and not excepted(name)]
        for pattern in entry["names"]:
            if not any(fnmatchcase(name, pattern) for name in chosen):
                raise CoverageError(f"{pattern!r} matches no element of the contract, or its exceptions leave none.")
        _give(mappings, chosen, entry, catalogue)
    for entry in told["sentence"]:
        if entry["text"] not in words:
            raise CoverageError(f"{entry['text']!r} is not a sentence of the contract.")
        _give(mappings, [entry["text"]], entry, catalogue)
    if missing := [element for element in (*names, *words) if element not in mappings]:
        raise CoverageError(f"{len(missing)} elements of the contract have no mapping, such as {missing[0]!r}.")
    judging = {identifier for mapping in mappings.values() for identifier in mapping.requirements}
    idle = [found.id for found in catalogue.values() if found.id not in judging]
    if idle:
        raise CoverageError(f"{', '.join(idle)} judges no element of the contract.")
    return mappings


def _one_of(patterns: Iterable[str]) -> Callable[[str], object]:
    """Returns what tells whether a name fits one of the patterns: one expression, for there are many names."""
    return re.compile("|".join(map(translate, patterns)) or r"(?!)").match


def _give(
    mappings: dict[str, RequirementMapping], names: Iterable[str], entry: Mapping[str, Any], catalogue: Catalogue
) -> None:
    if entry.keys() - {"names", "except", "text"} not in _KINDS:
        raise CoverageError(f"an entry has either requirements or non_normative: {entry}.")
    requirements = tuple(entry.get("requirements", ()))
    if unknown := [identifier for identifier in requirements if identifier not in catalogue]:
        raise CoverageError(f"{', '.join(unknown)} is not a requirement of the catalogue.")
    reason = entry.get("non_normative", "")
    for element in names:
        known = mappings.get(element)
        if known is not None and (reason or known.non_normative):
            raise CoverageError(f"{element!r} is non-normative in one entry, and has another mapping.")
        before = known.requirements if known else ()
        mappings[element] = RequirementMapping(tuple(dict.fromkeys((*before, *requirements))), reason)
