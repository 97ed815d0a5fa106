"""What the commands that end with a report share: reading and writing one, and showing it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.github import commands_stopped
from workloads_conformance.output import draws, tell
from workloads_reports import Report, ReportError, summary


def show(report: Report, paths: Iterable[Path]) -> None:
    """Prints the summary, with the paths of the files before its last line, the verdict."""
    colour = draws(sys.stdout) and "NO_COLOR" not in os.environ
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    body, _, verdict = summary(report, width=width, colour=colour).rstrip("\n").rpartition("\n")
    with commands_stopped(os.environ):
        tell(body, coloured=colour)
    for path in paths:
        tell(f"{path.suffix.lstrip('.'):>6}: {path}")
    tell(verdict, coloured=colour)


@contextmanager
def told_to_the_user() -> Iterator[None]:
    """Turns what is wrong with a report into a usage error: one sentence, exit status 2."""
    try:
        yield
    except ReportError as error:
        raise UsageError(str(error)) from None
