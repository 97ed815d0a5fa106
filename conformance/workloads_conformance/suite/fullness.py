"""Whether answers show a manifest in full: what was submitted, and whatever a platform puts beside it.

A workload has two members of the type Manifest, "the full Kubernetes manifest for the workload": rawManifest, and
workloadManifest, which a platform may enrich. What is in neither is lost. This asks less than that rawManifest is what
was submitted (WV2-MANIFEST-009): what Kubernetes reads as absent, writes in another way, or fills in is not lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from workloads_conformance.api import Answer, WorkloadTrial, value_of
from workloads_conformance.runner import Contrast, identical

CLAUSE: Final = "WV2-MANIFEST-019"
_MEMBERS: Final = ("rawManifest", "workloadManifest")

_FILLED_IN: Final = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generateName",
        "generation",
        "managedFields",
        "name",
        "namespace",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)
"""Members of metadata that are not the user's to say, or not in every request (metadata.name is judged elsewhere)."""

_QUANTITIES: Final = frozenset({"capacity", "divisor", "limits", "requests", "sizeLimit"})
"""Members that hold quantities, which are written in many ways: 1000m is 1."""

_QUANTITY: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,3}))?")
_SUFFIXES: Final = {
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate(("n", "u", "m", "", "k", *"MGTPE"), start=-3)},
}


def lost(sent: Mapping[str, Any], answer: Answer) -> Mapping[str, Any] | None:
    """Returns the manifest that an answer shows in place of the one sent, if none of those that it shows holds that.

    None where one does, and where the answer shows no manifest.
    """
    shown = [found for member in _MEMBERS if isinstance(found := value_of(answer, member), dict)]
    return shown[0] if shown and not any(holds(found, sent) for found in shown) else None


def judge_full(trial: WorkloadTrial, sent: Mapping[str, Any], answer: Answer, where: str, code: str) -> None:
    """Judges that an answer loses nothing of a manifest, if it shows any."""
    if not any(isinstance(value_of(answer, member), dict) for member in _MEMBERS):
        return
    instead = lost(sent, answer)
    difference = Contrast("", "") if instead is None else trial.contrast(sent, instead, _MEMBERS[:1])
    trial.judge(
        CLAUSE,
        instead is None,
        message=f"what was submitted is in no manifest {where}",
        code=code,
        expected=difference.expected,
        observed=difference.observed,
        answer=answer,
    )


def holds(shown: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """True if a manifest has all of another: each member of a map, the items of a list in their order, each value."""
    asked = {key: value for key, value in sent.items() if key != "status"}
    metadata = asked.get("metadata")
    if isinstance(metadata, dict):
        asked["metadata"] = {key: value for key, value in metadata.items() if key not in _FILLED_IN}
    return _holds(shown, asked, "")


def _holds(shown: object, sent: object, at: str) -> bool:
    if isinstance(sent, dict):
        return isinstance(shown, dict) and all(
            _holds(shown[key], value, at if at in _QUANTITIES else key) if key in shown else _is_nothing(value)
            for key, value in sent.items()
        )
    if isinstance(sent, list):
        return _has_in_order(shown, sent) if isinstance(shown, list) else shown is None and not sent
    if shown is None:
        return _is_nothing(sent)
    return identical(sent, shown) or (
        at in _QUANTITIES and (found := _amount(sent)) is not None and found == _amount(shown)
    )


def _has_in_order(shown: Sequence[object], sent: Sequence[object]) -> bool:
    """True if a list has the items of another in their order; there may be more between them."""
    left = iter(shown)
    return all(any(_item(found, item) for found in left) for item in sent)


def _item(shown: object, sent: object) -> bool:
    return shown is sent if sent is None else shown is not None and _holds(shown, sent, "")


def _is_nothing(value: object) -> bool:
    """True for what the types of Kubernetes leave out where they are written: what is the same as absent."""
    if isinstance(value, dict):
        return all(map(_is_nothing, value.values()))
    return not value


def _amount(value: object) -> Decimal | None:
    """Returns how much a quantity is; None for what is none."""
    found = None if isinstance(value, bool) else _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    number, suffix, exponent = found.groups()
    return Decimal(number) * _SUFFIXES[suffix or ""] * Decimal(10) ** int(exponent or 0)
