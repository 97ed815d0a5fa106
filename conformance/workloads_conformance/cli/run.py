"""`run`: judges a server and ends with a verdict, a summary and the report's files."""

from __future__ import annotations

import argparse
import gc
import os

import pytest

from workloads_conformance.errors import ConformanceError, ExitStatus
from workloads_conformance.output import tell
from workloads_conformance.plugin import ConformanceRun, announced, exit_status
from workloads_conformance.settings import Settings

from .gone import leave_what_is_gone
from .options import settings_of
from .progress import Progress
from .results import show

_PYTEST = (
    "--pyargs", "workloads_conformance.suite",
    "--import-mode=importlib",
    "-c", os.devnull,  # the settings of the directory that the user is in are not the suite's
    "--rootdir", os.sep,
    "--noconftest",
    "-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler",
    "-p", "no:warnings", "-p", "no:unraisableexception",
    "--assert=plain",
    "--capture=sys",  # the stream itself stays open, on which progress is told while a test goes on
)  # fmt: skip


_YOUNG = 20_000
"""Objects made since the last look for cycles, before the next one. Python's 700 cost a run a tenth of its time."""


def execute(options: argparse.Namespace) -> int:
    """Runs the suite; returns the exit status that the verdict stands for."""
    return judge(settings_of(options))


def judge(settings: Settings) -> int:
    """Runs the suite with these settings, as `execute` does."""
    run = ConformanceRun(settings)
    with Progress(run.session, announced(settings)) as progress:
        ended = _pytest([run, progress])
    if isinstance(run.problem, ConformanceError):
        raise run.problem
    if run.report is None:
        return ExitStatus.INTERRUPTED if run.interrupted else ExitStatus.INCONCLUSIVE
    run.tell(os.environ)
    show(run.report, run.paths)
    if run.problem is not None:
        tell(f"workloads-conformance: {run.problem}", error=True)
        return ExitStatus.USAGE
    if ended == pytest.ExitCode.INTERNAL_ERROR:
        tell("workloads-conformance: this is an error of the suite, and says nothing about the target.", error=True)
        return ExitStatus.INCONCLUSIVE
    return ExitStatus.INTERRUPTED if run.interrupted else exit_status(run.report)


def _pytest(plugins: list[object]) -> int:
    """Runs pytest on the suite, free of what environment and working directory would add; returns its status."""
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:  # ADDOPTS, PLUGINS, DEBUG, THEME
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    gc.freeze()  # what was imported stays
    gc.set_threshold(_YOUNG)
    try:
        return pytest.main(list(_PYTEST), plugins=plugins)
    except FileNotFoundError:
        if not leave_what_is_gone():
            raise
        return pytest.ExitCode.OK  # all is done; pytest goes back to the working directory, which was deleted meanwhile
