"""The reference server with a delay before each answer: `python benchmarks/slow_server.py SECONDS`."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import Any

import uvicorn

from workloads_conformance.reference.app import make_app
from workloads_conformance.reference.store import CLUSTER, PROJECTS, Store
from workloads_conformance.reference.tokens import Tokens


def main() -> None:
    """Serves until it is terminated; the first line of output says how the server is reached."""
    delay = float(sys.argv[1])
    tokens = Tokens(3600)
    app = make_app(Store(0.05, 0.05), tokens)

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(delay)
        await app(scope, receive, send)

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    access = {
        "url": f"http://127.0.0.1:{listener.getsockname()[1]}",
        "projectId": next(iter(PROJECTS)),
        "clusterId": CLUSTER,
        "clientId": tokens.member.id,
        "clientSecret": tokens.member.secret,
        "forbiddenToken": tokens.issue(tokens.outsider),
        "expiredToken": tokens.issue(tokens.member, age=tokens.lifetime + 60),
    }
    print(json.dumps(access), flush=True)
    uvicorn.Server(uvicorn.Config(slow, access_log=False, log_level="critical", lifespan="off")).run([listener])


if __name__ == "__main__":
    main()
