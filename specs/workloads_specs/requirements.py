"""The requirement catalogue: every clause a server is judged on, with its place in the contract."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from .errors import CatalogueError
from .fragments import FRAGMENTS, load_fragment
from .pointers import resolve

_ID = re.compile(r"WV2-[A-Z]+-\d{3}\Z")
_MEMBERS = {"id", "title", "level", "operation", "area", "source", "rationale"}
_OPTIONAL = {"rationale"}
OPERATIONS = ("create", "get", "update", "delete", "any")


class Level(StrEnum):
    """How binding a requirement is.

    MUST: the schema, the documented status codes, prose with one reading. SHOULD: inference from prose, or an RFC the
    contract leans on. OBSERVE: left open by the contract; the answer is recorded and never a failure.
    """

    MUST = "MUST"
    SHOULD = "SHOULD"
    OBSERVE = "OBSERVE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a requirement is: a fragment and a JSON pointer in it, or a document such as an RFC and a section."""

    document: str
    location: str
    quote: str

    def __str__(self) -> str:
        return f"{self.document} {self.location}"

    @property
    def clause(self) -> str:
        """The quote, a single value with the keyword that it is of: `maxLength: 63`."""
        keyword = self.location.rpartition("/")[2]
        return f"{keyword}: {self.quote}" if keyword.isalpha() and len(self.quote.split()) == 1 else self.quote


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One clause that a server can satisfy or violate."""

    id: str
    title: str
    level: Level
    operation: str
    area: str
    source: Source
    rationale: str = ""


class Catalogue(Mapping[str, Requirement]):
    """The requirements by id, in the order of the catalogue file."""

    def __init__(self, requirements: list[Requirement]) -> None:
        self._by_id: dict[str, Requirement] = {}
        for requirement in requirements:
            if requirement.id in self._by_id:
                raise CatalogueError(
                    f"{requirement.id} is duplicated in the catalogue; ids are never shared or reused."
                )
            self._by_id[requirement.id] = requirement

    def __getitem__(self, identifier: str) -> Requirement:
        return self._by_id[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


def load_catalogue(text: str | None = None) -> Catalogue:
    """Returns the catalogue, every entry checked against the contract.

    Args:
        text: the catalogue as TOML; the shipped one if left out.

    Raises:
        CatalogueError: an id is malformed or duplicated, a level or operation is unknown, a member is missing or
            unknown, a pointer does not resolve, or the quote is not at the pointer.
    """
    return _shipped() if text is None else _read(text)


@cache
def _shipped() -> Catalogue:
    return _read(files("workloads_specs").joinpath("v2_24/requirements.toml").read_text(encoding="utf-8"))


def _read(text: str) -> Catalogue:
    try:
        entries = tomllib.loads(text).get("requirement", [])
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"the catalogue is not TOML: {error}.") from None
    return Catalogue([_requirement(entry) for entry in entries])


def _requirement(entry: dict[str, Any]) -> Requirement:
    name = entry.get("id", "an entry without id")
    if wrong := sorted(entry.keys() - _MEMBERS) + sorted(_MEMBERS - _OPTIONAL - entry.keys()):
        raise CatalogueError(f"{name}: {', '.join(wrong)} is unknown or missing; members are {sorted(_MEMBERS)}.")
    if not _ID.match(entry["id"]):
        raise CatalogueError(f"{name}: an id looks like WV2-CREATE-007.")
    if entry["level"] not in Level.__members__:
        raise CatalogueError(f"{name}: level {entry['level']!r} is none of {', '.join(Level)}.")
    if entry["operation"] not in OPERATIONS:
        raise CatalogueError(f"{name}: operation {entry['operation']!r} is none of {', '.join(OPERATIONS)}.")
    source = _source(name, entry["source"])
    return Requirement(**{**entry, "level": Level(entry["level"]), "source": source})


def _source(name: str, entry: dict[str, str]) -> Source:
    if entry.keys() == {"fragment", "pointer", "quote"}:
        _check_quote(name, entry["fragment"], entry["pointer"], entry["quote"])
        return Source(document=f"{entry['fragment']}.json", location=entry["pointer"], quote=entry["quote"])
    if entry.keys() == {"document", "section", "quote"} and all(entry.values()):
        return Source(document=entry["document"], location=f"section {entry['section']}", quote=entry["quote"])
    raise CatalogueError(f"{name}: a source has fragment, pointer and quote, or document, section and quote.")


def _check_quote(name: str, fragment: str, pointer: str, quote: str) -> None:
    if fragment not in FRAGMENTS:
        raise CatalogueError(f"{name}: fragment {fragment!r} is none of {', '.join(FRAGMENTS)}.")
    try:
        found = resolve(load_fragment(fragment), pointer)
    except LookupError as error:
        raise CatalogueError(f"{name}: pointer {pointer!r} does not resolve in {fragment}.json: {error}.") from None
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    if not quote or quote not in text:
        raise CatalogueError(f"{name}: {quote!r} is not at {pointer} of {fragment}.json, which is {text!r}.")
