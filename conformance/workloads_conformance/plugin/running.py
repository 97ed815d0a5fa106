"""One run under pytest: its `Session`, the `conformance` fixture, and the files written at its end."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from workloads_conformance.errors import ConformanceError, ExitStatus, UsageError
from workloads_conformance.limit import TimeLimit
from workloads_conformance.output import shown
from workloads_conformance.recording import HAR_NAME, RECORD_NAME, ReportDirectory, read_record, write_har
from workloads_conformance.session import RequirementViolatedError, Session, select
from workloads_conformance.settings import Settings
from workloads_conformance.signals import heeded
from workloads_reports import ReportError, remove_all
from workloads_reports.escaping import one_line

from .ending import Ending
from .items import judging, keep_only, mark, module_of, put_in_order, register_markers, tests_of
from .parts import Part

_NO_CLEAN_UP = 2
"""Signals after which nothing is removed any more."""

_CLEANING_UP = "interrupted: what the run created is being removed; interrupt again to leave that to `sweep`."


class ConformanceRun(Ending):
    """Holds a run's session while pytest goes through the tests. The command line registers one of its own.

    Args:
        settings: the given settings.
        part: which part of the tests is run; None for all that are chosen.
    """

    def __init__(self, settings: Settings, part: Part | None = None) -> None:
        self.session = Session(settings, os.environ)
        super().__init__(settings, self.session.contract)
        self._selection = select(settings, self.session.contract)
        self._part = part
        self._interrupts = self._alarms = 0
        self._limit = TimeLimit(settings.time_limit, settings.settle, self._out_of_time)
        self._reporting = self._is_asked = False

    @property
    def interrupted(self) -> bool:
        """True if a signal told the run to end."""
        return self._interrupts > 0

    def pytest_configure(self, config: pytest.Config) -> None:
        """Makes known by what tests can be selected."""
        register_markers(config)

    @pytest.fixture
    def conformance(self) -> Session:
        """The session that tests run in."""
        return self.session

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Opens the target before the first test and, whatever happens, cleans up and reports after the last.

        Where no test of the suite is run, there is no run.
        """
        if session.config.option.collectonly or not self._is_asked:
            self.session.close()
            return (yield)
        try:
            place = ReportDirectory(self.session.settings.report_dir)
            remove_all(self.session.settings.report_dir)  # one that is killed has no report, and none of another run
        except (UsageError, ReportError) as error:
            self.problem = error
            self.session.close()
            pytest.exit(shown(one_line(str(error))), returncode=int(ExitStatus.USAGE))
        with heeded(self._interrupt):
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
            self.make_known(self.session.report(interrupted=self.interrupted))
            self.session.close()
        try:
            self.write()
            self.paths += self._exchanges(self.session.settings)
            place.check()
        except (ReportError, ConformanceError) as error:
            self.problem = self.problem or error

    def _exchanges(self, settings: Settings) -> tuple[Path, ...]:
        """Writes exchanges.har, if it was asked for and there were any."""
        record = settings.report_dir / RECORD_NAME
        if not settings.har or not record.exists():
            return ()
        return (write_har(read_record(record), settings.report_dir / HAR_NAME),)

    def _interrupt(self) -> None:
        self._interrupts += 1
        if not self._reporting or self._interrupts >= _NO_CLEAN_UP:
            raise KeyboardInterrupt

    def _out_of_time(self) -> None:
        self._alarms += 1
        if self._reporting:
            return
        limit = f"the time limit of {self.session.settings.time_limit:g} s was reached, counting the time to clean up"
        self.session.stopped = self.session.stopped or limit
        raise KeyboardInterrupt

    def pytest_runtest_setup(self) -> None:
        """Stops before a test if the interrupt was lost on its way, as in code that a garbage collection called."""
        if self.interrupted or self._alarms:
            raise KeyboardInterrupt

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Shows a violated requirement as text, without frames; any other exception is an error of the suite."""
        report = yield
        test = judging(item)
        if test is None:
            return report
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, RequirementViolatedError):
            report.longrepr = str(error)
        elif isinstance(error, Exception) and not isinstance(error, pytest.exit.Exception):
            self.session.error(test, error)
        if self.session.is_settled:
            item.session.shouldfail = self.session.stopped or True
        return report

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
        """Gives the suite's tests node ids that can be pasted back."""
        return module_of(module_path, parent)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Lets a test be selected by what it judges, and not by its name alone."""
        mark(item, self.session.catalogue)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves out what the settings leave out, and puts what is cheap and decisive first."""
        keep_only(items, self._selection.tests, config)
        put_in_order(items, self.session.catalogue)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tells the session which tests there will be."""
        tests = tests_of(session.items)
        self._is_asked = bool(tests)
        chosen = self._part.chosen if self._part is not None else tests
        self.session.plan(self._selection.among(chosen, _asked(session.config)).only(tests))


def _asked(config: pytest.Config) -> str:
    """Returns in which words pytest was asked for some of the suite's tests."""
    option = config.option
    words = [f"{flag} {text!r}" for flag, text in (("-m", option.markexpr), ("-k", option.keyword)) if text]
    words += ["--lf"] if getattr(option, "lf", False) else []
    return " ".join(("pytest", *words)) if words else "tests named to pytest"
