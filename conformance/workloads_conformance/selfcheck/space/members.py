"""The rules for members of requests and answers, and for what is inside a manifest."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from workloads_specs import Level

from .manifests import AS_DOUBLES, INSIDE, NULLS_LOST, changed
from .operators import LOST, MEMBER
from .places import Part, Place, is_free_form
from .rulings import NO_DIFFERENCE, Ruled, catalogue, clauses_of, covering, fault, left_open, legal, meaning_of
from .samples import SALTS, around, is_valid, replaced, sample, value_at

_ERROR = 400
_NOTATIONS = frozenset({"in another order", "in another time zone", "with t and z in lower case"})
_UNNAMED = "with an unnamed member beside"
_CHOOSING_A_PLACE = frozenset({"projectId", "clusterId"})
"""Members of a request that say where something is made: another valid one would make it elsewhere."""
_DAMAGING = frozenset({"lost", "emptied", "null", "retyped"})
_STAYS = ("WV2-UPDATE-013", "WV2-CREATE-034")
"""The clauses on members that every answer about a workload, or a project, has alike."""
_ALIKE = ("WV2-GET-006", "WV2-LIFE-006", "WV2-UPDATE-013", "WV2-DELETE-009", "WV2-DRYRUN-007")
"""The clauses on answers that say the same of one workload."""
_OF_A_NULL = frozenset({"lost", "null", "swapped with a neighbour's"})
"""The operators that can change what is null."""
_NOT_DELETED = ("WV2-LIFE-002", "WV2-LIFE-010")


def request_member(place: Place, operator: str) -> Ruled:  # noqa: PLR0911 - a rule a line
    """Returns what a change of a member on its way to the server is: the server does what was not asked for."""
    if place.name in _CHOOSING_A_PLACE and operator != "retyped":
        return left_open("Where a workload is made is not changed, for it would be made where the run may not.")
    if place.schema.get("format") == "byte" and operator not in _DAMAGING:
        return left_open("A part of a manifest may be a manifest that does harm.")
    if operator == _UNNAMED:
        return left_open("Whether an unnamed member is refused is left open.")
    if not _changed(place, operator):
        return NO_DIFFERENCE
    if operator in _NOTATIONS:
        return legal("JSON objects have no order.")
    clauses = clauses_of(place)
    if place.operation == "create" and place.name == "configuration":
        return fault("The client's own choice does not arrive.", covering("create request /metadata/configuration*"))
    own = covering(f"{place.operation} request /", place.operation) if not place.path or not clauses else ()
    return fault("The client's own choice does not arrive, or a valid request is refused.", (*clauses, *own))


def response_member(place: Place, operator: str) -> Ruled:  # noqa: PLR0911 - a rule a line
    """Returns what a change of a member of an answer is."""
    found = _changed(place, operator)
    if not found:
        return NO_DIFFERENCE
    if operator == "replaced by the default":
        return left_open("A server may refuse all but the default.")
    if _NOT_DELETED[0] in meaning_of(place) and place.schema.get("nullable") and operator not in _OF_A_NULL:
        return left_open("It is null unless a workload was deleted, and then a server may leave it so.")
    if not all(is_valid(place, after) for after in found):
        return fault("The body is not valid against its schema.", clauses_of(place))
    if operator in _NOTATIONS:
        return legal("It is the same value in another notation.")
    if operator == _UNNAMED and not is_free_form(place.schema):
        return legal("The schema does not close its objects.")
    tells = [value_at(after, place.path[-1:]) for after in found]
    if all(value is LOST or value is None for value in tells):
        return legal("The member is not required, or may be null, so that it says nothing.")
    meaning = meaning_of(place)
    if place.status >= _ERROR:
        return fault("The code is not the status.", meaning) if meaning else legal("The texts of an error are free.")
    return _meant(place, operator, meaning)


def _meant(place: Place, operator: str, meaning: tuple[str, ...]) -> Ruled:  # noqa: PLR0911 - a rule a line
    if place.schema.get("format") == "uuid" and operator == "upper-cased":
        return left_open("It is the same UUID in another notation, which not every server reads.")
    if is_free_form(place.schema) and not meaning:
        return legal("Nothing is said of what is in it.")
    if any(catalogue()[name].area == "echo" and catalogue()[name].level is Level.MUST for name in meaning):
        return fault("It is not what the request says.", meaning)
    if is_free_form(place.schema):
        return fault("It is not the manifest that was submitted.", meaning)
    if stays := [name for name in meaning if name in _STAYS]:
        return fault("The other operations' answers have another value.", (*stays, *_ALIKE))
    untrue = operator == "said to be deleted" or (
        operator == "swapped with a neighbour's" and place.schema.get("nullable") and place.name.startswith("deleted")
    )
    if untrue and place.operation != "delete" and (clauses := [name for name in meaning if name in _NOT_DELETED]):
        return fault("A workload that was not deleted is said to be.", clauses)
    return left_open("The contract does not say what the server's own value is.")


def inside_manifest(place: Place, operator: str) -> Ruled:
    """Returns what a change of values inside a manifest is."""
    before = sample(place.schema, place.name, 0)
    if changed(before, INSIDE[operator], harmless=place.part is Part.MANIFEST_SENT) == before:
        return NO_DIFFERENCE
    if operator == AS_DOUBLES:
        return legal("RFC 8259, 6: one can rely on a number as far as a double holds it.")
    if operator == NULLS_LOST and (place.part is Part.MANIFEST_SENT or meaning_of(place)):
        return left_open("Kubernetes drops members that are null, and so may a server; items of lists it may not.")
    if place.part is Part.MANIFEST_SENT:
        return fault("What is stored is not what was submitted.", covering("get 200 /workload/rawManifest"))
    meaning = meaning_of(place)
    if not meaning:
        return legal("Nothing is said of what is in it.")
    return fault("It is not the manifest that was submitted.", meaning)


def _changed(place: Place, operator: str) -> list[Any]:
    """Returns what the member is in, or the body, as an operator leaves it, in each sample that it changes."""
    samples = _samples(place)
    found = []
    for whole, other in pairwise(samples):
        before, earlier = value_at(whole, place.path[-1:]), value_at(other, place.path[-1:])
        new = before if before is LOST else MEMBER[operator](before, around(place, whole, earlier))
        if new is not before and (new != before or operator in _NOTATIONS):
            found.append(replaced(whole, place.path[-1:], new))
    return found


_MADE: dict[int, list[Any]] = {}
"""The samples of each schema of the contract, which is there as long as this module is."""


def _samples(place: Place) -> list[Any]:
    schema = place.parent if place.path else place.schema
    if id(schema) not in _MADE:
        _MADE[id(schema)] = [sample(schema, "", salt) for salt in SALTS]
    return _MADE[id(schema)]
