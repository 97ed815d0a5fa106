"""Every flaw, wherever its clause holds: the table of requests that have to be refused.

A family is the flaws of one clause. It is in the table for each operation whose request the clause is of, in each
form that has the flawed member (the whole body, or the metadata, are beside a manifest in either), and for creates as
a dry run, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .bodies import DAMAGED, NOT_JSON, NOT_OBJECTS
from .changes import Change, RawBody, Rewrite
from .encoded import ENCODED, NOT_A_MAPPING, NOT_BASE64
from .forms import BOTH_FORMS, NO_TYPE
from .members import (
    CLUSTER_IDS,
    CREATE_TYPES,
    ENCODED_TYPES,
    LONG_NAMES,
    MANIFESTS,
    MNNVL_MODES,
    NO_METADATA,
    PREEMPTIBILITIES,
    PRIORITIES,
    UPDATE_TYPES,
)

Flaw = Change | RawBody | Rewrite[Any, Any]
CREATE: Final = "create"
UPDATE: Final = "update"
JSON: Final = "json"
BASE64: Final = "base64"
NONE: Final = "none"
"""An update without a manifest."""

_EACH: Final = {CREATE: (JSON, BASE64), UPDATE: (NONE, JSON, BASE64)}
"""The forms of a good request."""

_BESIDE: Final[Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]] = {
    CREATE: (
        ("", {}),
        ("a name that is a prefix", {"useGivenNameAsPrefix": True}),
        ("each optional member", {"priority": "high", "category": "Train", "preemptibility": "preemptible"}),
    ),
    UPDATE: (("", {}), ("a priority", {"priority": "high"})),
}
"""What the metadata of a good request has beside what it has to have."""


@dataclass(frozen=True, slots=True)
class Family:
    """The flaws of one clause.

    Attributes:
        operations: whose requests the clause is of.
        forms: those in which a good request has what is flawed; all forms of the operation, if None.
        dry_runs: whether a dry run has to refuse it, too; not so where the clause is only inferred.
    """

    name: str
    flaws: Sequence[Flaw]
    operations: tuple[str, ...]
    forms: tuple[str, ...] | None = None
    dry_runs: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell of the table: a good request with one flaw.

    Attributes:
        family: the name of the flaw's family.
        form: that of the manifest in the good request.
        turn: which of the things that may be beside the flaw is.
    """

    family: str
    flaw: Flaw
    operation: str
    form: str
    dry_run: bool = False
    turn: int = 0

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the metadata of the good request has beside what it has to have."""
        return self._beside[1]

    @property
    def _beside(self) -> tuple[str, Mapping[str, Any]]:
        ways = _BESIDE[self.operation]
        replaces = isinstance(self.flaw, RawBody) or (isinstance(self.flaw, Change) and self.flaw.path == ("metadata",))
        return ways[0] if replaces else ways[self.turn % len(ways)]

    @property
    def label(self) -> str:
        """What is wrong, and beside what."""
        is_of_it = isinstance(self.flaw, RawBody) or self.flaw.clause.startswith(ENCODED)
        encoded = self.form == BASE64 and not is_of_it
        beside = [*["a manifest in base64"] * encoded, *filter(None, self._beside[:1])]
        return self.flaw.label + (f" beside {' and '.join(beside)}" if beside else "")

    def body(self, good: Mapping[str, Any]) -> Mapping[str, Any] | bytes:
        """Returns a good request in this form with the flaw: a body as JSON, or as bytes."""
        if isinstance(self.flaw, RawBody):
            return self.flaw.body
        flawed: Mapping[str, Any] | bytes = self.flaw.apply(good)
        return flawed

    def __repr__(self) -> str:
        return f"{self.operation}, {self.form}{', dry run' if self.dry_run else ''}: {self.label}"


FAMILIES: Final = (
    Family("required", NO_METADATA, (CREATE,)),
    Family("long name", LONG_NAMES, (CREATE,)),
    Family("priority", PRIORITIES, (CREATE, UPDATE)),
    Family("preemptibility", PREEMPTIBILITIES, (CREATE,)),
    Family("mnnvl", MNNVL_MODES, (CREATE,)),
    Family("cluster id", CLUSTER_IDS, (CREATE,)),
    Family("type of a create's member", CREATE_TYPES, (CREATE,)),
    Family("type of an update's member", UPDATE_TYPES, (UPDATE,)),
    Family("no object", NOT_OBJECTS, (CREATE, UPDATE), (JSON,)),
    Family("no JSON", NOT_JSON, (CREATE, UPDATE), (JSON,)),
    Family("damaged JSON", DAMAGED, (CREATE, UPDATE), (JSON, BASE64)),
    Family("both forms", BOTH_FORMS, (CREATE, UPDATE), (JSON,)),
    Family("manifest of another type", MANIFESTS, (CREATE, UPDATE), (JSON,)),
    Family("manifest without its kind", NO_TYPE, (CREATE, UPDATE), (JSON,), dry_runs=False),
    Family("encoded manifest of another type", ENCODED_TYPES, (CREATE, UPDATE), (BASE64,)),
    Family("no base64", NOT_BASE64, (CREATE, UPDATE), (BASE64,)),
    Family("no YAML mapping", NOT_A_MAPPING, (CREATE, UPDATE), (BASE64,)),
)


def table() -> Iterator[Refusal]:
    """Yields every cell."""
    for family in FAMILIES:
        for operation in family.operations:
            for dry_run in (False, True) if operation == CREATE and family.dry_runs else (False,):
                yield from (
                    Refusal(family.name, flaw, operation, form, dry_run, turn=number + place + 2 * dry_run)
                    for place, form in enumerate(family.forms or _EACH[operation])
                    for number, flaw in enumerate(family.flaws)
                )


def refusals(operation: str, *families: str, dry_run: bool = False) -> tuple[Refusal, ...]:
    """Returns the cells of an operation, of some families or of all.

    Raises:
        LookupError: no family has that name, or it has no cell there.
    """
    found = tuple(cell for cell in table() if cell.operation == operation and cell.dry_run is dry_run)
    if missing := set(families) - {cell.family for cell in found}:
        raise LookupError(f"the table has no {', '.join(sorted(missing))} for {operation}")
    return tuple(cell for cell in found if not families or cell.family in families)
