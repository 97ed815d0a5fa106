"""How a fault and a variant are declared: as the function that makes the change, its docstring the sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Patch = Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A wrong server.

    Attributes:
        name: its area and its own name, as in `create/name-of-64-is-taken`.
        sentence: what a client would suffer.
        requirements: ids of which at least one has to be found violated.
        also: ids, or globs of ids, that are broken of necessity by the same change.
        provoked_by: ids whose tests send what shows the fault, where they are not those of `requirements`.
        patch: makes the change in the process that it is called in.
    """

    name: str
    sentence: str
    requirements: tuple[str, ...]
    also: tuple[str, ...]
    provoked_by: tuple[str, ...]
    patch: Patch

    @property
    def area(self) -> str:
        """What the fault is about."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """An honest server that uses what the contract leaves open. `clashes` names variants that it excludes."""

    name: str
    sentence: str
    clashes: tuple[str, ...]
    patch: Patch


@dataclass(slots=True)
class Declarations:
    """What the modules of faults and variants have declared so far."""

    faults: dict[str, Fault] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)


DECLARED = Declarations()


def fault(
    *requirements: str, also: tuple[str, ...] = (), provoked_by: tuple[str, ...] = ()
) -> Callable[[Patch], Patch]:
    """Declares the decorated patch a fault, of the area that its module is named for."""

    def declare(patch: Patch) -> Patch:
        name = f"{patch.__module__.rpartition('.')[2].replace('_', '-')}/{_spoken(patch)}"
        assert name not in DECLARED.faults, f"two faults are named {name}"
        DECLARED.faults[name] = Fault(
            name=name,
            sentence=_sentence(patch),
            requirements=requirements,
            also=also,
            provoked_by=provoked_by,
            patch=patch,
        )
        return patch

    return declare


def variant(*, clashes: tuple[str, ...] = ()) -> Callable[[Patch], Patch]:
    """Declares the decorated patch a variant."""

    def declare(patch: Patch) -> Patch:
        name = f"variant/{_spoken(patch)}"
        assert name not in DECLARED.variants, f"two variants are named {name}"
        DECLARED.variants[name] = Variant(name=name, sentence=_sentence(patch), clashes=clashes, patch=patch)
        return patch

    return declare


def _spoken(patch: Patch) -> str:
    return patch.__name__.strip("_").replace("_", "-")


def _sentence(patch: Patch) -> str:
    return " ".join((patch.__doc__ or "").split())
