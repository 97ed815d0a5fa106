"""The only way to the network: one exchange at a time or many, each within a deadline, none following a redirect."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Self

import httpx

from workloads_conformance._version import __version__
from workloads_conformance.errors import NotPermittedError
from workloads_conformance.settings import Settings

from .connecting import BROKEN, described, tls
from .deadlines import IN_A_ROW, Deadlines
from .governor import Governor
from .limits import read_body, read_headers
from .memory import MOST, Memory
from .messages import TOO_LATE, Exchange, Request, Response

COMMON_HEADERS = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", f"workloads-conformance/{__version__}"),
)
"""What every request has unless it says otherwise."""

_IDLE_SECONDS = 2.0
"""After which a connection is not used again. Servers close theirs after five seconds or more, and a POST that meets
the closing may not be repeated."""

_USUAL_LIVE, _PER_LIVE = 64, 256 * 1024
"""Who asks for more live workloads than by default has more answers judged at a time: so many bytes for each."""


class Wire:
    """Sends requests to one base URL. Every request of a run, the token request too, goes through `send`.

    Attributes:
        began: the time, in seconds since 1970, from which exchanges count their seconds.
        governor: decides which request leaves when.
    """

    def __init__(self, settings: Settings, base_url: str, permit: Callable[[str, httpx.URL], None]) -> None:
        """Makes the connections of one run.

        Args:
            settings: deadline, concurrency, TLS and proxy.
            base_url: under which every request goes.
            permit: raises NotPermittedError for a method and URL that must not leave; it is asked last of all.
        """
        self._base = httpx.URL(base_url)
        self._permit = permit
        self._settings = settings
        self._deadlines = Deadlines(settings.deadline)
        self.began = time.time()
        self._origin = time.monotonic()
        self.governor = Governor(settings.concurrency, settings.rate or math.inf)
        self._memory = Memory(MOST + max(0, settings.max_live - _USUAL_LIVE) * _PER_LIVE)
        self._http = client_of(settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def now(self) -> float:
        """The seconds since `began`."""
        return time.monotonic() - self._origin

    async def send(
        self, request: Request, authorization: str | None, trial: str = "", *, within: float | None = None
    ) -> Exchange:
        """Returns the exchange: a response, or why there is none. Never raises for what the target does.

        Args:
            request: what to send.
            authorization: the value of its Authorization header.
            trial: on whose behalf; where not all can leave at once, those that began first go first.
            within: seconds that the exchange may take, where that is less than usual.

        Raises:
            NotPermittedError: the request must not leave.
        """
        outgoing = self._outgoing(request, authorization)
        async with self.governor.turn(trial):
            started, usual = time.monotonic(), self._deadlines.of(request.method)
            deadline = usual if within is None else min(usual, within)
            response, failure = None, None
            try:
                async with asyncio.timeout(deadline):
                    response = await self._receive(outgoing)
                self._deadlines.met(request.method, time.monotonic() - started)
            except TimeoutError:
                failure = f"{TOO_LATE} within {deadline:.3g} s"
                if deadline == usual:  # it had the time that others have
                    self._deadlines.missed(request.method)
                if deadline == usual < self._deadlines.longest:
                    failure += f", nor to {IN_A_ROW} {request.method} before it within {self._deadlines.longest:g} s"
            except BROKEN as error:
                failure = described(error, self._settings)
            seconds = time.monotonic() - started
            return Exchange(request, response, failure, round(seconds, 6), round(started - self._origin, 6))

    def _outgoing(self, request: Request, authorization: str | None) -> httpx.Request:
        headers = sent_headers(request, authorization)
        encoded = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers]
        outgoing = httpx.Request(request.method, final_url(self._base, request), headers=encoded, content=request.body)
        self._permit(outgoing.method, outgoing.url)
        return outgoing

    async def _receive(self, outgoing: httpx.Request) -> Response:
        answer = await self._http.send(outgoing, stream=True)
        lease = self._memory.lease()
        try:
            headers, flaw = read_headers(answer.headers.raw)
            if flaw is not None:
                return Response(answer.status_code, headers, b"", flaw)
            body, flaw = await read_body(answer.aiter_raw(), answer.headers.get("content-encoding", ""), lease)
        finally:
            await answer.aclose()
        return Response(answer.status_code, headers, body, flaw, lease=lease)


def client_of(settings: Settings) -> httpx.AsyncClient:
    """Returns a client with the connections, TLS and proxy that the settings say; it follows no redirect."""
    return httpx.AsyncClient(
        verify=tls(settings),
        proxy=settings.proxy,
        trust_env=False,  # what it may say is in the settings
        follow_redirects=False,
        timeout=httpx.Timeout(settings.deadline),
        limits=httpx.Limits(
            max_connections=settings.concurrency,
            max_keepalive_connections=settings.concurrency,
            keepalive_expiry=_IDLE_SECONDS,
        ),
    )


def final_url(base: httpx.URL, request: Request) -> httpx.URL:
    """Returns the URL that a request goes to, normalized as it will be on the wire.

    Raises:
        NotPermittedError: there is no such URL: control characters, or more than 64 KiB.
    """
    return _url(base, request.target)


@lru_cache(maxsize=256)
def _url(base: httpx.URL, target: str) -> httpx.URL:
    root = base.raw_path.rstrip(b"/")
    try:
        return base.copy_with(raw_path=root + target.encode("ascii", "replace"))
    except httpx.InvalidURL as error:
        raise NotPermittedError(f"its URL cannot be sent: {error}") from None


def sent_headers(request: Request, authorization: str | None) -> list[tuple[str, str]]:
    """Returns the headers with which a request leaves, but for Host and those that frame the body."""
    given = {name.lower() for name, _ in request.headers} | request.without
    headers = [pair for pair in COMMON_HEADERS if pair[0].lower() not in given]
    if authorization is not None:
        headers.append(("Authorization", authorization))
    if request.body is not None and "content-type" not in given:
        headers.append(("Content-Type", "application/json"))
    return [*headers, *request.headers]
