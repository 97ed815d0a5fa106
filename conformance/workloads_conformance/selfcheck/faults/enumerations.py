"""Creates that know other values than the contract's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workloads_conformance.reference import store, validation, workload_types
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import mode_read_as, put, read_as, wrap


def _unless(allowed: tuple[str, ...]) -> Callable[[Any], Any]:
    return lambda value: value if value in allowed or not isinstance(value, str) else None


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


# -- enumerations ---------------------------------------------------------------------------------------------------


@fault("WV2-CREATE-019")
def medium_high_is_refused() -> None:
    """The priority medium-high, one of the seven, is refused."""
    put(validation, "PRIORITIES", tuple(found for found in workload_types.PRIORITIES if found != "medium-high"))


@fault("WV2-CREATE-019")
def very_low_is_refused() -> None:
    """The priority very-low, the first of the seven, is refused."""
    put(validation, "PRIORITIES", workload_types.PRIORITIES[1:])


@fault("WV2-CREATE-008")
def priority_in_any_case_is_taken() -> None:
    """High counts as high here, and is refused by the next server that the same manifest is sent to."""
    read_as("priority", _lower, "create")


@fault("WV2-CREATE-008")
def priority_is_trimmed() -> None:
    """Spaces around a priority are forgiven."""
    read_as("priority", lambda value: value.strip() if isinstance(value, str) else value, "create")


@fault("WV2-CREATE-008")
def unknown_priority_is_ignored() -> None:
    """A misspelt priority is dropped in silence, and the workload waits under the default."""
    read_as("priority", _unless(workload_types.PRIORITIES), "create")


@fault("WV2-CREATE-008")
def underscores_are_taken_for_hyphens() -> None:
    """very_low counts as very-low."""
    read_as("priority", lambda value: value.replace("_", "-") if isinstance(value, str) else value, "create")


@fault("WV2-CREATE-008")
def any_priority_is_taken_and_kept() -> None:
    """Any text is a priority, and the scheduler finds out."""
    wrap(validation, "priority", lambda _: lambda metadata: validation.nullable_text(metadata, "priority"))
    wrap(
        store,
        "derived_preemptibility",
        lambda derived: lambda value: derived(value) if value in workload_types.PRIORITIES else "preemptible",
    )


@fault("WV2-CREATE-009")
def preemptibility_in_any_case_is_taken() -> None:
    """Preemptible counts as preemptible."""
    read_as("preemptibility", _lower, "create")


@fault("WV2-CREATE-009")
def unknown_preemptibility_is_ignored() -> None:
    """A misspelt preemptibility is dropped in silence, and the workload is preempted though it asked not to be."""
    read_as("preemptibility", _unless(validation.PREEMPTIBILITIES), "create")


@fault("WV2-CREATE-009")
def empty_preemptibility_is_taken() -> None:
    """An empty text counts as no preemptibility, though minLength is 1."""
    read_as("preemptibility", lambda value: value or None if isinstance(value, str) else value, "create")


@fault("WV2-CREATE-020")
def non_preemptible_is_refused() -> None:
    """non-preemptible is refused: nothing can be protected from preemption."""
    put(validation, "PREEMPTIBILITIES", ("preemptible",))


@fault("WV2-CREATE-010")
def mnnvl_in_any_case_is_taken() -> None:
    """none counts as None."""
    mode_read_as(lambda value: value.capitalize() if isinstance(value, str) else value)


@fault("WV2-CREATE-010")
def unknown_mnnvl_is_ignored() -> None:
    """A misspelt MNNVL mode is dropped in silence: the workload runs without the links it needs."""
    mode_read_as(_unless(("Required", "None")))


@fault("WV2-CREATE-012")
def mnnvl_may_be_a_boolean() -> None:
    """true and false count as MNNVL modes."""
    mode_read_as(lambda value: "None" if isinstance(value, bool) else value)


@fault("WV2-CREATE-030", "WV2-CREATE-016")
def mnnvl_is_not_honoured() -> None:
    """A workload that requires MNNVL is accepted without it, and says so in the answer."""
    mode_read_as(lambda value: "None" if value == "Required" else value)
