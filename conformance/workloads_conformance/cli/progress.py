"""What `run` shows while it goes on: a bar on a terminal, a line for each tenth of the tests on a pipe."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.text import Text

from workloads_conformance.output import draws, tell, terminal
from workloads_conformance.session import Session

_REFRESH = 0.1
_STILL, _SILENT = 3.0, 15.0
"""Seconds without the end of a test after which a bar says what is waited for, and without a line, a line."""


class _Doing(ProgressColumn):
    """What a run that stands still waits for."""

    max_refresh = 0.5

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        super().__init__()

    def render(self, task: Task) -> Text:
        """Returns the cell."""
        del task
        return Text(self._progress.doing)


class Progress:
    """A pytest plugin that follows the tests. Nothing but plain lines goes to what is not a terminal.

    Args:
        session: the run.
        first: what is said once the target can be judged.
    """

    def __init__(self, session: Session, first: str) -> None:
        self._session, self._first = session, first
        self._live = draws(terminal())
        self._stream = terminal()  # as it is now: pytest puts another in its place while a test goes on
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            _Doing(self),
            console=Console(file=terminal(), force_terminal=self._live),
            transient=True,
            disable=not self._live,
        )
        self._area = ""
        self._detail = "0 requests, 0 failed"
        self._done = self._total = 0
        self._drawn = 0.0
        self._moved = self._told = time.monotonic()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._bar.start()
        self._task = self._bar.add_task("reaching the target", total=None, detail="")
        self._session.on_progress = self._refresh
        self._session.on_notice = self._notice
        if not self._live:
            threading.Thread(target=self._break_silence, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._bar.stop()

    @property
    def doing(self) -> str:
        """What is waited for, if no test has ended for a while."""
        return self._session.doing if time.monotonic() - self._moved > _STILL else ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learns how many tests there are."""
        self._total = len(session.items)
        self._bar.update(self._task, total=self._total)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Names the area at work; before the first, says what is judged."""
        if self._first:
            self._notice(self._first)
            self._first = ""
        name = nodeid.partition("::")[0].rpartition("/")[2]
        self._area = name.removeprefix("test_").removesuffix(".py").replace("_", " ")
        self._bar.update(self._task, description=self._area)

    def pytest_runtest_logfinish(self) -> None:
        """Moves the bar on by one test."""
        self._moved = time.monotonic()
        self._bar.advance(self._task)
        self._refresh()
        before, self._done = self._done, self._done + 1
        if not self._live and 10 * self._done // self._total > 10 * before // self._total:
            self._tell_line()

    def _notice(self, text: str) -> None:
        """Says a sentence, above the bar if there is one."""
        self._bar.stop()
        tell(text, error=True, on=self._stream)
        self._told = time.monotonic()
        self._bar.start()

    def _tell_line(self) -> None:
        waits = f"; {self.doing}" if self.doing else ""
        area = f" ({self._area})" if self._area else ""  # none before the first test
        tell(f"{self._done} of {self._total} tests{area}: {self._detail}{waits}", error=True, on=self._stream)
        self._told = time.monotonic()

    def _break_silence(self) -> None:
        """Tells a line where none has been told for long."""
        while not self._over.wait(1.0):
            if self._total and time.monotonic() - self._told > _SILENT:
                self._tell_line()

    def _refresh(self) -> None:
        if time.monotonic() - self._drawn < _REFRESH and self._done < self._total - 1:
            return
        self._drawn = time.monotonic()
        self._detail = f"{self._session.exchanges} requests, {self._session.tally.failures} failed{self._session.pace}"
        if self._live:
            self._bar.update(self._task, detail=self._detail)
