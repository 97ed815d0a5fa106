"""What the proxy does at each kind of place, but for effects: it passes on another request, or another answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from workloads_conformance.selfcheck.exchanges import Call, Reply, error_reply

from .manifests import INSIDE, changed
from .memory import Memory
from .operating import ACCEPTED
from .operators import LOST, MEMBER
from .places import Json, Part, Place
from .points import Point
from .samples import around, parent_of, replaced, value_at
from .triggers import takes
from .upstream import Upstream

_ERRORS = 400
_NO_CONTENT = 204
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN = 400, 401, 403
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_LONGEST_NAME = 63


@dataclass(slots=True)
class Wrong:
    """The one way in which a target is made wrong, at work.

    Attributes:
        settle: seconds within which a write has to take effect.
        hits: how often something was different.
        unaffected: how often an answer had a value at the place that the operator leaves as it is.
    """

    point: Point
    target: Upstream
    memory: Memory
    settle: float
    hits: int = 0
    unaffected: int = 0
    earlier: dict[str, Any] = field(default_factory=dict)
    tasks: dict[asyncio.Task[None], Coroutine[Any, Any, Reply]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where."""
        return self.point.place

    def later(self, seconds: float, doing: Coroutine[Any, Any, Reply]) -> None:
        """Does something after a while, unless the proxy ends before."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            with contextlib.suppress(httpx.HTTPError):
                await doing

        task = asyncio.create_task(wait())
        self.tasks[task] = doing

    async def stop(self) -> None:
        """Lets nothing happen any more that was to happen later."""
        for task, doing in self.tasks.items():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            doing.close()

    def hit(self, reply: Reply) -> Reply:
        """Returns an answer that is different, and counts it."""
        self.hits += 1
        return reply


Act = Callable[[Wrong, Call], Awaitable[Reply]]


async def request(wrong: Wrong, call: Call) -> Reply:
    """Passes on another request."""
    body = call.json
    new = _rewritten(wrong, body)
    if new is body:
        return await wrong.target.send(call)
    wrong.hits += 1
    return await wrong.target.send(call.with_json(new) if new is not LOST else replace(call, body=b""))


async def answer(wrong: Wrong, call: Call) -> Reply:
    """Passes on another answer."""
    reply = await wrong.target.send(call)
    if reply.status != wrong.place.status:
        return reply
    body = reply.json
    new = _rewritten(wrong, body)
    if new is body:
        wrong.unaffected += value_at(body, wrong.place.path) is not LOST
        return reply
    return wrong.hit(reply.with_json(new) if new is not LOST else reply.with_body(b""))


def _rewritten(wrong: Wrong, body: Json) -> Json:
    """Returns a body as the point has it; the same object where nothing changes."""
    place, point = wrong.place, wrong.point
    value = value_at(body, place.path)
    if body is None or value is LOST or not takes(point.trigger, value):
        return body
    if place.part in (Part.MANIFEST_SENT, Part.MANIFEST_SHOWN):
        new = changed(value, INSIDE[point.operator], harmless=place.part is Part.MANIFEST_SENT)
        return body if _same(new, value) else replaced(body, place.path, new)
    earlier = wrong.earlier.get("value")
    new = MEMBER[point.operator](value, around(place, parent_of(body, place.path), earlier))
    if value is not None and value != earlier:
        wrong.earlier["value"] = value
    if new is value or (new is not LOST and _same(new, value)):
        return body
    return replaced(body, place.path, new)


def _same(one: Json, other: Json) -> bool:
    """True if two values are the same text; True and 1 are not, and neither are two orders."""
    return json.dumps(one) == json.dumps(other)


async def parameter(wrong: Wrong, call: Call) -> Reply:
    """Passes on a request with another query."""
    name = wrong.place.name
    pairs = parse_qsl(call.query.decode("latin-1"), keep_blank_values=True)
    given = dict(pairs).get(name)
    kept = [pair for pair in pairs if pair[0] != name]
    if wrong.point.operator == "inverted":
        kept.append((name, "false" if given == "true" else "true"))
    elif given is None:
        return await wrong.target.send(call)
    wrong.hits += 1
    return await wrong.target.send(replace(call, query=urlencode(kept).encode()))


_MEDIA: Mapping[str, bytes] = {
    "another type": b"text/html",
    "with a charset": b"application/json; charset=utf-8",
    "in capitals": b"Application/JSON",
}


async def header(wrong: Wrong, call: Call) -> Reply:
    """Passes on an answer with another header."""
    reply = await wrong.target.send(call)
    name, operator = wrong.place.name.lower().encode(), wrong.point.operator
    if reply.status != wrong.place.status or (
        name not in reply.headers and operator != "with an unknown header beside"
    ):
        return reply
    headers = dict(reply.headers)
    if operator == "lost":
        del headers[name]
    elif operator == "with an unknown header beside":
        headers[b"x-unknown"] = b"1"
    elif operator == "with a second challenge":
        headers[name] = b'Basic realm="x, Bearer", ' + headers[name]
    else:
        headers[name] = _MEDIA[operator]
    return wrong.hit(replace(reply, headers=headers))


async def status(wrong: Wrong, call: Call) -> Reply:
    """Passes on an answer with another status, and a body that fits it."""
    reply = await wrong.target.send(call)
    if reply.status != wrong.place.status:
        return reply
    if wrong.point.operator == ACCEPTED:
        known = wrong.memory.accepted.get(wrong.place.operation)
        return wrong.hit(replace(known[1])) if known else reply
    other = int(wrong.point.operator.rpartition(" ")[2])
    if other == _NO_CONTENT:
        return wrong.hit(replace(reply, status=other).with_body(b""))
    if reply.status < _ERRORS <= other:
        return wrong.hit(error_reply(other))
    return wrong.hit(reply.with_status(other))
