"""What a rule says of a difference, and the clauses that the coverage map has for a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache

from workloads_specs import Catalogue, Level, load_catalogue, load_coverage

from .places import Part, Place

_BAD_REQUEST = 400


class Ruling(StrEnum):
    """What a difference is by the contract. Only the first two are drawn."""

    FAULT = "fault"
    LEGAL = "legal"
    OPEN = "open"
    NONE = "no difference"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling: why, in a sentence, and, of a fault, the ids of the clauses of which it violates at least one."""

    ruling: Ruling
    why: str
    clauses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert bool(self.clauses) is (self.ruling is Ruling.FAULT), f"{self} has clauses if, and only if, it is a fault"


def fault(why: str, clauses: Iterable[str]) -> Ruled:
    """Returns the ruling that a difference violates one of these clauses."""
    return Ruled(Ruling.FAULT, why, tuple(dict.fromkeys(clauses)))


def legal(why: str) -> Ruled:
    """Returns the ruling that the contract allows a difference."""
    return Ruled(Ruling.LEGAL, why)


def left_open(why: str) -> Ruled:
    """Returns the ruling that the contract does not say, or that no client can surely see it."""
    return Ruled(Ruling.OPEN, why)


NO_DIFFERENCE = Ruled(Ruling.NONE, "The operator changes no value that can be there.")


@cache
def catalogue() -> Catalogue:
    """Returns the catalogue, read once."""
    return load_catalogue()


@cache
def binding() -> tuple[str, ...]:
    """Returns the ids of every MUST and SHOULD."""
    return tuple(name for name, found in catalogue().items() if found.level is not Level.OBSERVE)


@cache
def covering(*patterns: str) -> tuple[str, ...]:
    """Returns the ids of the MUST and SHOULD that judge the elements whose names fit, as the coverage map has them."""
    found = (
        name
        for element, mapping in load_coverage().items()
        if any(fnmatchcase(element, pattern) for pattern in patterns)
        for name in mapping.requirements
        if catalogue()[name].level is not Level.OBSERVE
    )
    return tuple(dict.fromkeys(found))


def clauses_of(place: Place) -> tuple[str, ...]:
    """Returns the clauses of a place and its keywords.

    A status that only an erratum documents has no element; its body is what every other refusal's is.
    """
    element = place.element
    found = covering(element, f"{element}: *")
    if not found and place.status >= _BAD_REQUEST and place.part in (Part.ANSWER, Part.HEADER):
        found = covering(element.replace(str(place.status), "404"))
    return found


def meaning_of(place: Place) -> tuple[str, ...]:
    """Returns the clauses on what a member says, beyond those on the shape of the body that it is in."""
    statuses = (place.status, 404) if place.status >= _BAD_REQUEST else (place.status,)
    shape = set(covering(*(f"{place.operation} {status} /" for status in statuses)))
    return tuple(name for name in clauses_of(place) if name not in shape)
