"""`python -m workloads_conformance.reference`: listens, says how it is reached, and serves until it is told to stop."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading

import uvicorn

from .serving import access, listen, make_server
from .store import Store
from .tokens import Tokens

_USAGE = 2


def main() -> int:
    """Serves; returns the exit status."""
    options = _options()
    try:
        listener = listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        print(f"cannot listen on {options.host}:{options.port}: {error}; choose another --port.", file=sys.stderr)  # noqa: T201
        return _USAGE
    tokens = Tokens(options.token_seconds)
    server = make_server(Store(options.sync_seconds, options.deletion_seconds), tokens)
    if options.exit_with_parent:
        threading.Thread(target=_await_parent, args=(server,), daemon=True).start()
    # Before the ready line, whose reader may stop us at once. uvicorn takes the signal over and raises it again when
    # it has shut down, which then changes nothing.
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    try:
        os.write(1, json.dumps(access(listener, tokens)).encode() + b"\n")
    except BrokenPipeError:
        return _USAGE  # whoever started us is gone already
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("workloads_conformance.reference", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--sync-seconds", type=float, default=0.05, help="from a write to Synced")
    parser.add_argument("--deletion-seconds", type=float, default=0.05, help="from a delete to the end")
    parser.add_argument("--token-seconds", type=float, default=3600, help="a token's life")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


def _await_parent(server: uvicorn.Server) -> None:
    while os.read(0, 4096):
        pass
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
