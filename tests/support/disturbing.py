"""The reference server behind what disturbs a run: a rate limit, latency, a gateway, a restart, tokens that end.

As a process (`python tests/support/disturbing.py --rate 20`) it says in one line of JSON how it is reached, and answers
`GET /counts` with what it counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from workloads_conformance.reference.app import make_app
from workloads_conformance.reference.store import CLUSTER, PROJECTS, Store
from workloads_conformance.reference.tokens import Tokens

GATEWAY_PAGE = b"<html><head><title>%d</title></head><body><center>nginx</center></body></html>"
_OWN = ("/api/v1/token", "/api/v2/token")


@dataclass
class Disturbed:
    """The reference server, disturbed; all of it can be changed while it serves.

    Attributes:
        latency: seconds before each answer.
        rate: requests in a second; more are refused with 429, or by closing the connection (`refusal` "close").
        hint: whether a refusal has a Retry-After.
        limits: whether answers have RateLimit-* headers.
        deletion: seconds that a deletion takes.
        away: what a gateway answers in the target's place: a status, or 0 to close the connection; None otherwise.
        clock: seconds by which its clock, and so its Date and the dates of Retry-After, is off.
        revoked: tokens that are refused.
        token_away: what the token endpoint answers in place of a token; None while it gives some.
        room: how many workloads may be alive, before creates get 403; 0 for any number.
        unsure: each so-manieth write is done, and answered 503; 0 for none.
        apps: servers that share no state; requests go to one after the other.
    """

    latency: float = 0.0
    rate: float = 0.0
    refusal: str = "429"
    hint: bool = True
    limits: bool = False
    deletion: float = 0.05
    replicas: int = 1
    room: int = 0
    unsure: int = 0
    clock: float = 0.0
    dated: bool = False
    tokens: Tokens = field(default_factory=lambda: Tokens(3600))
    away: int | None = None
    token_away: int | None = None
    revoked: set[str] = field(default_factory=set)
    requests: int = 0
    refused: int = 0
    writes: int = 0
    most_alive: int = 0
    most_in_flight: int = 0

    def __post_init__(self) -> None:
        self.restart()
        self._left, self._filled, self._in_flight = self.rate, time.monotonic(), 0
        self.when: list[tuple[int, Any]] = []
        """What is done once there were so many requests: pairs of a number and a function."""

    def restart(self) -> None:
        """Begins anew, without any workload."""
        self.stores = [Store(0.05, self.deletion) for _ in range(self.replicas)]
        self._apps = [make_app(store, self.tokens) for store in self.stores]

    @property
    def alive(self) -> int:
        """The workloads that are there."""
        return sum(len(store.listed(deleted=False)) for store in self.stores)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/counts":
            counts = {
                name: getattr(self, name) for name in ("requests", "refused", "alive", "most_alive", "most_in_flight")
            }
            await _answer(send, 200, json.dumps(counts).encode(), b"application/json")
            return
        self.requests += 1
        for pair in [pair for pair in self.when if self.requests >= pair[0]]:
            self.when.remove(pair)
            pair[1](self)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            await asyncio.sleep(self.latency)
            await self._pass_on(scope, receive, send)
        finally:
            self._in_flight -= 1
            self.most_alive = max(self.most_alive, self.alive)

    async def _pass_on(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        own = scope["path"] in _OWN
        away = self.token_away if own and self.away is None else self.away if not own or self.away else None
        if away is not None:
            await (_answer(send, away, GATEWAY_PAGE % away, b"text/html") if away else _close(send))
        elif not self._takes():
            self.refused += 1
            await (self._refuse(send) if self.refusal != "close" else _close(send))
        elif dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")[2] in self.revoked:
            body = json.dumps({"code": 401, "message": "The token was revoked"}).encode()
            await _answer(send, 401, body, b"application/json", (b"www-authenticate", b"Bearer"))
        elif self.room and scope["method"] == "POST" and not own and self.alive >= self.room:
            self.refused += 1
            await _answer(send, 403, json.dumps({"code": 403, "message": "Quota"}).encode(), b"application/json")
        else:
            app = self._apps[self.requests % len(self._apps)]
            self.writes += scope["method"] != "GET" and not own
            if self.unsure and scope["method"] != "GET" and not own and self.writes % self.unsure == 0:
                await app(scope, receive, _into_nothing)
                await _answer(send, 503, json.dumps({"code": 503, "message": "Busy"}).encode(), b"application/json")
                return
            await app(scope, receive, self._limited(send) if self.limits else send)

    def _takes(self) -> bool:
        """A bucket of one second's requests."""
        if not self.rate:
            return True
        now = time.monotonic()
        self._left = min(self.rate, self._left + (now - self._filled) * self.rate)
        self._filled = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def _refuse(self, send: Any) -> None:
        status = int(self.refusal)
        body = json.dumps({"code": status, "message": "Too many requests"}).encode()
        headers = []
        if self.dated:
            now = time.time() + self.clock
            headers = [(b"date", _date(now)), (b"retry-after", _date(now + 1))]
        elif self.hint:
            headers = [(b"retry-after", b"1")]
        await _answer(send, status, body, b"application/json", *headers)

    def _limited(self, send: Any) -> Any:
        async def limited(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told = ((b"ratelimit-limit", self.rate), (b"ratelimit-remaining", self._left), (b"ratelimit-reset", 1))
                headers = [*message["headers"], *((name, str(int(value)).encode()) for name, value in told)]
                message = {**message, "headers": headers}
            await send(message)

        return limited


def _date(seconds: float) -> bytes:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds)).encode()


async def _answer(send: Any, status: int, body: bytes, media_type: bytes, *headers: tuple[bytes, bytes]) -> None:
    own = [(b"content-type", media_type), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})


async def _into_nothing(_message: dict[str, Any]) -> None:
    """Sends nothing on."""


async def _close(send: Any) -> None:
    """The server closes what ends before its Content-Length."""
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"100")]})


def main() -> None:
    """Serves until it is terminated."""
    parser = argparse.ArgumentParser()
    for name in ("latency", "rate", "deletion", "away-for"):
        parser.add_argument(f"--{name}", type=float, default=0.05 if name == "deletion" else 0.0)
    parser.add_argument("--refusal", default="429")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--away-at", type=int, default=0, help="the request with which it goes away")
    parser.add_argument("--away", type=int, default=502)
    parser.add_argument("--loses-state", action="store_true")
    options = parser.parse_args()
    app = Disturbed(
        latency=options.latency,
        rate=options.rate,
        refusal=options.refusal,
        deletion=options.deletion,
        replicas=options.replicas,
    )
    if options.away_at:
        app.when.append(
            (options.away_at, lambda app: goes_away(app, options.away, options.away_for, options.loses_state))
        )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    access = {
        "url": f"http://127.0.0.1:{listener.getsockname()[1]}",
        "projectId": next(iter(PROJECTS)),
        "clusterId": CLUSTER,
        "clientId": app.tokens.member.id,
        "clientSecret": app.tokens.member.secret,
        "forbiddenToken": app.tokens.issue(app.tokens.outsider),
        "expiredToken": app.tokens.issue(app.tokens.member, age=app.tokens.lifetime + 600),
    }
    sys.stdout.write(json.dumps(access) + "\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="critical", lifespan="off")).run([listener])


def goes_away(app: Disturbed, status: int, seconds: float, loses_state: bool) -> None:
    """Has a gateway answer for a while."""
    app.away = status

    def back() -> None:
        if loses_state:
            app.restart()
        app.away = None

    asyncio.get_running_loop().call_later(seconds, back)


if __name__ == "__main__":
    main()
