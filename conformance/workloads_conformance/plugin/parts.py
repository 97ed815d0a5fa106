"""A run in parts, by `pytest -n`: each worker runs a part of the tests and reports on it; the controller merges.

Which part is whose follows from the tests alone, so that a worker knows its plan before it begins, and its budget, its
ledger and its record are its own. pytest-xdist, which starts the workers, is needed for this only.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workloads_conformance.api import EMBEDDED, ledger_key, ledgers, read_ledger
from workloads_conformance.errors import UsageError
from workloads_conformance.runner import JudgingTest
from workloads_conformance.session import select
from workloads_conformance.settings import Settings
from workloads_reports import Report, ReportError, merge_reports, read_report, remove_all
from workloads_specs import load_contract

from .ending import Ending
from .items import tests_of

if TYPE_CHECKING:
    from xdist.scheduler import EachScheduling

_FEWEST_LIVE = 4
_REPORT = "report.json"


def is_controller(config: pytest.Config) -> bool:
    """True in the process that starts workers and runs no test.

    Raises:
        UsageError: workers are to be started on other machines, from where no report comes back.
    """
    specs = getattr(config.option, "tx", None) or ()
    if is_worker(config) or config.option.collectonly or not specs:
        return False
    if not all("popen" in spec for spec in specs):
        raise UsageError("--tx names another machine; run a part on each, and join them with `merge`.")
    return True


def is_worker(config: pytest.Config) -> bool:
    """True in a worker."""
    return hasattr(config, "workerinput")


def of_worker(config: pytest.Config, settings: Settings) -> Settings:
    """Returns the settings of a worker: a directory of its own, and its share of what the run may have at a time."""
    given: dict[str, Any] = vars(config)["workerinput"]  # where pytest-xdist puts it
    count = given["workercount"]
    return replace(
        settings,
        report_dir=settings.report_dir / given["workerid"],
        concurrency=max(1, settings.concurrency // count),
        max_live=max(_FEWEST_LIVE, settings.max_live // count),
        write_waivers=None,
    )


class Part:
    """In a worker, leaves the items of the other workers to them.

    Attributes:
        chosen: the suite's tests that all workers run together.
    """

    def __init__(self, config: pytest.Config) -> None:
        given: dict[str, Any] = vars(config)["workerinput"]
        self._number, self._count = int(given["workerid"].removeprefix("gw")), given["workercount"]
        self.chosen: list[JudgingTest] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Takes every n-th item: neighbours take about as long."""
        self.chosen = tests_of(items)
        items[:] = items[self._number :: self._count]


class PartsRun(Ending):
    """In the controller, makes one report of those of the workers."""

    def __init__(self, settings: Settings) -> None:
        contract = load_contract(literal=settings.literal)
        super().__init__(settings, contract)
        select(settings, contract)  # a mistake in it is told once, and here
        self._places: list[Path] = []
        self._stale = set(_ledgers(settings.report_dir))
        for place in (settings.report_dir, *settings.report_dir.glob("gw*/")):
            remove_all(place)

    @pytest.hookimpl(tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> EachScheduling:
        """Has each worker run all that it has collected, which is its part."""
        from xdist.scheduler import EachScheduling  # noqa: PLC0415 - it is there, for it asks

        return EachScheduling(config, log)

    def pytest_configure_node(self, node: Any) -> None:
        """Learns in which directory a worker has its part."""
        self._places.append(self._settings.report_dir / node.gateway.id)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Merges what is there, after an interrupt, too, for by now the workers have ended.

        What a lost worker did not report on is missing, and keeps the whole inconclusive.
        """
        try:
            paths = [place / _REPORT for place in self._places if (place / _REPORT).exists()]
            if parts := [(str(path), read_report(path)) for path in paths]:
                self.make_known(self._whole(parts))
                self.write()
        except ReportError as error:
            self.problem = error
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        super().pytest_sessionfinish(session)

    def _whole(self, parts: list[tuple[str, Report]]) -> Report:
        merged = merge_reports(parts, partial=True) if len(parts) > 1 else parts[0][1]
        at_once = sum(part.run.concurrency for _, part in parts)
        known, unknown = merged.leftovers, self._left_by_lost()
        leftovers = replace(known, created=known.created + len(unknown), unknown=(*known.unknown, *unknown))
        return replace(merged, run=replace(merged.run, concurrency=at_once), leftovers=leftovers)

    def _left_by_lost(self) -> list[str]:
        """Returns what the workers that did not report may have left on the target, by their ledgers."""
        found: list[str] = []
        lost = [place for place in self._places if not (place / _REPORT).exists()]
        for path in (path for place in lost for path in _ledgers(place) if path not in self._stale):
            with contextlib.suppress(UsageError):  # `sweep` says what is wrong with it
                unfinished = read_ledger(path, ledger_key(os.environ))
                if unfinished.header.target != EMBEDDED:
                    found += unfinished.inventory(dry_runs_create=False).account().unknown
        return found


def _ledgers(directory: Path) -> list[Path]:
    with contextlib.suppress(OSError, ValueError):
        return ledgers(directory)
    return []


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Lets no lost worker be replaced: another one would not know what was left of the part."""
    if hasattr(config.option, "maxworkerrestart"):
        config.option.maxworkerrestart = "0"
