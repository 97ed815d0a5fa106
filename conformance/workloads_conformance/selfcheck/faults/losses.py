"""What a manifest loses on its way in, in either form: no answer has it, neither rawManifest nor workloadManifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from workloads_conformance.reference import validation
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import wrap
from workloads_conformance.selfcheck.values import deep, of_texts

_COLUMN = 255
_TWICE = re.compile(r"([&+,/<>|\\])\1")
_LATER = ("hostname", "podAffinity", "seccompProfile", "subPathExpr", "subdomain", "topologySpreadConstraints")


def _taken_in(change: Callable[[Any], Any]) -> None:
    """Changes a manifest, at every depth, where it is read from a body."""

    def around(manifest_of: Callable[..., Any]) -> Callable[..., Any]:
        def changed(members: dict[str, Any]) -> object:
            manifest = manifest_of(members)
            return None if manifest is None else deep(manifest, change)

        return changed

    wrap(validation, "manifest_of", around)


def _of_maps(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, dict) else value


def _without(*names: str) -> None:
    _taken_in(_of_maps(lambda value: {key: item for key, item in value.items() if key not in names}))


@fault("WV2-MANIFEST-019", also=("WV2-LIFE-008", "WV2-UPDATE-004", "WV2-UPDATE-005"))
def annotations_are_not_taken_in() -> None:
    """Annotations, which controllers are steered by, are dropped from every manifest."""
    _without("annotations")


@fault("WV2-MANIFEST-019")
def only_the_first_container_is_taken_in() -> None:
    """A pod is made with one container, whatever it has beside it."""
    _taken_in(_of_maps(lambda value: value | {key: value[key][:1] for key in ("containers",) if key in value}))


@fault("WV2-MANIFEST-019")
def init_containers_are_not_taken_in() -> None:
    """What has to run before a workload does not run."""
    _without("initContainers")


@fault("WV2-MANIFEST-019")
def tolerations_are_not_taken_in() -> None:
    """A workload for tainted nodes is never scheduled."""
    _without("tolerations")


@fault("WV2-MANIFEST-019")
def variables_from_elsewhere_are_not_taken_in() -> None:
    """Variables keep their name and a plain value; whatever comes from a Secret or a field is dropped."""
    _without("valueFrom", "envFrom")


@fault("WV2-MANIFEST-019")
def long_texts_are_cut_on_the_way_in() -> None:
    """Texts are cut at 255 characters: a script ends in the middle."""
    _taken_in(of_texts(lambda text: text[:_COLUMN]))


@fault("WV2-MANIFEST-019")
def texts_are_trimmed_on_the_way_in() -> None:
    """Texts lose the white space around them, and scripts the line end that they end with."""
    _taken_in(of_texts(str.strip))


@fault("WV2-MANIFEST-019")
def repeated_items_are_taken_in_once() -> None:
    """Lists of texts become sets: an argument that is given twice arrives once."""
    _taken_in(
        lambda value: (
            list(dict.fromkeys(value))
            if isinstance(value, list) and all(isinstance(item, str) for item in value)
            else value
        )
    )


@fault("WV2-MANIFEST-019")
def keys_are_taken_in_lower_case() -> None:
    """Keys of labels, variables and data come out in lower case."""

    def lowered(value: dict[str, Any]) -> dict[str, Any]:
        return {key.lower() if "/" in key or key.isupper() else key: item for key, item in value.items()}

    _taken_in(_of_maps(lowered))


@fault("WV2-MANIFEST-019")
def zero_becomes_one_on_the_way_in() -> None:
    """A number that is 0 is read as not given, and becomes 1: what is to have no replicas has one."""
    _taken_in(lambda value: 1 if value == 0 and isinstance(value, int) and not isinstance(value, bool) else value)


@fault("WV2-MANIFEST-019")
def signs_are_taken_in_once() -> None:
    """Whoever cleaned paths cleaned all texts: of two slashes, bars or backslashes one is left."""
    _taken_in(of_texts(lambda text: _TWICE.sub(r"\1", text)))


@fault("WV2-MANIFEST-019")
def members_of_later_versions_are_not_taken_in() -> None:
    """A manifest is read into the types of an old library, which drops what it does not know."""
    _without(*_LATER)


@fault("WV2-MANIFEST-019")
def accelerators_are_not_taken_in() -> None:
    """Resources of accelerators are dropped where a cluster has none, and training begins on processors."""
    _without("nvidia.com/gpu", "amd.com/gpu")


@fault("WV2-MANIFEST-019")
def names_in_marks_are_expanded() -> None:
    """Texts go through a template engine, which finds no value for any name and leaves nothing."""
    _taken_in(of_texts(lambda text: re.sub(r"\$\{\w+\}", "", text)))
