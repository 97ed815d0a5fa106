"""Servers that try to hang a run, or to fill the machine that it runs on, and what has to hold of a run on each.

An attack is a name, what the server does, and how it is reached. What has to hold of every attack are the `Bounds`.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from support.records import RUN
from support.servers import Call, Changed, Reply, json_reply

from workloads_conformance.recording import ChainWriter
from workloads_conformance.recording.bodies import BodyStore

MIB = 1024 * 1024
HONEST = 160
"""MiB of memory that a run on an honest server takes at most, in the profiles smoke and standard."""


@dataclass(frozen=True)
class Bounds:
    """What a run may take: MiB of memory beyond that on an honest server, MB on disk, and seconds to end when told.

    `record` are the MiB that reading a record may take.
    """

    memory: int = 256
    disk: int = 64
    signal: int = 60
    record: int = 200


@dataclass(frozen=True)
class Attack:
    """A hostile server.

    Attributes:
        name: what it does, in a few words.
        app: makes the server.
        credentials: whether the run fetches its token from the server.
        sample: whether it is one of those that the tests try; the benchmark tries all.
        ends: exit statuses of a run that nobody interrupts.
    """

    name: str
    app: Callable[[], Changed]
    credentials: bool = False
    sample: bool = False
    ends: tuple[int, ...] = (1, 3)


def answers(change: Callable[[Call, Reply], Reply], *, before: Any = None) -> Callable[[], Changed]:
    """Returns what makes the reference server with its answers changed; the token endpoint is left as it is."""

    def after(call: Call, reply: Reply) -> Reply:
        return reply if call.path.endswith("/token") else change(call, reply)

    return lambda: Changed(after=after, **({"before": before} if before else {}))


def says(message: str, statuses: range = range(400, 500)) -> Callable[[], Changed]:
    """Returns what makes a server whose errors have this message."""
    return answers(
        lambda _, reply: (
            reply.with_json({**(reply.json or {}), "message": message}) if reply.status in statuses else reply
        )
    )


def body(make: Callable[[], bytes], status: int | None = None, methods: tuple[str, ...] = ()) -> Callable[[], Changed]:
    """Returns what makes a server that puts a body of its own in the place of every one, or of some methods'."""

    def change(call: Call, reply: Reply) -> Reply:
        if methods and call.method not in methods:
            return reply
        changed = reply.with_body(make())
        return replace(changed, status=status) if status else changed

    return answers(change)


def gzipped(make: Callable[[], bytes], *methods: str) -> Callable[[], Changed]:
    """Returns what makes a server that sends this in the place of every body, or of those of some methods, in gzip."""
    packed = cache(lambda: gzip.compress(make(), 6))

    def made() -> Changed:
        packed()  # before anybody waits for it
        return answers(change)()

    def change(call: Call, reply: Reply) -> Reply:
        if methods and call.method not in methods:
            return reply
        changed = reply.with_body(packed())
        return replace(changed, headers={**changed.headers, b"content-encoding": b"gzip"})

    return made


def member(make: Callable[[], Any], *path: str) -> Callable[[], Changed]:
    """Returns what makes a server whose answers have another value at a place, where they are workloads."""

    def change(_: Call, reply: Reply) -> Reply:
        value = reply.json
        if not isinstance(value, dict) or reply.status >= 300:
            return reply
        place = value.get("workload", value) if path[0] != "syncInfo" else value
        for step in path[:-1]:
            place = place.setdefault(step, {}) if isinstance(place, dict) else {}
        place[path[-1]] = make()
        return reply.with_json(value)

    return answers(change)


def header(name: bytes, value: bytes, status: range = range(100, 600)) -> Callable[[], Changed]:
    """Returns what makes a server whose answers have a header line more, or another one."""
    return answers(
        lambda _, reply: replace(reply, headers={**reply.headers, name: value}) if reply.status in status else reply
    )


def many_headers(number: int) -> Callable[[], Changed]:
    """Returns what makes a server whose answers have so many header lines, as many of them as its framework lets it."""
    lines = {f"x{index}".encode(): b"y" for index in range(number)}
    return answers(lambda _, reply: replace(reply, headers={**reply.headers, **lines}))


def token(**said: Any) -> Callable[[], Changed]:
    """Returns what makes a server whose token endpoint says this beside the token, or in its place."""

    def after(call: Call, reply: Reply) -> Reply:
        return reply.with_json({**reply.json, **said}) if call.path.endswith("/token") else reply

    return lambda: Changed(after=after)


def token_text(text: bytes) -> Callable[[], Changed]:
    """Returns what makes a server whose token endpoint answers with these bytes."""
    return lambda: Changed(after=lambda call, reply: reply.with_body(text) if call.path.endswith("/token") else reply)


def busy(value: bytes, methods: tuple[str, ...] = ("GET", "POST", "PUT", "DELETE")) -> Callable[[], Changed]:
    """Returns what makes a server that has no time for workloads but unknown ones, and says when to come back."""

    def change(call: Call, reply: Reply) -> Reply:
        if call.method not in methods or reply.status >= 300:
            return reply
        return replace(
            json_reply(429, {"code": 429, "message": "busy"}),
            headers={b"content-type": b"application/json", b"retry-after": value},
        )

    return answers(change)


_RANDOM = random.Random(0)
_CODES = itertools.count()


def fresh(size: int) -> str:
    """Returns a text that compresses badly and comes once."""
    return f"{next(_CODES)}-{_RANDOM.randbytes(size // 2).hex()}"


def _doubled(number: int) -> bytes:
    return b"{" + b",".join(b'"name%d":1,"name%d":2' % (index, index) for index in range(number)) + b"}"


def _wide(number: int) -> bytes:
    return json.dumps({f"k{index}": index for index in range(number)}).encode()


_PACKED = b"[" + b"[]," * (8 * MIB // 3 - 10) + b"[]]"
_FRAMES = "\n".join(f"   at {' in ' * 400}{index}" for index in range(2_000))

ATTACKS = (
    Attack("60,000 line ends in each message", says("\n" * 60_000), sample=True),
    Attack("2 MB of almost-frames", says(_FRAMES)),
    Attack("2 MB of `SELECT … FROM`", says("SELECT a FROM " * 140_000)),
    Attack("2 MB of `UPDATE ` without SET", says("UPDATE " * 300_000)),
    Attack("20,000 names twice", body(lambda: _doubled(20_000)), sample=True),
    Attack("20,000 names twice in errors", body(lambda: _doubled(20_000), 500)),
    Attack("20,000 names twice at the token endpoint", token_text(_doubled(20_000)), credentials=True, ends=(3,)),
    Attack("8 MiB of [],[],… in gzip", gzipped(lambda: _PACKED), sample=True),
    Attack("8 MiB of [],[],… in gzip, to GET", gzipped(lambda: _PACKED, "GET")),
    Attack("240,000 elements in every answer", member(lambda: [[]] * 60_000, "metadata", "extra")),
    Attack("200,000 members in an object", body(lambda: _wide(60_000))),
    Attack("100,000 levels of nesting", body(lambda: b"[" * 100_000 + b"]" * 100_000)),
    Attack("150 levels of nesting, often", member(lambda: [json.loads("[" * 150 + "]" * 150)] * 500, "metadata", "x")),
    Attack("gzip bombs", gzipped(lambda: b" " * (400 * MIB)), sample=True),
    Attack("members of 3 MB, each time others", member(lambda: fresh(3_000_000), "metadata", "extra"), sample=True),
    Attack("a syncInfo.status of 3 MB, each time another", member(lambda: fresh(3_000_000), "syncInfo", "status")),
    Attack("a name of 1 MB, each time another", member(lambda: fresh(1_000_000), "metadata", "name")),
    Attack("names of members of 3 MB", member(lambda: {fresh(3_000_000): 1}, "metadata", "configuration")),
    Attack("8 MB of a rawManifest, each time another", member(lambda: {"kind": fresh(8_000_000)}, "rawManifest")),
    Attack("errors of 3 MB, each time others", answers(
        lambda _, reply: reply.with_json({**(reply.json or {}), "message": fresh(3_000_000)})
        if reply.status >= 400 else reply
    ), sample=True),
    Attack("texts of wide characters", member(lambda: "🚀" * 1_500_000, "metadata", "extra")),
    Attack("2 MB of surrogates as escapes", member(lambda: "\ud83d" * 300_000, "metadata", "extra")),
    Attack("8 MB of escapes", body(lambda: b'"' + b"%41&amp;" * 900_000 + b'"')),
    Attack("numbers of 4,000 digits", body(lambda: b"[" + b",".join([b"9" * 4_000] * 2_000) + b"]")),
    Attack("a number of 8 million digits", body(lambda: b"[0." + b"9" * 8_000_000 + b"]")),
    Attack("answers of 60 KB, each time others", member(lambda: fresh(60_000), "metadata", "extra"), sample=True),
    Attack("10,000 header lines", many_headers(10_000), sample=True),
    Attack("190 header lines of 160 bytes", answers(lambda _, reply: replace(reply, headers={
        **reply.headers, **{f"x{index}".encode(): b"y" * 150 for index in range(190)}
    }))),
    Attack("a Content-Type of 60 KB", header(b"content-type", b"text/" + b"x" * 60_000)),
    Attack("an Allow of 30 KB", header(b"allow", b"GET, " * 6_000, range(405, 406))),
    Attack("a challenge of 30 KB", header(b"www-authenticate", b", " * 15_000, range(401, 402))),
    *(
        Attack(f"tokens whose life is {said!r:.20}", token(expiresIn=said), credentials=True, ends=(0,),
               sample=said == 0)
        for said in (0, -1, True, "3600", None, [1], 1e308, 0.001)
    ),
    Attack("tokens whose life is 10^400", token_text(
        b'{"accessToken": "a-token-of-the-server", "expiresIn": 1' + b"0" * 400 + b"}"
    ), credentials=True),
    Attack("tokens whose life is NaN", token_text(b'{"accessToken": "abcdefgh", "expiresIn": NaN}'), credentials=True,
           ends=(3,)),
    Attack("a token of 5 MB", token(accessToken="a" * 5_000_000), credentials=True, ends=(3,)),
    Attack("Retry-After: 0 to each success", busy(b"0"), ends=(3,)),
    Attack("Retry-After: 0 to each read", busy(b"0", ("GET",)), sample=True),
    Attack("Retry-After: ²", busy("²".encode("latin-1"), ("GET",))),
    Attack("Retry-After of 400 digits", busy(b"9" * 400, ("GET",))),
)  # fmt: skip


HONEST_SERVER = Attack("(none)", Changed, ends=(0,))


def _record(bodies: Callable[[], Iterable[bytes]] = tuple, **more: Any) -> Callable[[Path], None]:
    """Returns what writes a record whose chain holds: a run in which these bodies were read again and again."""

    def write(path: Path) -> None:
        store, writer = BodyStore(10**12), ChainWriter(path)
        writer.write(RUN | more.get("run", {}))
        for number, one in enumerate(bodies()):
            digest, entry = store.entry(one)
            if entry is not None:
                writer.write(entry)
            writer.write({
                "kind": "exchange", "trial": f"test_get.x/{number}", "method": "GET", "path": "/", "started": 0.1,
                "seconds": 0.2, "status": 200, "reply_headers": more.get("headers", []), "reply_body": digest,
            })  # fmt: skip
        for entry in more.get("entries", ()):
            writer.write(entry)
        writer.write({"kind": "end", "stopped": None, "finished": "2026-01-01T00:00:00+00:00", "counts": {}})
        writer.close()

    return write


def large(number: int) -> Iterator[bytes]:
    """Yields bodies as large as they may be, of which each takes 8 KB in a record."""
    return (b"%04d" % index + bytes(8 * MIB) for index in range(number))


def _damaged(path: Path) -> None:
    path.write_bytes(b"[" * 200_000_000)


RECORDS: dict[str, Callable[[Path], None]] = {
    "20 bodies of 8 MiB in a record of 1 MB": _record(lambda: large(20)),
    "40 bodies of 8 MiB in a record of 2 MB": _record(lambda: large(40)),
    "an entry with 2 million lists": _record(
        entries=[{"kind": "finding", "requirement": "x", "finding": {"x": [[]] * 2_000_000}}]
    ),
    "a plan of a million tests": _record(run={"plan": ["x"] * 1_000_000}),
    "recorded values of 60 MB": _record(
        entries=[{"kind": "recorded_value", "key": f"{number}" + "x" * 1_000_000, "value": 1} for number in range(60)]
    ),
    "20,000 exchanges that no suite makes": _record(lambda: [b""] * 20_000),
    "a line of 200 MB": _damaged,
}
"""Records that try to fill the machine of who reads them."""
