"""Servers to test against: the reference server with something changed, and servers that do not even speak HTTP."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn

from workloads_conformance.reference.app import make_app
from workloads_conformance.reference.store import CLUSTER, PROJECTS, Store
from workloads_conformance.reference.tokens import Tokens


@dataclass(frozen=True)
class Call:
    """A request on its way to the reference server. `query` is raw; `json` is the body, if it is JSON."""

    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, value: object) -> Call:
        body = json.dumps(value).encode()
        return replace(self, body=body, headers=self.headers | {b"content-length": str(len(body)).encode()})


@dataclass(frozen=True)
class Reply:
    """An answer on its way back."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, value: object) -> Reply:
        return self.with_body(json.dumps(value).encode())

    def with_body(self, body: bytes) -> Reply:
        return replace(self, body=body, headers=self.headers | {b"content-length": str(len(body)).encode()})


def json_reply(status: int, value: object) -> Reply:
    return Reply(status, {b"content-type": b"application/json"}, b"").with_json(value)


@dataclass
class Changed:
    """The reference server with changes, as an ASGI application.

    `before` may alter a call or answer it itself; `after` may alter the reply.
    """

    tokens: Tokens = field(default_factory=lambda: Tokens(3600))
    store: Store = field(default_factory=lambda: Store(0.05, 0.05))
    before: Callable[[Call], Call | Reply] = lambda call: call
    after: Callable[[Call, Reply], Reply] = lambda _call, reply: reply

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        app = self.__dict__.setdefault("app", make_app(self.store, self.tokens))
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        call = Call(scope["method"], scope["path"], scope["query_string"], dict(scope["headers"]), body)
        sent = self.before(call)
        reply = sent if isinstance(sent, Reply) else await self._forward(app, scope, sent)
        reply = self.after(call, reply)
        await send({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers.items())})
        await send({"type": "http.response.body", "body": reply.body if call.method != "HEAD" else b""})

    async def _forward(self, app: Any, scope: dict[str, Any], call: Call) -> Reply:
        parts: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": call.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            parts.append(message)

        changed = scope | {"query_string": call.query, "headers": list(call.headers.items()), "path": call.path}
        await app(changed, receive, send)
        body = b"".join(part.get("body", b"") for part in parts[1:])
        return Reply(parts[0]["status"], dict(parts[0]["headers"]), body)


@dataclass(frozen=True)
class Target:
    """A server to judge: the flags and the environment that reach it."""

    url: str
    tokens: Tokens

    @property
    def flags(self) -> dict[str, str]:
        return {
            "target": self.url,
            "project-id": next(iter(PROJECTS)),
            "cluster-id": CLUSTER,
            "token-env": "TEST_TOKEN",
            "forbidden-token-env": "TEST_FORBIDDEN",
            "expired-token-env": "TEST_EXPIRED",
        }

    @property
    def arguments(self) -> list[str]:
        return [part for key, value in self.flags.items() for part in (f"--{key}", value)]

    @property
    def environ(self) -> dict[str, str]:
        return {
            "TEST_TOKEN": self.tokens.issue(self.tokens.member),
            "TEST_FORBIDDEN": self.tokens.issue(self.tokens.outsider),
            "TEST_EXPIRED": self.tokens.issue(self.tokens.member, age=self.tokens.lifetime + 60),
        }


@contextmanager
def serving(app: Changed) -> Iterator[Target]:
    """Serves an application over a real socket, in a thread."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    config = uvicorn.Config(app, access_log=False, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield Target(f"http://127.0.0.1:{listener.getsockname()[1]}", app.tokens)
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serves connections with a function that gets the socket once a request's head has come; yields the URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
            answer(connection)

    def accept() -> None:
        while not stop.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
