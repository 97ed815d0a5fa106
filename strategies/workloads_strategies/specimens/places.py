"""Where a specimen may be in a manifest, and how it is put there."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from workloads_strategies.kinds import KINDS, Kind, Path

from .model import Specimen

Parts = tuple[tuple[Path, Any], ...]
"""Paths and values. A path begins with a member of the manifest, or with `pod` for the kind's first pod spec, with the
name of the one kind that has it, or with `loose` for where any JSON may stand. A step + appends to a list."""

_LOOSE: Final[Path] = ("metadata", "managedFields", 0, "fieldsV1")
"""The one part of every Kubernetes object that holds any members. Only what may be refused is there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place for specimens.

    Attributes:
        name: its name.
        shown: how a finding calls it.
        parts: what a specimen adds to a manifest here.
    """

    name: str
    shown: str
    parts: Callable[[Specimen], Parts]

    def stands_in(self, kind: Kind, specimen: Specimen) -> bool:
        """True if manifests of a kind have this place: some have no pods, some take a part of a pod spec only."""
        for path, _ in self.parts(specimen):
            if path[0] in KINDS and path[0] != kind.name:
                return False
            if path[0] == "pod" and not kind.pod_specs:
                return False
            if path[0] == "pod" and not kind.whole_pods and path[:3] != ("pod", "containers", 0):
                return False
        return True


def _key(specimen: Specimen) -> str:
    return f"example.com/{_word(specimen)}"


def _word(specimen: Specimen) -> str:
    return specimen.name.replace("/", ".")


def _name(specimen: Specimen) -> str:
    """A DNS label of at most 63 characters."""
    return specimen.name.replace("/", "-").replace(".", "-")


def _variable(specimen: Specimen) -> dict[str, Any]:
    return {"name": _name(specimen).replace("-", "_").upper(), "value": specimen.value}


def _members(*path: str) -> Callable[[Specimen], Parts]:
    return lambda specimen: tuple(((*path, key), value) for key, value in specimen.value.items())


def _toleration(specimen: Specimen) -> dict[str, Any]:
    return {
        "key": _key(specimen),
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": specimen.value,
    }


PLACES: Final[Mapping[str, Place]] = {
    place.name: place
    for place in (
        Place("annotation", "metadata.annotations", lambda it: ((("metadata", "annotations", _key(it)), it.value),)),
        Place("label", "metadata.labels", lambda it: ((("metadata", "labels", _key(it)), it.value),)),
        Place("env", "env of a container", lambda it: ((("pod", "containers", 0, "env", "+"), _variable(it)),)),
        Place("arg", "args of a container", lambda it: ((("pod", "containers", 0, "args", "+"), it.value),)),
        Place("command", "command of a container", lambda it: ((("pod", "containers", 0, "command", "+"), it.value),)),
        Place("annotation keys", "the keys of metadata.annotations", _members("metadata", "annotations")),
        Place("label keys", "the keys of metadata.labels", _members("metadata", "labels")),
        Place("node selector keys", "the keys of a nodeSelector", _members("pod", "nodeSelector")),
        Place("toleration", "tolerationSeconds of a pod", lambda it: ((("pod", "tolerations", "+"), _toleration(it)),)),
        Place(
            "quantity",
            "sizeLimit of a volume",
            lambda it: ((("pod", "volumes", "+"), {"name": _name(it), "emptyDir": {"sizeLimit": it.value}}),),
        ),
        Place(
            "projected volume",
            "a projected volume",
            lambda it: ((("pod", "volumes", "+"), {"name": _name(it), "projected": it.value}),),
        ),
        Place("loose", "metadata.managedFields", lambda it: ((("loose", _word(it)), it.value),)),
        Place("its own", "its own place", lambda it: it.value),
    )
}
"""The places by name."""


def put(manifest: dict[str, Any], kind: Kind, parts: Parts) -> list[Path]:
    """Adds parts to a manifest of `kind`, and returns the path at which each stands now.

    Raises:
        ValueError: a part would be where something stands already.
    """
    return [_put_one(manifest, _resolved(manifest, kind, path), value) for path, value in parts]


def _resolved(manifest: dict[str, Any], kind: Kind, path: Path) -> Path:
    if path[0] == "pod":
        return (*kind.pod_specs[0], *path[1:])
    if path[0] in KINDS:
        return path[1:]
    if path[0] == "loose":
        entry = {
            "manager": "kubectl",
            "operation": "Update",
            "apiVersion": kind.api_version,
            "time": "2024-01-31T00:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {},
        }
        manifest.setdefault("metadata", {}).setdefault("managedFields", [entry])
        return (*_LOOSE, *path[1:])
    return path


def _put_one(manifest: dict[str, Any], path: Path, value: Any) -> Path:
    here: Any = manifest
    for step, following in itertools.pairwise(path):
        if isinstance(here, dict):
            here.setdefault(step, [] if following == "+" else {})
        here = here[step]
    last = path[-1]
    if last == "+":
        here.append(copy.deepcopy(value))
        return (*path[:-1], len(here) - 1)
    if last in here:
        raise ValueError(f"{path}: something stands there already.")
    here[last] = copy.deepcopy(value)
    return path
