"""The target as the proxy reaches it: requests are sent as they came, and answers are learnt from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from workloads_conformance.http import client_of
from workloads_conformance.selfcheck.exchanges import Call, Reply, joined
from workloads_conformance.settings import Settings

from .memory import AUTHORIZATION, Memory

_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer", b"proxy-connection"}
)
"""RFC 9110, 7.6.1."""
_OWN = _HOP_BY_HOP | {b"host", b"content-length"}


class Upstream:
    """Sends requests to a target.

    Args:
        base: the target's base URL.
        settings: TLS, proxy and deadline.
        memory: learns of each exchange of the contract's operations.
    """

    def __init__(self, base: str, settings: Settings, memory: Memory) -> None:
        self._base, self._memory = httpx.URL(base), memory
        self._root = self._base.raw_path.rstrip(b"/")
        self._http = client_of(settings)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def send(self, call: Call) -> Reply:
        """Returns the target's whole answer.

        Raises:
            httpx.HTTPError: there is none.
        """
        async with self.streaming(call) as answer:
            headers = _kept(answer)
            reply = Reply(answer.status_code, headers, b"".join([chunk async for chunk in answer.aiter_raw()]))
        self._memory.learn(call, reply)
        return reply

    @asynccontextmanager
    async def streaming(self, call: Call) -> AsyncIterator[httpx.Response]:
        """Yields the target's answer, its body unread."""
        query = b"?" + call.query if call.query else b""
        url = self._base.copy_with(raw_path=self._root + call.path.encode("latin-1") + query)
        headers = [(name, value) for name, value in call.headers.items() if name not in _OWN]
        if call.operation is not None:
            # What has to be read is not to be decoded first.
            headers = [(name, value) for name, value in headers if name != b"accept-encoding"]
        has_body = call.body or b"content-length" in call.headers or b"transfer-encoding" in call.headers
        request = httpx.Request(call.method, url, headers=headers, content=call.body if has_body else None)
        answer = await self._http.send(request, stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()

    async def of_our_own(self, method: str, path: str, json: object = None) -> Reply:
        """Sends a request that no client has sent, with the credentials of the last that was accepted."""
        headers = {AUTHORIZATION: self._memory.token or b"", b"accept": b"application/json"}
        call = Call(method, path, b"", headers, b"")
        if json is not None:
            call = call.with_json(json)
            call.headers[b"content-type"] = b"application/json"
        return await self.send(call)


def _kept(answer: httpx.Response) -> dict[bytes, bytes]:
    return joined((name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _HOP_BY_HOP)
