"""What all trials of a run share, as far as the runner is concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workloads_conformance.http import Client, Exchange
from workloads_conformance.output import Redactor
from workloads_conformance.settings import Settings

from .exclusive import Exclusive
from .judgement import Judgement
from .patience import Patience


class Checks(Protocol):
    """What every exchange is judged by, whatever test caused it."""

    def judge(self, exchange: Exchange, *, also: Sequence[int] = ()) -> Iterator[Judgement]:
        """Yields a judgement for each requirement that this exchange bears on; `also` are statuses right beside it."""
        ...


_TURNS = 5000
"""How often it is looked, a millisecond apart, whether another trial has started a control."""


class Controls:
    """The controls of the tests that are running, each run once for a test; what came of one, by scope and form."""

    def __init__(self) -> None:
        self._running: dict[tuple[object, ...], asyncio.Future[Any]] = {}

    def of(self, scope: str, form: tuple[object, ...]) -> asyncio.Future[Any] | None:
        """Returns the control of a scope in a form, if it has been started."""
        return self._running.get((scope, *form))

    async def started(self, scope: str, form: tuple[object, ...]) -> None:
        """Returns when a control has been started: in a replay by the trial that did so in the run, if that comes.

        What is wrong with a control counts for the trial that started it.
        """
        for _ in range(_TURNS):
            if self.of(scope, form) is not None:
                return
            await asyncio.sleep(0.001)

    def start(self, scope: str, form: tuple[object, ...], control: asyncio.Future[Any]) -> None:
        """Takes up a control that has been started."""
        self._running[scope, *form] = control

    def forget(self, scope: str) -> Iterator[asyncio.Future[Any]]:
        """Yields the controls of a scope, whose test is over, and gives each up."""
        for key in [key for key in self._running if key[0] == scope]:
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
    exclusive: Exclusive
