"""The reference server with patches applied, in a process forked for it, which ends with the one that forked it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from .declare import Patch

_SYNC_SECONDS = _DELETION_SECONDS = 0.05
_START_SECONDS = 20


class ServerError(Exception):
    """The patched server did not start; the text says why."""


@contextmanager
def served(patches: Sequence[Patch]) -> Iterator[dict[str, str]]:
    """Serves as long as the context lasts, or this process; yields how the server is reached.

    The calling process must not have started threads: the server is forked from it.

    Args:
        patches: what is changed.

    Raises:
        ServerError: a patch does not apply.
    """
    ours, theirs = multiprocessing.Pipe()
    given = (patches, ours, theirs)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=given, daemon=True)
    process.start()
    theirs.close()
    try:
        said = ours.recv() if ours.poll(_START_SECONDS) else "it was not ready in time"
        if not isinstance(said, dict):
            raise ServerError(said)
        yield said
    except EOFError:
        raise ServerError("it ended before it was ready") from None
    finally:
        ours.close()
        process.kill()
        process.join()


def _serve(patches: Sequence[Patch], inherited: Connection, lifeline: Connection) -> None:
    inherited.close()
    logging.disable()
    try:
        for patch in patches:
            patch()
        # Only now: a patch may have put other modules in their place.
        from workloads_conformance.reference import serving  # noqa: PLC0415
        from workloads_conformance.reference.store import Store  # noqa: PLC0415
        from workloads_conformance.reference.tokens import Tokens  # noqa: PLC0415

        tokens = Tokens(3600)
        server = serving.make_server(Store(_SYNC_SECONDS, _DELETION_SECONDS), tokens)
        listener: socket.socket = serving.listen("127.0.0.1", 0)
    except Exception as error:  # noqa: BLE001 - whatever a patch raises is told to the one who asked for it
        lifeline.send(f"{type(error).__name__}: {error}")
        return
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    lifeline.send(serving.access(listener, tokens))
    server.run(sockets=[listener])


def _end_with(lifeline: Connection) -> None:
    """Ends this process when the other end of the pipe is closed, however that came."""
    lifeline.poll(None)
    os._exit(0)
