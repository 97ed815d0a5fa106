"""All faults and variants, and the choice among them."""

from __future__ import annotations

import difflib
import fnmatch
import importlib
import pkgutil
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, ModuleType
from typing import TypeVar

from workloads_conformance.errors import UsageError

from . import faults, variants
from .declare import DECLARED, Fault, Patch, Variant

T = TypeVar("T")
Named = TypeVar("Named", Fault, Variant)
_TOGETHER = 3
"""Variants in one combination."""


@dataclass(frozen=True, slots=True)
class HonestServer:
    """The variants that one server has; one alone is an honest server, too."""

    variants: tuple[Variant, ...]

    @property
    def name(self) -> str:
        """The names, joined."""
        return " + ".join(variant.name for variant in self.variants)

    @property
    def sentence(self) -> str:
        """The sentences, joined."""
        return " ".join(variant.sentence for variant in self.variants)


@cache
def load_faults() -> Mapping[str, Fault]:
    """Returns the faults by name, in the order in which they are in their modules."""
    _import_all(faults)
    return MappingProxyType(DECLARED.faults)


@cache
def load_variants() -> Mapping[str, Variant]:
    """Returns the variants by name."""
    _import_all(variants)
    return MappingProxyType(DECLARED.variants)


def _import_all(package: ModuleType) -> None:
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def patch_of(name: str) -> Patch:
    """Returns the patch of a fault or a variant."""
    return load_faults()[name].patch if name in load_faults() else load_variants()[name].patch


def known(name: str) -> str:
    """Returns the name of a fault or a variant.

    Raises:
        UsageError: none has it.
    """
    names = [*load_faults(), *load_variants()]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`workloads-conformance self-check --list` shows them all."
        raise UsageError(f"no fault is named {name!r:.100}; {hint}")
    return name


def chosen(what: Mapping[str, Named], globs: Sequence[str], kind: str) -> list[Named]:
    """Returns those whose name one of the globs fits, in catalogue order.

    Raises:
        UsageError: a glob fits none.
    """
    for glob in globs:
        if not fnmatch.filter(what, glob):
            example = next(iter(what))
            raise UsageError(f"no {kind} is named {glob!r}; names look like {example}, and --list shows them all.")
    return [found for name, found in what.items() if any(fnmatch.fnmatchcase(name, glob) for glob in globs)]


def sample(what: Sequence[T], size: int, seed: int) -> list[T]:
    """Returns `size` of them in their order, drawn by the seed."""
    if size >= len(what):
        return list(what)
    drawn = random.Random(seed).sample(range(len(what)), size)  # noqa: S311 - no secret
    return [what[index] for index in sorted(drawn)]


def combinations(variants: Sequence[Variant], count: int, seed: int) -> list[HonestServer]:
    """Returns `count` combinations of variants that do not exclude each other, drawn by the seed."""
    generator = random.Random(seed)  # noqa: S311 - no secret
    found: dict[str, HonestServer] = {}
    for _ in range(count * 20):
        together: list[Variant] = []
        for variant in generator.sample(list(variants), len(variants)):
            if len(together) < _TOGETHER and not any(_clash(variant, other) for other in together):
                together.append(variant)
        if len(together) == _TOGETHER and len(found) < count:
            honest_server = HonestServer(tuple(sorted(together, key=lambda variant: variant.name)))
            found.setdefault(honest_server.name, honest_server)
    return list(found.values())


def _clash(one: Variant, other: Variant) -> bool:
    return _named(one, other.clashes) or _named(other, one.clashes)


def _named(variant: Variant, names: Collection[str]) -> bool:
    return variant.name.partition("/")[2] in names
