"""An event loop in a thread of its own, so that pytest's synchronous tests can have many requests in flight."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Self, TypeVar

from workloads_conformance.errors import TargetError

try:
    import uvloop  # a run is a matter of how soon sockets are read and written
except ImportError:  # Windows
    new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    new_event_loop = uvloop.new_event_loop

T = TypeVar("T")

_PATIENCE = 30.0
"""Seconds in which what was cancelled has to end: it still deletes what it created."""

_ROUNDS, _MOMENT = 4, 0.5
"""How often what is to end at once is cancelled, and the seconds that it has for it each time."""

_STUCK = (
    f"what went on with the target did not end within {_PATIENCE:g} s of being told to; sweep removes what is left."
)


class LoopThread:
    """Runs coroutines from synchronous code.

    Attributes:
        waits: how often somebody has begun to wait for a result.
        waited_for: somebody is waiting now, and will start nothing else until there is a result.
    """

    waits = 0
    waited_for = False
    _stuck = False

    def __enter__(self) -> Self:
        self._loop = new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="conformance-loop", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            return  # a daemon: it ends with the process
        self._abandon()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _abandon(self) -> None:
        """Ends what still goes on, as it does after a second interrupt: the first time it begins to tidy up."""
        self._loop.set_exception_handler(lambda _loop, _context: None)  # whoever waited for it has gone
        for _ in range(_ROUNDS):
            left = asyncio.all_tasks(self._loop)
            if not left:
                return
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(left, timeout=_MOMENT))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Returns the result of `work`, as `wait` does."""
        return self.wait(self.start(work))

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts `work` and returns at once; `wait` gives its result.

        Raises:
            TargetError: something before it did not end when it was cancelled.
        """
        if self._stuck:
            work.close()
            raise TargetError(_STUCK)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def wait(self, future: Future[T]) -> T:
        """Returns the result of what was started. If the waiting is interrupted, all that goes on is cancelled."""
        self.waits += 1
        self.waited_for = True
        try:
            return future.result()
        except BaseException:
            if not future.done():
                with contextlib.suppress(TargetError):
                    self.cancel()
            raise
        finally:
            self.waited_for = False

    def cancel(self) -> None:
        """Cancels all that goes on, and returns when it has ended.

        Raises:
            TargetError: it does not end, though it had time for it.
        """
        settling = self.start(self._settle())
        self.waited_for = True
        try:
            settling.result(_PATIENCE)
        except TimeoutError:
            self._stuck = True
            raise TargetError(_STUCK) from None
        finally:
            self.waited_for = False

    async def _settle(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
