"""What changes answers on their way can be laid over one another."""

from __future__ import annotations

import asyncio

from workloads_conformance.selfcheck.exchanges import Filtered, InLines


def test_a_header_in_several_lines_keeps_its_members_under_another_filter():
    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 405, "headers": [(b"allow", b"DELETE, GET, PUT")]})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        return {"type": "http.request", "body": b""}

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "PATCH", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(Filtered(InLines(app, b"allow"))(scope, receive, send))
    assert sent[0]["headers"] == [(b"allow", b"DELETE, GET, PUT")]
    sent.clear()
    asyncio.run(InLines(Filtered(app), b"allow")(scope, receive, send))
    assert sent[0]["headers"] == [(b"allow", b"DELETE"), (b"allow", b"GET"), (b"allow", b"PUT")]
