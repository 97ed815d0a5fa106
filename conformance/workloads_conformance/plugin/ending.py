"""How a run under pytest ends: its report compared, written, shown, and turned into an exit status."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from workloads_conformance.errors import ConformanceError, ExitStatus, UsageError
from workloads_conformance.github import commands_stopped, tell_github
from workloads_conformance.settings import Settings
from workloads_reports import (
    Report,
    ReportError,
    RunVerdict,
    check_comparable,
    draft_waivers,
    read_report,
    summary,
    with_since,
    write_all,
    write_text,
)
from workloads_specs import Contract


class Ending:
    """What is told of a run, by whoever makes its report.

    Args:
        settings: the given settings.
        contract: the contract that is judged by.

    Attributes:
        report: the report, once it is made; None if no test of the suite was run.
        paths: the files that were written.
        problem: why something did not work that is not the target's doing.

    Raises:
        UsageError: the report to compare with cannot be used.
    """

    def __init__(self, settings: Settings, contract: Contract) -> None:
        self._settings = settings
        self._before = _earlier(settings, contract) if settings.since else None
        self.report: Report | None = None
        self.paths: tuple[Path, ...] = ()
        self.problem: ConformanceError | ReportError | None = None

    def pytest_report_header(self) -> str:
        """Says at the head of plain pytest's output who is judged."""
        return f"workloads-conformance: {announced(self._settings)}"

    def make_known(self, report: Report) -> None:
        """Takes the report, and says what changed since the run that it is to be compared with."""
        self.report = report if self._before is None else with_since(report, self._before)

    def write(self) -> None:
        """Writes the report's files, and what else was asked for.

        Raises:
            ReportError: they cannot be written.
        """
        assert self.report
        self.paths = write_all(self.report, self._settings.report_dir)
        drafts, path = draft_waivers(self.report.requirements), self._settings.write_waivers
        if path and drafts:
            self.paths += (write_text(path, drafts),)

    def tell(self, environ: Mapping[str, str]) -> None:
        """Tells the build server that the run stands on, if it is one that listens, what the report says."""
        if self.report is not None:
            try:
                tell_github(self.report, environ)
            except ReportError as error:
                self.problem = self.problem or error

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, object, object]:
        """Ends plain pytest's output with the summary that the command line gives; both quote the target."""
        with commands_stopped(os.environ):
            result = yield
            if self.report is not None:
                terminalreporter.section("conformance")
                terminalreporter.write_line(summary(self.report, width=100, colour=False))
                for path in self.paths:
                    terminalreporter.write_line(f"{path.suffix.lstrip('.'):>6}: {path}")
        self.tell(os.environ)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Gives plain pytest a failing status for a verdict that no failed test shows, such as `inconclusive`."""
        if self.report is not None and session.exitstatus == pytest.ExitCode.OK and exit_status(self.report) != 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def announced(settings: Settings) -> str:
    """Returns, before anything is judged, who is, and where that was said."""
    who = settings.target or "the embedded reference server, for no target is given"
    return f"judging {who}" + (f" ({settings.config})" if settings.config else "")


def _earlier(settings: Settings, contract: Contract) -> Report:
    """Returns the report of an earlier run, to compare this one with.

    Raises:
        UsageError: it cannot be read, or is on another version of the contract, or on another kind of target.
    """
    assert settings.since
    try:
        found = read_report(settings.since)
        check_comparable(found, contract.title, contract.version, embedded=settings.target is None)
    except ReportError as error:
        raise UsageError(str(error)) from None
    return found


def exit_status(report: Report) -> ExitStatus:
    """Returns the exit status of a run: that of a gate, but for a shard.

    A shard opens no gate; its status says whether it can be a part of a run that does.
    """
    return ExitStatus.CONFORMANT if report.is_sound_part else gate_status(report)


def gate_status(report: Report) -> ExitStatus:
    """Returns the exit status that a report stands for: 0 exactly if a release gate may pass."""
    if not report.objections:
        return ExitStatus.CONFORMANT
    # The target may conform, and yet a waiver be out of order.
    judged = report.verdict in (RunVerdict.CONFORMANT, RunVerdict.NONCONFORMANT)
    return ExitStatus.NONCONFORMANT if judged else ExitStatus.INCONCLUSIVE
