"""The rules for headers, parameters, statuses, effects and checks."""

from __future__ import annotations

from workloads_specs import load_contract

from .operating import ACCEPTED, BEHIND, BUSY
from .places import RIGHTS, TOKEN, Place
from .rulings import Ruled, clauses_of, covering, fault, left_open, legal

_ERROR = 400
_SERVER_ERROR = 500
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _BAD_REQUEST = 401, 403, 404, 400
_ALLOWED_EFFECTS = frozenset({BEHIND, "a little late", BUSY})
_STALE = ("get", "update", "delete")


def header(place: Place, operator: str) -> Ruled:
    """Returns what a change of a header of an answer is."""
    if operator == "with an unknown header beside":
        return legal("An answer may have any header (RFC 9110, 5.1).")
    if operator in ("with a charset", "in capitals"):
        return legal("It is the same media type (RFC 9110, 8.3.1).")
    if operator == "with a second challenge":
        return legal("An answer may have several challenges (RFC 9110, 11.6.1).")
    if place.name == "WWW-Authenticate":
        return fault("401 has to have a challenge (RFC 9110, 15.5.2).", ("WV2-AUTH-014",))
    return fault("The contract names one media type.", ("WV2-HTTP-001",))


def parameter(place: Place, operator: str) -> Ruled:
    """Returns what a change of a query parameter is."""
    del operator
    return fault("The server does what was not asked for.", clauses_of(place))


def status(place: Place, operator: str) -> Ruled:
    """Returns what another status in place of one is."""
    operation = load_contract().operations[place.operation]
    if place.status not in (_BAD_REQUEST, *load_contract(literal=True).operations[place.operation].statuses):
        return left_open("Only an erratum documents the status, and which refusals it is for is not said.")
    own = _of_status(place)
    if operator == ACCEPTED:
        return fault("What has to be refused is accepted.", own)
    other = int(operator.rpartition(" ")[2])
    if other == _SERVER_ERROR:
        return fault("No request is to cause 500.", ("WV2-HTTP-004", *own))
    if other not in operation.statuses:
        return fault("The status is not documented.", (*covering(f"{place.operation} {operation.success}"), *own))
    if place.status < _ERROR:
        return fault("What has to be accepted is refused.", (*own, *covering(place.operation)))
    return _another_refusal(place, other, own)


def _another_refusal(place: Place, other: int, own: tuple[str, ...]) -> Ruled:
    """Returns what a refusal with the status of another one is, which is documented for the operation."""
    if {place.status, other} == {_BAD_REQUEST, _NOT_FOUND} and place.status == _BAD_REQUEST:
        if place.operation == "update":
            return left_open("The fragments document no 400 for PUT.")
        return legal("A malformed id is refused with 400 or 404.")
    if other not in load_contract(literal=True).operations[place.operation].statuses | {_BAD_REQUEST}:
        return left_open("An erratum adds the status, and which refusals it is for is not said.")
    if (place.status, other) in ((_FORBIDDEN, _UNAUTHORIZED), (_FORBIDDEN, _NOT_FOUND)):
        return left_open("A server may not know the token, or hide what is there.")
    return fault("The refusal has the status of another one.", own)


def _of_status(place: Place) -> tuple[str, ...]:
    """Returns the clauses of a status; of one that only an erratum documents, those of what it refuses."""
    found = clauses_of(place)
    if found:
        return found
    if place.operation in ("create", "update"):
        return covering(f"{place.operation} request /*")
    return covering(f"{place.operation} parameter *")


def effect(place: Place, operator: str) -> Ruled:
    """Returns what a wrong effect is."""
    if operator in _ALLOWED_EFFECTS:
        return legal("503 is documented, and a write takes effect within the settle time.")
    if operator == "applied twice" and place.operation == "update":
        return legal("PUT is idempotent (RFC 9110, 9.2.2), and may be repeated on its way.")
    if operator == "applied twice" and place.operation == "delete":
        return left_open("How a second DELETE is answered is left open.")
    if operator == "from a cache that ignores the token":
        return fault("A workload is shown to who may not read it.", covering("get 401", "get 403"))
    clauses = covering(place.operation, *(name for name in _STALE if name != place.operation or name == "get"))
    if place.operation == "create":
        clauses = (*clauses, *covering("create 202 /metadata/id"))
    return fault("The operation does not do what it says.", clauses)


def check(place: Place, operator: str) -> Ruled:
    """Returns what a check that is not made is."""
    del operator
    if place.keyword in (TOKEN, RIGHTS):
        refusal = _UNAUTHORIZED if place.keyword == TOKEN else _FORBIDDEN
        also = covering("security bearerAuth: *") if place.keyword == TOKEN else ()
        return fault("Who has no right is served.", (*covering(f"{place.operation} {refusal}"), *also))
    element = place.element
    own = covering(f"{element}: {place.keyword}") or covering(element, f"{element}: *")
    return fault("A request that violates the contract is accepted.", own)
