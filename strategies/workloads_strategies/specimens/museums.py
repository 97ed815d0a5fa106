"""Museums: one manifest that carries as many specimens as fit, each in a place of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workloads_strategies.kinds import KINDS, Path, smallest_manifest

from .documents import DOCUMENTS
from .forms import FORMS, PLAIN, Form
from .keys import KEYS
from .members import MEMBERS
from .model import ANY_FORM, Specimen
from .numbers import NUMBERS
from .places import PLACES, Place, put
from .signs import SIGNS
from .structures import STRUCTURES
from .texts import TEXTS

SPECIMENS: Final[tuple[Specimen, ...]] = (*STRUCTURES, *MEMBERS, *KEYS, *TEXTS, *SIGNS, *NUMBERS, *DOCUMENTS)
"""What is in manifests; forms, names and categories are specimens of their own."""

CREATE: Final = "create"
DRY_RUN: Final = "dry run"
UPDATE: Final = "update"
OPERATIONS: Final = (CREATE, DRY_RUN, UPDATE)
"""The writes that show a museum. What is created and updated is read, too."""

_PARTS: Final = 20
"""Small museums that show what there is."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A specimen in a place."""

    specimen: Specimen
    place: Place

    @property
    def label(self) -> str:
        """What and where, as a finding names it."""
        return f"{self.specimen.name} in {self.place.shown}"

    def __repr__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Museum:
    """A manifest of a kind with exhibits in it; none make it the kind's smallest manifest."""

    kind: str
    form: Form
    exhibits: tuple[Exhibit, ...]

    def only(self, exhibits: Sequence[Exhibit]) -> Museum:
        """Returns a museum that has these alone."""
        return Museum(self.kind, self.form, tuple(exhibits))

    def built(self, name: str) -> Built:
        """Returns its manifest under a name."""
        built = Built({**smallest_manifest(self.kind)})
        built.manifest["metadata"] = {"name": name}
        for exhibit in self.exhibits:
            paths = put(built.manifest, KINDS[self.kind], exhibit.place.parts(exhibit.specimen))
            built.paths[exhibit] = paths
            if exhibit.specimen.fragment:
                path = paths[0] if exhibit.place.name == "annotation" else (*paths[0], "projected")
                built.fragments.append((path, exhibit.specimen.fragment))
        return built


@dataclass(slots=True)
class Built:
    """The manifest of a museum, and what stands where."""

    manifest: dict[str, Any]
    paths: dict[Exhibit, list[Path]] = field(default_factory=dict)
    fragments: list[tuple[Path, str]] = field(default_factory=list)


def museum(number: int, kind: str, form: Form, operation: str, *, large: bool = False) -> Museum:
    """Returns a museum of all specimens that can be shown so; which of its places each takes goes by `number`.

    Args:
        number: of the museum; in museums with numbers one after the other each specimen goes from place to place.
        kind: a name in `KINDS`.
        form: how it is written.
        operation: one of `OPERATIONS`.
        large: whether it shows the large specimens, or all others.
    """
    exhibits = []
    for index, specimen in enumerate(SPECIMENS):
        places = places_of(specimen, kind)
        if specimen.large is large and places and fits(specimen, form, operation):
            exhibits.append(Exhibit(specimen, places[(number + index) % len(places)]))
    return Museum(kind, form, tuple(exhibits))


def small_museum(number: int, kind: str) -> Museum:
    """Returns a museum of some specimens of each group that every server takes, in every form; in another place, too.

    Those with `_PARTS` numbers one after the other show all of these specimens.
    """
    plain = (one for one in SPECIMENS if one.forms == ANY_FORM and not one.fragment)
    found = [one for one in plain if one.must_be_taken and not one.large and not one.dry_run_only]
    exhibits = []
    for index, specimen in enumerate(found[number % _PARTS :: _PARTS]):
        if places := places_of(specimen, kind):
            exhibits.append(Exhibit(specimen, places[(number // _PARTS + index) % len(places)]))
    return Museum(kind, PLAIN["json"], tuple(exhibits))


def places_of(specimen: Specimen, kind: str) -> list[Place]:
    """Returns the places that a specimen can take in manifests of a kind."""
    found = (PLACES[name] for name in specimen.places)
    return [place for place in found if place.stands_in(KINDS[kind], specimen)]


def fits(specimen: Specimen, form: Form, operation: str) -> bool:
    """True if a specimen is shown in a form by an operation; large ones are in the plainest forms alone."""
    shown = form in PLAIN.values() or not specimen.large
    return shown and form.carries(specimen) and (operation == DRY_RUN or not specimen.dry_run_only)


@dataclass(frozen=True, slots=True)
class Visit:
    """Three museums that are shown one after the other: created, dry run, and put in the place of the first.

    Attributes:
        number: of the first museum.
        forms: how they are written, in the order of `OPERATIONS`.
        large: whether they show the large specimens.
    """

    number: int
    forms: tuple[Form, Form, Form]
    large: bool = False

    def museum(self, operation: str, kind: str) -> Museum:
        """Returns the museum of an operation."""
        turn = OPERATIONS.index(operation)
        return museum(self.number + turn, kind, self.forms[turn], operation, large=self.large)

    def __repr__(self) -> str:
        return f"visit {self.number}{' of the large' if self.large else ''}"


ROUND: Final = len(OPERATIONS)
"""Kinds on which one round of visits shows every form."""


def _visits() -> tuple[Visit, ...]:
    count = len(FORMS)
    return tuple(Visit(number, tuple(FORMS[(number + turn) % count] for turn in (0, 2, 1))) for number in range(count))  # type: ignore[arg-type]


VISITS: Final[tuple[Visit, ...]] = _visits()
"""Visits in which each form is created, dry run and put once."""

LARGE_VISITS: Final[tuple[Visit, ...]] = (
    Visit(len(FORMS), (PLAIN["json"], PLAIN["json"], PLAIN["base64"]), large=True),
    Visit(len(FORMS) + 1, (PLAIN["base64"], PLAIN["base64"], PLAIN["json"]), large=True),
)
"""Visits that show the large specimens in each form."""


def visits_on(kinds: Sequence[str], *, brief: bool = False) -> list[tuple[Visit, str]]:
    """Returns visits, each with the kind it is on, that show every pair; `brief` ones show every specimen once.

    Args:
        kinds: names in `KINDS`.
        brief: whether each kind has one visit, and one has that of the large specimens.
    """
    if brief:
        # The first is created as JSON, the second as YAML.
        visits = [(VISITS[place % len(VISITS)], kind) for place, kind in enumerate(kinds)]
        return [visits[0], (LARGE_VISITS[1], kinds[1 % len(kinds)]), *visits[1:]]
    rounds = range(-(-len(kinds) // ROUND))
    turns = [(visit, place + ROUND * turn) for turn in rounds for place, visit in enumerate(VISITS)]
    turns += [(LARGE_VISITS[place % 2], place) for place in range(max(2, len(kinds)))]
    return [(visit, kinds[place % len(kinds)]) for visit, place in turns]
