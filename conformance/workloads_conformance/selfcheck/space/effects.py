"""Operations that do not do what they say, though each answer by itself is right: the proxy keeps state for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from workloads_conformance.selfcheck.exchanges import Call, Reply, json_reply

from .acting import Act, Wrong
from .memory import AUTHORIZATION, item
from .operating import BUSY
from .pretending import as_if_done, update_to

_OK, _ACCEPTED, _NOT_FOUND, _ERRORS = 200, 202, 404, 400
_A_WHILE = 0.2
"""Seconds after which what was done is undone, and within which a reading may be behind."""
_BEYOND = 1.5
"""Of the settle time: when something happens that should have happened within it."""
_BUSY_EACH = 5


async def busy_now_and_then(wrong: Wrong, call: Call) -> Reply:
    """Asks the client to come back, one time of five."""
    turn = wrong.earlier["turn"] = wrong.earlier.get("turn", 0) + 1
    return await wrong.target.send(call) if turn % _BUSY_EACH else wrong.hit(_busy())


def _busy(status: int = 503) -> Reply:
    """Returns an answer that asks the client to come back at once."""
    reply = json_reply(status, {"code": status, "message": "busy"})
    return replace(reply, headers={**reply.headers, b"retry-after": b"0"})


# -- creates ----------------------------------------------------------------------------------------------------------


async def create_swallowed(wrong: Wrong, call: Call) -> Reply:
    """Has the target make a dry run of a create."""
    reply = await wrong.target.send(replace(call, query=b"dryRun=true"))
    return reply if call.dry_run or reply.status >= _ERRORS else wrong.hit(reply)


async def create_twice(wrong: Wrong, call: Call) -> Reply:
    """Repeats a create that was accepted, as a gateway does that has missed the answer."""
    reply = await wrong.target.send(call)
    if call.dry_run or reply.status >= _ERRORS:
        return reply
    return wrong.hit(await wrong.target.send(call))


async def create_answered_as_before(wrong: Wrong, call: Call) -> Reply:
    """Answers a create with the answer to the one before it."""
    before = wrong.memory.accepted.get("create")
    reply = await wrong.target.send(call)
    return reply if before is None or reply.status >= _ERRORS else wrong.hit(before[1])


# -- readings ---------------------------------------------------------------------------------------------------------


async def first_state(wrong: Wrong, call: Call) -> Reply:
    """Shows a workload as it was when it was first read."""
    known = wrong.memory.known(call)
    reply = await wrong.target.send(call)
    if known is None or known.first is None or reply.status != _OK or reply.body == known.first.body:
        return reply
    return wrong.hit(known.first)


async def another_workload(wrong: Wrong, call: Call) -> Reply:
    """Shows the newest other workload."""
    known = wrong.memory.known(call)
    other = wrong.memory.neighbour(known)
    reply = await wrong.target.send(call)
    if known is None or other is None or reply.status != _OK:
        return reply
    shown = await wrong.target.send(replace(call, path=item(other.id)))
    return wrong.hit(shown) if shown.status == _OK else reply


async def cached(wrong: Wrong, call: Call) -> Reply:
    """Shows to anybody what was last shown to somebody."""
    known, token = wrong.memory.known(call), call.headers.get(AUTHORIZATION)
    if known is None or known.last is None or token == wrong.memory.token:
        return await wrong.target.send(call)
    return wrong.hit(known.last)


async def behind(wrong: Wrong, call: Call) -> Reply:
    """Shows for a while what was shown before a write."""
    known = wrong.memory.known(call)
    reply = await wrong.target.send(call)
    shown = known.shown if known else None
    return wrong.hit(shown) if shown and reply.status in (_OK, _NOT_FOUND) else reply


# -- updates and deletions --------------------------------------------------------------------------------------------


async def swallowed(wrong: Wrong, call: Call) -> Reply:
    """Answers a write as if it were done."""
    told = await as_if_done(wrong, call)
    return await wrong.target.send(call) if told is None else wrong.hit(told)


async def to_a_neighbour(wrong: Wrong, call: Call) -> Reply:
    """Does the write to the newest other workload, and answers as if it were done to the one that was named."""
    known = wrong.memory.known(call)
    other = wrong.memory.neighbour(known)
    told = await as_if_done(wrong, call) if known and other else None
    if told is None or other is None:
        return await wrong.target.send(call)
    reply = await wrong.target.send(replace(call, path=item(other.id)))
    return wrong.hit(told) if reply.status < _ERRORS else reply


async def late(wrong: Wrong, call: Call) -> Reply:
    """Does the write when the settle time is over."""
    told = await as_if_done(wrong, call)
    if told is None:
        return await wrong.target.send(call)
    wrong.later(_BEYOND * wrong.settle, wrong.target.send(call))
    return wrong.hit(told)


async def a_little_late(wrong: Wrong, call: Call) -> Reply:
    """Does the write, and shows what was shown before it for a while."""
    known = wrong.memory.known(call)
    is_behind = known is None or known.shown is not None  # it does not fall further behind
    before = None if is_behind else await wrong.target.of_our_own("GET", call.path)
    reply = await wrong.target.send(call)
    if known is None or before is None or before.status != _OK or reply.status >= _ERRORS:
        return reply
    known.hide(before, 0.0, _A_WHILE)
    return wrong.hit(reply)


async def undone(wrong: Wrong, call: Call) -> Reply:
    """Does the write, and takes it back after a while."""
    known = wrong.memory.known(call)
    before = await wrong.target.of_our_own("GET", call.path) if known and wrong.memory.token else None
    reply = await wrong.target.send(call)
    if known is None or before is None or before.status != _OK or reply.status >= _ERRORS:
        return reply
    if call.operation == "delete":
        known.hide(before, _A_WHILE, math.inf)
    else:
        wrong.later(_A_WHILE, wrong.target.of_our_own("PUT", call.path, update_to(before)))
    return wrong.hit(reply)


async def twice(wrong: Wrong, call: Call) -> Reply:
    """Repeats a write that was accepted, and answers as to the first."""
    reply = await wrong.target.send(call)
    if reply.status >= _ERRORS:
        return reply
    await wrong.target.send(call)
    return wrong.hit(reply)


_WRITES: Mapping[str, Act] = {
    "swallowed": swallowed,
    "to a neighbour": to_a_neighbour,
    "late": late,
    "a little late": a_little_late,
    "undone after a while": undone,
    "applied twice": twice,
}
EFFECTS: Mapping[str, Mapping[str, Act]] = {
    "create": {
        "swallowed": create_swallowed,
        "applied twice": create_twice,
        "answered as the one before": create_answered_as_before,
    },
    "get": {
        "from the first state": first_state,
        "of another workload": another_workload,
        "from a cache that ignores the token": cached,
        "a little behind": behind,
    },
    "update": _WRITES,
    "delete": _WRITES,
}


async def effect(wrong: Wrong, call: Call) -> Reply:
    """Does something else than the operation says."""
    if wrong.point.operator == BUSY:
        return await busy_now_and_then(wrong, call)
    return await EFFECTS[wrong.place.operation][wrong.point.operator](wrong, call)
