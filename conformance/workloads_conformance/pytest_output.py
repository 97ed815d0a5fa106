"""What plain pytest shows and writes of a run: reports hold text and nothing more, and no local variable."""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any, TypeVar

import pytest

from workloads_conformance.output import Guarded, shown

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)

_LOG_EXCHANGES = ("httpx", "httpcore")
"""Loggers that tell URLs and headers, in which tokens stand; the record tells the exchanges, without."""


class ShownAsText:
    """A pytest plugin for those runs in which pytest itself speaks to the user.

    What others read of a test (the terminal, `--junitxml`, plugins) is cleaned in its report; what pytest writes on the
    terminal beside that, as internal errors, is cleaned there.
    """

    def __init__(self, config: pytest.Config) -> None:
        # The local variables of a test hold tokens and answers.
        config.option.showlocals = config.option.fulltrace = False
        for name in _LOG_EXCHANGES:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            writer: Any = config.get_terminal_writer()
            # The one place that all of pytest's words come by; it has no public name.
            writer._file = Guarded(writer._file, drawn=writer.hasmarkup or reporter.isatty)  # noqa: SLF001

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Cleans the report on a test of the suite; of tests beside it the user knows what they show."""
        report = yield
        if not hasattr(getattr(item, "function", None), "judging"):
            return report
        if report.failed and call.excinfo is not None and not isinstance(report.longrepr, str):
            report.longrepr = str(call.excinfo.getrepr(style="short", showlocals=False, funcargs=False))
        return _cleaned(report)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Cleans the report on a module that could not be read."""
        report = yield
        if report.failed:
            report.longrepr = str(report.longrepr)
        return _cleaned(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Cleans what is told of an internal error: the terminal shows it, and `--junitxml` writes it."""
        text = shown(str(excrepr))
        excrepr.toterminal = lambda writer: writer.line(text)


def _cleaned(report: R) -> R:
    if isinstance(report.longrepr, str):
        report.longrepr = shown(report.longrepr)
    report.sections = [(name, shown(text)) for name, text in report.sections]
    return report
