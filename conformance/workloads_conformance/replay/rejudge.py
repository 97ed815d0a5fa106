"""Judges a run again from its record: the same tests on the same cases, answered by the record."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from workloads_conformance.api import Identity, Inventory, NoLedger, Safety, WorkloadCustody
from workloads_conformance.errors import ConformanceError
from workloads_conformance.http import Authorization, hide_token
from workloads_conformance.output import Redactor
from workloads_conformance.recording import RunRecord
from workloads_conformance.runner import JudgingTest, LoopThread
from workloads_conformance.session import (
    OpenTarget,
    RequirementViolatedError,
    Session,
    named_test,
    selection_of,
    settings_of,
    waivers_of,
)
from workloads_reports import Report

from .transport import ReplayTransport


class Rejudged(NamedTuple):
    """A record judged again.

    Attributes:
        report: on what it shows.
        departures: where the run as it is judged now departs from the record, a sentence each.
        ran: the cases that were run, by test, as `Plan.missing` takes them.
    """

    report: Report
    departures: list[str]
    ran: Mapping[str, int]


def rejudge(record: RunRecord) -> tuple[Report, list[str]]:
    """Returns the report on what a record shows, and the departures from it, as `examine` does."""
    found = examine(record)
    return found.report, found.departures


def examine(record: RunRecord) -> Rejudged:
    """Returns what a record shows.

    Raises:
        UsageError: the record names tests that this suite does not have, or leaves out bodies.
    """
    record.check_whole()
    target = RecordTarget(record)
    session = Session(
        settings_of(record.run), {}, shrink=record.run["shrink"], target=target, waivers=waivers_of(record.run)
    )
    try:
        session.plan(selection_of(record.run))
        with contextlib.suppress(ConformanceError):
            session.open()
            for test in map(named_test, record.tests):
                _run(session, test)
        session.clean_up()
        session.stopped = session.stopped or record.stopped
        departures = target.transport.differences if target.transport else []
        return Rejudged(session.report(), departures, session.ran)
    finally:
        session.close()


def _run(session: Session, test: JudgingTest) -> None:
    try:
        session.run_test(test)
    except RequirementViolatedError:
        pass
    except ConformanceError:
        raise
    except Exception as error:  # noqa: BLE001 - as in a run: whatever a test raises is an error of the suite
        session.error(test, error)


class RecordTarget:
    """A run's record in the place of the server that it was made with."""

    live = False

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self.embedded: bool = record.run["embedded"]
        self.run_id: str = record.run["id"]
        self.started = datetime.fromisoformat(record.run["started"])
        self.transport: ReplayTransport | None = None

    def open(self, loop: LoopThread, redactor: Redactor, resources: contextlib.ExitStack) -> OpenTarget:
        """Opens the record; in the place of tokens stand others, which are hidden under the same names."""
        del resources
        run = self._record.run
        settings = settings_of(run)
        tokens = _StandIn(run["token"], redactor)
        self.transport = ReplayTransport(self._record, redactor, loop)
        assert settings.project_id
        identity = Identity(
            project_id=settings.project_id,
            cluster_id=settings.cluster_id,
            forbidden=_authorization(run["forbidden"]),
            expired=_authorization(run["expired"]),
        )
        assert settings.target
        ledger = NoLedger()
        inventory = Inventory(f"wlc-{self.run_id}-", ledger)
        return OpenTarget(
            settings=settings,
            transport=self.transport,
            tokens=tokens,
            identity=identity,
            custody=WorkloadCustody(Safety(settings.mode, settings.target, inventory), inventory),
            ledger=ledger,
            log=_NoLog(),
        )

    def finished(self) -> datetime:
        """When the run ended; if it was killed, when its last answer came."""
        if self._record.end is not None:
            return datetime.fromisoformat(self._record.end["finished"])
        last = max((entry["started"] + entry["seconds"] for entry in self._record.exchanges), default=0.0)
        return datetime.fromtimestamp(self._record.run["began"] + last, self.started.tzinfo)

    def close(self) -> None:
        """Does nothing: the record has been read."""


def _authorization(shell: str | None) -> Authorization | None:
    return Authorization(shell, shell) if shell is not None else None


class _StandIn:
    """A token that is none, in the place of the one that the run had. A JWT stands in for a JWT."""

    renews = False

    def __init__(self, described: Mapping[str, Any], redactor: Redactor) -> None:
        self.shell_name: str = described["name"]
        head, payload = _segment({"alg": "none"}), _segment({"sub": "stand-in for a token that nobody keeps"})
        signature = _segment("stand-in for a signature")
        self.first = f"{head}.{payload}.{signature}" if described["jwt"] else "stand-in-for-a-token-that-nobody-keeps"
        hide_token(redactor, self.first, self.shell_name)

    async def token(self) -> str:
        """Returns the stand-in."""
        return self.first

    async def another(self) -> str:
        """Returns the stand-in."""
        return self.first

    def adopt(self, token: str) -> None:
        """Does nothing: there is but one."""


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class _NoLog:
    """Writes nothing: nothing happens."""

    def begin(self, run: Mapping[str, Any]) -> None:
        """Writes nothing."""

    def test(self, name: str) -> None:
        """Writes nothing."""

    def finding(self, requirement: str, finding: Mapping[str, Any]) -> None:
        """Writes nothing."""

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Writes nothing."""
