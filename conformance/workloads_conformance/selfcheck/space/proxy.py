"""The proxy between the suite and a target: an ASGI application that makes the target different in one way."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from workloads_conformance.selfcheck.exchanges import Call, Receive, Reply, Send, Silence, joined, leave

from .acting import Act, Wrong, answer, header, parameter, request, status
from .effects import a_little_late, effect
from .memory import Memory, item
from .operating import BEHIND
from .places import Json, Part
from .points import Point
from .repairing import check
from .triggers import TRIGGERS
from .upstream import Upstream

_OK, _NOT_FOUND, _ERRORS = 200, 404, 400
_TRIES, _PAUSE = 20, 0.1
_ACTS: Mapping[Part, Act] = {
    Part.REQUEST: request,
    Part.PARAMETER: parameter,
    Part.ANSWER: answer,
    Part.MANIFEST_SENT: request,
    Part.MANIFEST_SHOWN: answer,
    Part.HEADER: header,
    Part.STATUS: status,
    Part.EFFECT: effect,
    Part.CHECK: check,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How a proxy ended: how many workloads it removed, and the ids of others; how often something was different.

    `unaffected` is how often an answer had a value at the place that the operator leaves as it is.
    """

    hits: int
    unaffected: int
    removed: int
    left: tuple[str, ...]


class Proxy:
    """Passes requests on to a target, and is different wherever and whenever its point says.

    Without a point it is the same as the target.
    """

    def __init__(self, point: Point | None, target: Upstream, memory: Memory, settle: float) -> None:
        self._target, self._memory = target, memory
        self._wrong = Wrong(point, target, memory, settle) if point else None

    @property
    def hits(self) -> int:
        """How often something was different."""
        return self._wrong.hits if self._wrong else 0

    async def __call__(self, scope: Json, receive: Receive, send: Send) -> None:
        """Answers one request."""
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = joined(scope["headers"])
        call = Call(scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"], headers, bytes(body))
        self._memory.under_way += 1
        try:
            if call.operation is None:
                await self._pass_on(call, send)
            else:
                await _send(call, await self._answer(call), send)
        except httpx.HTTPError:
            await leave(Silence.CLOSED, receive, send)
        finally:
            self._memory.under_way -= 1

    async def _answer(self, call: Call) -> Reply:
        now = self._memory.situation(call)
        wrong = self._wrong
        is_on = wrong and call.operation == wrong.place.operation and TRIGGERS[wrong.point.trigger](now)
        if wrong and is_on:
            reply = await _ACTS[wrong.place.part](wrong, call)
        elif wrong and wrong.point.operator == BEHIND and call.operation in ("update", "delete"):
            reply = await a_little_late(wrong, call)  # what a reading that is behind shows has to be known
        else:
            reply = await self._target.send(call)
        return self._seen(call, reply)

    def _seen(self, call: Call, reply: Reply) -> Reply:
        """Returns what a reading shows: an earlier state, while that is to be shown."""
        known = self._memory.known(call) if call.method == "GET" else None
        if known is None or reply.status not in (_OK, _NOT_FOUND):
            return reply
        if known.shown and not (self._wrong and self._wrong.point.operator == BEHIND):
            reply = known.shown
        if reply.status == _OK:
            known.last = reply
        return reply

    async def _pass_on(self, call: Call, send: Send) -> None:
        """Passes on an answer as it comes, of what is not the contract's."""
        async with self._target.streaming(call) as found:
            headers = [(name, value) for name, value in found.headers.raw if name.lower() != b"transfer-encoding"]
            await send({"type": "http.response.start", "status": found.status_code, "headers": headers})
            async for chunk in found.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def end(self) -> Ending:
        """Removes what was made through the proxy and is still there, closes its connections, and says how it went."""
        if self._wrong:
            await self._wrong.stop()
        there = [known for known in self._memory.workloads.values() if not known.deleted]
        left = []
        for known in there:
            with contextlib.suppress(httpx.HTTPError):
                reply = await self._target.of_our_own("DELETE", item(known.id))
                if reply.status < _ERRORS or reply.status == _NOT_FOUND:
                    continue
            left.append(known.id)
        await self._target.close()
        unaffected = self._wrong.unaffected if self._wrong else 0
        return Ending(hits=self.hits, unaffected=unaffected, removed=len(there) - len(left), left=tuple(left))


async def _send(call: Call, reply: Reply, send: Send) -> None:
    headers = [(name, value) for name, value in reply.headers.items() if name != b"content-length"]
    length = reply.headers.get(b"content-length") if call.method == "HEAD" else str(len(reply.body)).encode()
    if length is not None and reply.status not in (204, 304):
        headers.append((b"content-length", length))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else reply.body})
