"""Signals that end what goes on with a target."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_ONE = 0.3
"""Seconds in which signals are one: some senders signal a process and then its group, in which it is."""


@contextlib.contextmanager
def heeded(heed: Callable[[], None]) -> Iterator[None]:
    """Calls `heed` for each signal, unless whoever started this process has it ignored, as `nohup` does."""
    last = -_ONE

    def take(*_: object) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= _ONE:
            last = now
            heed()

    numbers = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, take) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def interrupt() -> None:
    """Ends what goes on as Ctrl-C does.

    Raises:
        KeyboardInterrupt: always.
    """
    raise KeyboardInterrupt
