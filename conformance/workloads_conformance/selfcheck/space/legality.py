"""Whether a server that is different in one way satisfies the contract: by rule, from the contract and its coverage.

A difference is a fault only if it surely violates the contract in a way that a client can see, and legal only if the
contract surely allows it. All else is open, and is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .beside import check, effect, header, parameter, status
from .members import inside_manifest, request_member, response_member
from .places import Part, Place
from .rulings import Ruled

_RULES: Mapping[Part, Callable[[Place, str], Ruled]] = {
    Part.REQUEST: request_member,
    Part.PARAMETER: parameter,
    Part.ANSWER: response_member,
    Part.MANIFEST_SENT: inside_manifest,
    Part.MANIFEST_SHOWN: inside_manifest,
    Part.HEADER: header,
    Part.STATUS: status,
    Part.EFFECT: effect,
    Part.CHECK: check,
}


def rule_on(place: Place, operator: str) -> Ruled:
    """Returns what an operator at a place is by the contract, whenever it is at work."""
    return _RULES[place.part](place, operator)
