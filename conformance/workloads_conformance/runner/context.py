"""What all trials of a run share, as far as the runner is concerned."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workloads_conformance.http import Client, Exchange
from workloads_conformance.output import Redactor
from workloads_conformance.settings import Settings

from .judgement import Judgement
from .patience import Patience
from .stays import Stays


class Checks(Protocol):
    """What every exchange is judged by, whatever test caused it."""

    def judge(self, exchange: Exchange, *, also: Sequence[int] = ()) -> Iterator[Judgement]:
        """Yields a judgement for each requirement that this exchange bears on; `also` are statuses right beside it."""
        ...


_LONGEST = 10.0
"""Seconds for which a replay waits until another trial starts a control; it does at once, or never."""


class Controls:
    """The controls of the tests that are running, each run once for a test; what came of one, by scope and form."""

    def __init__(self) -> None:
        self._running: dict[tuple[object, ...], asyncio.Future[Any]] = {}
        self._started: dict[tuple[object, ...], asyncio.Event] = defaultdict(asyncio.Event)

    def of(self, scope: str, form: tuple[object, ...]) -> asyncio.Future[Any] | None:
        """Returns the control of a scope in a form, if it has been started."""
        return self._running.get((scope, *form))

    async def started(self, scope: str, form: tuple[object, ...]) -> None:
        """Returns when a control has been started: in a replay by the trial that did so in the run, if that comes.

        What is wrong with a control counts for the trial that started it.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._started[scope, *form].wait(), _LONGEST)

    def start(self, scope: str, form: tuple[object, ...], control: asyncio.Future[Any]) -> None:
        """Takes up a control that has been started."""
        self._running[scope, *form] = control
        self._started[scope, *form].set()

    def forget(self, scope: str) -> Iterator[asyncio.Future[Any]]:
        """Yields the controls of a scope, whose test is over, and gives each up."""
        for key in [key for key in self._running if key[0] == scope]:
            self._started.pop(key, None)
            yield self._running.pop(key)


@dataclass(frozen=True)
class Context:
    """The run's settings and client, what judges its exchanges, and what its trials have to agree on."""

    settings: Settings
    client: Client
    checks: Checks
    patience: Patience
    redactor: Redactor
    controls: Controls
    stays: Stays
