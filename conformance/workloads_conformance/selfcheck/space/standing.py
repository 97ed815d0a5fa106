"""A proxy in a process of its own. It ends with the one that forked it, and first removes what was made through it."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

import uvicorn

from workloads_conformance.reference import serving
from workloads_conformance.selfcheck.server import ServerError
from workloads_conformance.settings import Settings

from .memory import Memory
from .points import Point
from .proxy import Ending, Proxy
from .upstream import Upstream

_START_SECONDS = 20
_END_SECONDS = 60
_LONGEST_HEAD = 1024 * 1024
"""Bytes of a request's line and headers: more than any target takes, so that it is the target that refuses."""


@dataclass(slots=True)
class Standing:
    """A proxy: where it listens; how it ended, once it has."""

    url: str
    ending: Ending | None = None


@contextmanager
def between(point: Point | None, base: str, settings: Settings) -> Iterator[Standing]:
    """Has a proxy before a target as long as the context lasts.

    The calling process must not have started threads: the proxy is forked from it.

    Raises:
        ServerError: it did not start.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(point, base, settings, ours, theirs))
    process.daemon = True
    process.start()
    theirs.close()
    try:
        if not ours.poll(_START_SECONDS):
            raise ServerError("the proxy was not ready in time")
        standing = Standing(ours.recv())
        try:
            yield standing
        finally:
            ours.send("end")
            if ours.poll(_END_SECONDS):
                standing.ending = ours.recv()
    except (EOFError, BrokenPipeError):
        raise ServerError("the proxy ended by itself") from None
    finally:
        ours.close()
        process.join(2)
        process.kill()
        process.join()


def _serve(point: Point | None, base: str, settings: Settings, inherited: Connection, lifeline: Connection) -> None:
    inherited.close()
    logging.disable()
    asyncio.run(_run(point, base, settings, lifeline))
    os._exit(0)


async def _run(point: Point | None, base: str, settings: Settings, lifeline: Connection) -> None:
    memory = Memory()
    proxy = Proxy(point, Upstream(base, settings, memory), memory, settings.settle)
    config = uvicorn.Config(
        proxy,
        access_log=False,
        log_level=logging.CRITICAL,
        lifespan="off",
        http="h11",
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        server_header=False,
        date_header=False,
    )
    listener = serving.listen("127.0.0.1", 0)
    told = asyncio.Event()
    asyncio.get_running_loop().add_reader(lifeline.fileno(), told.set)
    serve = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listener]))
    host, port = listener.getsockname()[:2]
    lifeline.send(f"http://{host}:{port}")
    await told.wait()  # "end", or the end of the other process, however that came
    asyncio.get_running_loop().remove_reader(lifeline.fileno())
    ending = await proxy.end()
    with suppress(OSError):  # there may be nobody any more whom it could be told
        lifeline.send(ending)
    serve.cancel()
