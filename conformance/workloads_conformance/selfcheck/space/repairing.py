"""Checks that a server forgets: what the target refuses is sent once more, in a way that it accepts."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from urllib.parse import parse_qsl

from openapi_schema_validator import OAS30Validator

from workloads_conformance.selfcheck.exchanges import Call, Reply

from .acting import Wrong
from .memory import AUTHORIZATION
from .operators import LOST
from .places import RIGHTS, TOKEN, Json, Place, values_of
from .samples import replaced, value_at

_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN = 400, 401, 403
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_NAME = 63


async def check(wrong: Wrong, call: Call) -> Reply:
    """Sends what the target refuses once more, in a way that it accepts."""
    reply = await wrong.target.send(call)
    token = wrong.memory.token
    keyword = wrong.place.keyword
    if keyword in (TOKEN, RIGHTS):
        if reply.status != (_UNAUTHORIZED if keyword == TOKEN else _FORBIDDEN) or token is None:
            return reply
        repaired: Call | None = replace(call, headers={**call.headers, AUTHORIZATION: token})
    else:
        repaired = _repaired(wrong, call) if reply.status == _BAD_REQUEST else None
    if repaired is None:
        return reply
    accepted = await wrong.target.send(repaired)
    return wrong.hit(accepted) if accepted.status < _BAD_REQUEST else reply  # another check refuses it, too


def _repaired(wrong: Wrong, call: Call) -> Call | None:
    """Returns a request without the flaw that is not to be seen; None if it has another, or none."""
    place, body = wrong.place, call.json
    if place.in_query:
        given = [value for name, value in parse_qsl(call.query.decode("latin-1")) if name == place.name]
        return replace(call, query=f"{place.name}=true".encode()) if given else None
    if not isinstance(body, dict) and place.path:
        return None
    value, good = value_at(body, place.path), _good(wrong, place)
    return (
        _with_what_is_there(place, call, value, good)
        if place.keyword in _OF_WHAT_IS_THERE
        else _put_right(place, call, value, good)
    )


_OF_WHAT_IS_THERE = ("required", "exclusive")


def _with_what_is_there(place: Place, call: Call, value: Json, good: Json) -> Call | None:
    """Returns a request with a member that is missing, or without one that excludes another; None if it has neither."""
    if place.keyword == "required":
        missing = value is LOST and good is not LOST
        return call.with_json(replaced(call.json, place.path, _renamed(good))) if missing else None
    others = {"manifest", "manifestBase64Encoded"} - {place.name}
    both = value is not LOST and others & call.json.keys()
    return call.with_json(replaced(call.json, place.path, LOST)) if both else None


def _put_right(place: Place, call: Call, value: Json, good: Json) -> Call | None:
    """Returns a request with another value of a member that has a wrong one, or without it; None if it has none."""
    if value is LOST or value is None or not _violates(place, value):
        return None
    if not place.path:
        return None if good is LOST else call.with_json({name: _renamed(item) for name, item in good.items()})
    if place.keyword == "maxLength" and place.path[-2:] == ("metadata", "name"):
        good = value[:_LONGEST_NAME]
    elif not place.name.startswith("manifest"):
        good = LOST
    return call.with_json(replaced(call.json, place.path, good))


def _violates(place: Place, value: Json) -> bool:
    """True if a value violates the one keyword."""
    if place.keyword == "valid values":
        return isinstance(value, str) and value not in values_of(place.schema)
    if place.keyword == "format":
        if place.schema["format"] == "byte":
            return isinstance(value, str) and _BASE64.fullmatch(value) is None
        return isinstance(value, str) and _UUID.fullmatch(value) is None
    return not OAS30Validator({place.keyword: place.schema[place.keyword]}).is_valid(value)


def _good(wrong: Wrong, place: Place) -> Json:
    """Returns what the last accepted request of the operation has at the place; LOST if it has nothing."""
    form = {"manifest": " json", "manifestBase64Encoded": " base64"}.get(place.name, "")
    known = wrong.memory.accepted.get(place.operation + form)
    return value_at(known[0].json, place.path) if known else LOST


def _renamed(metadata: Json) -> Json:
    """Returns metadata with a name that is still free."""
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        return metadata
    return {**metadata, "name": f"{metadata['name'][:50]}-{secrets.token_hex(4)}"}
