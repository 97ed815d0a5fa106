"""Requests and answers between a client and the reference server, for those who change them on their way."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

COLLECTION = "/api/v2/workloads"
_ITEM_OPERATIONS = {"GET": "get", "PUT": "update", "DELETE": "delete"}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """A request on its way to the server. `query` is raw; `json` is the body, None if it is not JSON."""

    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def operation(self) -> str | None:
        """create, get, update or delete; None for what the contract does not have."""
        if self.path == COLLECTION:
            return "create" if self.method == "POST" else None
        return _ITEM_OPERATIONS.get(self.method) if self.path.startswith(COLLECTION + "/") else None

    @property
    def dry_run(self) -> bool:
        """True for a dry run."""
        return b"dryRun=true" in self.query

    @property
    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        return _json(self.body)

    def with_json(self, value: object) -> Call:
        """Returns the call with another body."""
        body = json.dumps(value).encode()
        return replace(self, body=body, headers=self.headers | _length(body))


@dataclass(frozen=True)
class Reply:
    """An answer on its way back."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        return _json(self.body)

    def with_status(self, status: int) -> Reply:
        """Returns the reply with another status, and an Error's `code` with it."""
        body = self.json
        told = isinstance(body, dict) and body.get("code") == self.status
        changed = self.with_json(body | {"code": status}) if told and isinstance(body, dict) else self
        return replace(changed, status=status)

    def with_json(self, value: object) -> Reply:
        """Returns the reply with another body."""
        return self.with_body(json.dumps(value).encode())

    def with_body(self, body: bytes) -> Reply:
        """Returns the reply with another body."""
        return replace(self, body=body, headers=self.headers | _length(body))


def error_reply(status: int, message: str = "refused") -> Reply:
    """Returns a reply with an Error."""
    return json_reply(status, {"code": status, "message": message})


def json_reply(status: int, value: object) -> Reply:
    """Returns a reply in JSON."""
    return Reply(status, {b"content-type": b"application/json"}, b"").with_json(value)


class Silence(Enum):
    """A call is not answered, and the connection stays open, or is closed in the middle of the answer."""

    OPEN = "open"
    CLOSED = "closed"


Before = Callable[[Call], Call | Reply | Silence]
After = Callable[[Call, Reply], Reply]


class Filtered:
    """An ASGI application before another: `before` may alter a call, answer it or not, `after` may alter the reply."""

    def __init__(self, app: App, before: Before = lambda call: call, after: After = lambda _call, reply: reply) -> None:
        self._app, self._before, self._after = app, before, after

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answers one request."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        call = Call(scope["method"], scope["path"], scope["query_string"], dict(scope["headers"]), body)
        sent = self._before(call)
        if isinstance(sent, Silence):
            await leave(sent, receive, send)
            return
        reply = sent if isinstance(sent, Reply) else await self._forward(scope, sent)
        reply = self._after(call, reply)
        await send({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers.items())})
        await send({"type": "http.response.body", "body": reply.body if call.method != "HEAD" else b""})

    async def _forward(self, scope: Any, call: Call) -> Reply:
        parts: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def send(message: Message) -> None:
            parts.append(message)

        changed = scope | {
            "method": call.method,
            "query_string": call.query,
            "headers": list(call.headers.items()),
            "path": call.path,
        }
        await self._app(changed, receive, send)
        body = b"".join(part.get("body", b"") for part in parts[1:])
        return Reply(parts[0]["status"], joined(parts[0]["headers"]), body)


async def leave(silence: Silence, receive: Receive, send: Send) -> None:
    """Gives no answer."""
    if silence is Silence.CLOSED:  # the server closes what ends before its Content-Length
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"100")]})
    while silence is Silence.OPEN and (await receive())["type"] != "http.disconnect":
        pass


class InLines:
    """An ASGI application before another: each member of these headers, which are lists, has a line of its own."""

    def __init__(self, app: App, *names: bytes) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answers one request."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [pair for header in message["headers"] for pair in self._lines(*header)],
                }
            await send(message)

        await self._app(scope, receive, sent)

    def _lines(self, name: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
        parts = value.split(b",") if name.lower() in self._names else [value]
        return [(name, part.strip()) for part in parts]


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Returns headers by name; one in several lines is a list, and may be in one (RFC 9110, 5.3)."""
    joined: dict[bytes, bytes] = {}
    for name, value in headers:
        joined[name] = b", ".join((joined[name], value)) if name in joined else value
    return joined


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _length(body: bytes) -> dict[bytes, bytes]:
    return {b"content-length": str(len(body)).encode()}
