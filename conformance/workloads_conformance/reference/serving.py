"""Listening, serving, and how the server is reached."""

from __future__ import annotations

import logging
import socket

import uvicorn

from .app import make_app
from .store import CLUSTER, PROJECTS, Store
from .tokens import Tokens

_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not what is listened on
"""By which address this machine reaches itself, where a server listens on all."""


def listen(host: str, port: int) -> socket.socket:
    """Returns a listening socket; port 0 takes a free one, and an address with a colon is one of IPv6.

    Raises:
        OSError, OverflowError: the address cannot be listened on.
    """
    # Made with proto=IPPROTO_TCP: asyncio sets TCP_NODELAY only on sockets that say so, and answers wait 40 ms without.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener


def make_server(store: Store, tokens: Tokens) -> uvicorn.Server:
    """Returns the server, which `run(sockets=[listener])` starts."""
    config = uvicorn.Config(
        make_app(store, tokens),
        access_log=False,
        log_level=logging.WARNING,
        lifespan="off",
        timeout_graceful_shutdown=1,
        http="h11",
    )
    return uvicorn.Server(config)


def access(listener: socket.socket, tokens: Tokens) -> dict[str, str]:
    """Returns what a client has to know: URL, projects, cluster, credentials, and the two tokens that should not do."""
    listening, port = listener.getsockname()[:2]
    host = _HERE.get(listening, str(listening))
    projects = list(PROJECTS)
    return {
        "url": f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}",
        "projectId": projects[0],
        "otherProjectId": projects[1],
        "clusterId": CLUSTER,
        "clientId": tokens.member.id,
        "clientSecret": tokens.member.secret,
        "forbiddenClientId": tokens.outsider.id,
        "forbiddenClientSecret": tokens.outsider.secret,
        "forbiddenToken": tokens.issue(tokens.outsider),
        "expiredToken": tokens.issue(tokens.member, age=tokens.lifetime + 600),
    }
