"""What `run` shows while it goes on: a bar on a terminal, a line for each tenth of the tests on a pipe."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from workloads_conformance.output import tell, terminal
from workloads_conformance.session import Session

_REFRESH, _TOLD = 0.1, 15.0
"""Seconds between two changes of the bar, and after which a line is written, however slow the target is."""


class Progress:
    """A pytest plugin that follows the tests. Nothing but plain lines goes to what is not a terminal.

    Args:
        session: the run.
        first: what is said once the target can be judged.
    """

    def __init__(self, session: Session, first: str) -> None:
        self._session, self._first = session, first
        self._console = Console(file=terminal())
        self._live = self._console.is_terminal
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._live,
        )
        self._area = ""
        self._done = self._total = 0
        self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task("reaching the target", total=None, detail="")
        self._session.on_progress = self._refresh
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learns how many tests there are."""
        self._total = len(session.items)
        self._bar.update(self._task, total=self._total)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Names the area at work; before the first, says what is judged."""
        if self._first:
            self._bar.stop()
            tell(self._first, error=True)
            self._first = ""
            self._bar.start()
        name = nodeid.partition("::")[0].rpartition("/")[2]
        self._area = name.removeprefix("test_").removesuffix(".py").replace("_", " ")
        self._bar.update(self._task, description=self._area)

    def pytest_runtest_logfinish(self) -> None:
        """Moves the bar on by one test."""
        self._bar.advance(self._task)
        self._refresh()
        before, self._done = self._done, self._done + 1
        if not self._live and 10 * self._done // self._total > 10 * before // self._total:
            told = f"{self._done} of {self._total} tests ({self._area}): {self._detail()}"
            tell(told, error=True)
            self._drawn = time.monotonic()

    def _refresh(self) -> None:
        if time.monotonic() - self._drawn < (_REFRESH if self._live else _TOLD):
            return
        self._drawn = time.monotonic()
        if not self._live:
            tell(f"{self._done} of {self._total} tests ({self._area or 'start'}): {self._detail()}", error=True)
            return
        self._bar.update(self._task, detail=self._detail())

    def _detail(self) -> str:
        return f"{self._session.exchanges} requests, {self._session.tally.failures} failed{self._session.pace}"
