"""Servers to test against: the reference server with something changed, and servers that do not even speak HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from workloads_conformance.reference.app import make_app
from workloads_conformance.reference.store import CLUSTER, PROJECTS, Store
from workloads_conformance.reference.tokens import Tokens
from workloads_conformance.selfcheck.exchanges import Call, Filtered, Reply, Silence, json_reply

__all__ = ["Call", "Changed", "Reply", "Silence", "Target", "json_reply", "raw_server", "serving"]


@dataclass
class Changed:
    """The reference server with changes, as an ASGI application.

    `before` may alter a call, answer it itself or leave it without an answer; `after` may alter the reply.
    """

    tokens: Tokens = field(default_factory=lambda: Tokens(3600))
    store: Store = field(default_factory=lambda: Store(0.05, 0.05))
    before: Callable[[Call], Call | Reply | Silence] = lambda call: call
    after: Callable[[Call, Reply], Reply] = lambda _call, reply: reply

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        app = self.__dict__.setdefault("app", make_app(self.store, self.tokens))
        await Filtered(app, self.before, self.after)(scope, receive, send)


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
    def pytest_arguments(self) -> list[str]:
        """As pytest has them."""
        return [part for key, value in self.flags.items() for part in (f"--wlc-{key}", value)]

    @property
    def environ(self) -> dict[str, str]:
        return {
            "TEST_TOKEN": self.tokens.issue(self.tokens.member),
            "TEST_FORBIDDEN": self.tokens.issue(self.tokens.outsider),
            "TEST_EXPIRED": self.tokens.issue(self.tokens.member, age=self.tokens.lifetime + 600),
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
            # A socket that is closed with something unread in it resets the connection, and the answer may be lost.
            connection.settimeout(1)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

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
