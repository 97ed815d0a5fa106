"""The pytest plugin: one `Session` for a pytest run, the `conformance` fixture, and the files written at its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Mapping
from pathlib import Path
from types import FrameType

import pytest

from workloads_conformance.errors import ConformanceError, ExitStatus, UsageError
from workloads_conformance.github import commands_stopped, tell_github
from workloads_conformance.output import shown
from workloads_conformance.recording import HAR_NAME, RECORD_NAME, ReportDirectory, read_record, write_har
from workloads_conformance.runner.order import place
from workloads_conformance.session import RequirementViolatedError, Session
from workloads_conformance.settings import OPTIONS, Settings, load_settings
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
from workloads_reports.escaping import one_line
from workloads_specs import Contract

from .limit import TimeLimit
from .pytest_output import ShownAsText

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_NO_CLEAN_UP = 2
"""Signals after which nothing is removed any more."""

_CLEANING_UP = "interrupted: what the run created is being removed; interrupt again to leave that to `sweep`."


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options of the command line, under the same names."""
    group = parser.getgroup("workloads-conformance", "conformance of a Workloads V2 server")
    group.addoption("--config", dest="conformance_config", metavar="PATH", help="a conformance.toml")
    for option in OPTIONS:
        name = f"conformance_{option.attribute}"
        if option.is_switch:
            group.addoption(option.flag, dest=name, action="store_true", default=None, help=option.help)
        else:
            group.addoption(option.flag, dest=name, metavar=option.metavar or None, help=option.help)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Reads the settings and registers the run; a mistake in them ends pytest with status 4, its usage error."""
    config.pluginmanager.register(ShownAsText(config), "workloads-conformance-output")
    flags = {option.key: config.getoption(f"conformance_{option.attribute}") for option in OPTIONS}
    given = config.getoption("conformance_config")
    try:
        run = ConformanceRun(load_settings(flags, os.environ, Path(given) if given else None))
    except UsageError as error:
        raise pytest.UsageError(shown(str(error))) from None
    config.pluginmanager.register(run, "workloads-conformance-run")


class ConformanceRun:
    """Holds a run's session while pytest goes through the tests. The command line registers one of its own."""

    def __init__(self, settings: Settings) -> None:
        self.session = Session(settings, os.environ)
        self._before = _earlier(settings, self.session.contract) if settings.since else None
        self.report: Report | None = None
        self.paths: tuple[Path, ...] = ()
        self.problem: ConformanceError | ReportError | None = None
        self._interrupts = self._alarms = 0
        self._limit = TimeLimit(settings.time_limit, settings.settle, self._out_of_time)
        self._reporting = False

    @property
    def interrupted(self) -> bool:
        """True if a signal told the run to end."""
        return self._interrupts > 0

    @pytest.fixture
    def conformance(self) -> Session:
        """The session that tests run in."""
        return self.session

    def pytest_report_header(self) -> str:
        """Says at the head of plain pytest's output who is judged."""
        return f"workloads-conformance: {announced(self.session.settings)}"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Opens the target before the first test and, whatever happens, cleans up and reports after the last."""
        if session.config.option.collectonly:
            self.session.close()
            return (yield)
        try:
            place = ReportDirectory(self.session.settings.report_dir)
        except UsageError as error:
            self.problem = error
            self.session.close()
            pytest.exit(shown(one_line(str(error))), returncode=int(error.exit_status))
        previous = {number: signal.signal(number, self._interrupt) for number in _SIGNALS}
        try:
            self._limit.start()
            self.session.open()
            return (yield)
        except ConformanceError as error:
            self.problem = error
            pytest.exit(shown(one_line(str(error))), returncode=int(error.exit_status))
        finally:
            self._end(place)
            place.close()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _end(self, place: ReportDirectory) -> None:
        """Cleans up and reports. The first signal ends the tests, a second the cleaning up, or the report."""
        try:
            if max(self._interrupts, self._alarms) < _NO_CLEAN_UP:
                if self.interrupted:
                    self.session.on_notice(_CLEANING_UP)
                self.session.clean_up()
        except KeyboardInterrupt:
            pass  # what is left stays in the ledger, for `sweep`
        except ConformanceError as error:
            self.session.stopped = self.session.stopped or str(error)
        finally:
            self._reporting = True
            self._limit.stop()
            report = self.session.report(interrupted=self.interrupted)
            self.report = report if self._before is None else with_since(report, self._before)
            self.session.close()
        try:
            self._write(self.report)
            place.check()
        except (ReportError, ConformanceError) as error:
            self.problem = self.problem or error

    def _write(self, report: Report) -> None:
        self.paths = write_all(report, self.session.settings.report_dir)
        self.paths += self._exchanges(self.session.settings)
        drafts, path = draft_waivers(report.requirements), self.session.settings.write_waivers
        if path and drafts:
            self.paths += (write_text(path, drafts),)

    def _exchanges(self, settings: Settings) -> tuple[Path, ...]:
        """Writes exchanges.har, if it was asked for and there were any."""
        record = settings.report_dir / RECORD_NAME
        if not settings.har or not record.exists():
            return ()
        return (write_har(read_record(record), settings.report_dir / HAR_NAME),)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        self._interrupts += 1
        if not self._reporting or self._interrupts >= _NO_CLEAN_UP:
            raise KeyboardInterrupt

    def _out_of_time(self) -> None:
        self._alarms += 1
        if self._reporting:
            return
        limit = self.session.settings.time_limit
        self.session.stopped = self.session.stopped or f"the time limit of {limit:g} s was reached"
        raise KeyboardInterrupt

    def pytest_runtest_setup(self) -> None:
        """Stops before a test if the interrupt was lost on its way, as in code that a garbage collection called."""
        if self.interrupted or self._alarms:
            raise KeyboardInterrupt

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Shows a violated requirement as text, without frames; any other exception is an error of the suite."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, RequirementViolatedError):
            report.longrepr = str(error)
        elif isinstance(error, Exception) and not isinstance(error, pytest.exit.Exception):
            self.session.error(item.function.judging, error)
        return report

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Puts what is cheap and decisive first; a test relies on no order."""
        catalogue = self.session.catalogue
        items.sort(
            key=lambda item: place(item.function.judging, catalogue) if isinstance(item, pytest.Function) else (True,)
        )

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tells the session which tests there will be."""
        self.session.plan(item.function.judging for item in session.items if isinstance(item, pytest.Function))

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
    """Returns the exit status that a report stands for: 0 exactly if a release gate may pass."""
    if not report.objections:
        return ExitStatus.CONFORMANT
    # The target may conform, and yet a waiver be out of order.
    judged = report.verdict in (RunVerdict.CONFORMANT, RunVerdict.NONCONFORMANT)
    return ExitStatus.NONCONFORMANT if judged else ExitStatus.INCONCLUSIVE
