"""One server judged: the suite, or those of its tests that bear on a fault, run on a patched reference server."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from workloads_conformance.api import JUDGED_ON_EVERY_EXCHANGE
from workloads_conformance.errors import ConformanceError
from workloads_conformance.runner.judges import JudgingTest
from workloads_conformance.session import RequirementViolatedError, Selection, Session
from workloads_conformance.session.collected import suite_tests
from workloads_conformance.settings import Settings, load_settings
from workloads_reports import Verdict

from .catalogue import patch_of
from .declare import Fault, Patch
from .server import ServerError, served

USUAL = (
    "WV2-DRYRUN-001",
    "WV2-CREATE-008",
    "WV2-GET-006",
    "WV2-UPDATE-006",
    "WV2-UPDATE-008",
    "WV2-UPDATE-028",
    "WV2-DELETE-004",
    "WV2-DELETE-006",
    "WV2-RACE-001",
    "WV2-AUTH-001",
    "WV2-AUTH-009",
)
"""Requirements whose tests make every operation give its usual answers, good and bad, at little cost: what is judged on
every exchange is judged on them."""

_DEADLINE = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A server to judge.

    Attributes:
        patches: names of faults or variants.
        requirements: those whose tests are run; all tests, if empty.
        until: requirements of which the first to be found violated ends the run.
        enough: requirements all of which to be found violated ends the run.
        settle: seconds within which a write has to take effect. A fault that keeps it from that costs them in full.
    """

    patches: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    enough: tuple[str, ...] = ()
    profile: str = "standard"
    seed: int = 0
    settle: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerOutcome:
    """What the suite made of one server.

    Attributes:
        failed: what was found wrong, by requirement: the first finding's message.
        undecided: why, by requirement, where a test could not decide or the suite itself failed.
        problem: why the server was not judged, or not to the end.
        first_seen: where `until` was given and one of it was found: the exchanges up to the first that showed it, and
            the seconds from the first request until that was told, confirmed.
    """

    failed: Mapping[str, str] = field(default_factory=dict)
    undecided: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    tests: int = 0
    exchanges: int = 0
    seconds: float = 0.0
    first_seen: tuple[int, float] | None = None


def bearing_on(fault: Fault) -> tuple[str, ...]:
    """Returns the requirements whose tests are run for a fault: they judge it, or send what shows it."""
    judged = [name for name in fault.requirements if name not in JUDGED_ON_EVERY_EXCHANGE]
    checked = len(judged) < len(fault.requirements)
    return (*judged, *(fault.provoked_by or (USUAL if checked else ())))


def tests_for(requirements: Iterable[str]) -> list[JudgingTest]:
    """Returns the tests that judge one of these requirements."""
    wanted = set(requirements)
    return [test for test in suite_tests().values() if wanted & set(test.requirements)]


def in_order_for(requirements: Iterable[str]) -> list[JudgingTest]:
    """Returns all tests: first those that judge one of these requirements, or make each operation give its answers."""
    judged = [name for name in requirements if name not in JUDGED_ON_EVERY_EXCHANGE]
    first = tests_for(judged or USUAL)
    return [*first, *(test for test in suite_tests().values() if test not in first)]


def judge(job: Job) -> ServerOutcome:
    """Returns what the suite finds; to be called in a process that has started no thread."""
    return judge_patched(job, [patch_of(name) for name in job.patches])


def judge_patched(job: Job, patches: Sequence[Patch]) -> ServerOutcome:
    """Returns what the suite finds on a server with these patches, whatever patches the job names."""
    tests = tests_for(job.requirements) if job.requirements else list(suite_tests().values())
    started = time.monotonic()
    try:
        with served(patches) as access, tempfile.TemporaryDirectory() as directory:
            settings, environ = settings_for(job, access, directory)
            return judge_session(Session(settings, environ, shrink=False), tests, job.until, job.enough)
    except ServerError as error:
        return ServerOutcome(problem=str(error), tests=len(tests), seconds=time.monotonic() - started)


def settings_for(job: Job, access: Mapping[str, str], directory: str) -> tuple[Settings, dict[str, str]]:
    """Returns the settings of a run on a server that says how it is reached, and the environment with its secrets."""
    environ = {
        "SECRET": access["clientSecret"],
        "FORBIDDEN": access["forbiddenToken"],
        "EXPIRED": access["expiredToken"],
    }
    flags = {
        "target": access["url"],
        "project-id": access["projectId"],
        "cluster-id": access["clusterId"],
        "client-id": access["clientId"],
        "client-secret-env": "SECRET",
        "forbidden-token-env": "FORBIDDEN",
        "expired-token-env": "EXPIRED",
        "profile": job.profile,
        "seed": str(job.seed),
        "settle": str(job.settle),
        "deadline": str(_DEADLINE),
        "report-dir": directory,
    }
    return load_settings(flags, environ), environ


def judge_session(
    session: Session, tests: Sequence[JudgingTest], until: Sequence[str], enough: Sequence[str] = ()
) -> ServerOutcome:
    """Returns what the tests find, until one of `until` is found violated, or all of `enough`; closes the session."""
    started = time.monotonic()
    first_seen = None
    try:
        session.plan(Selection(tuple(tests)))
        session.open()
        for test in tests:
            with suppress(RequirementViolatedError):
                session.run_test(test)
            shown = [number for name in until if (number := session.tally.first_shown(name)) is not None]
            if shown:
                first_seen = min(shown), time.monotonic() - started
                break
            if enough and all(session.tally.first_shown(name) is not None for name in enough):
                break
        session.clean_up()
        return _outcome(session, len(tests), started, first_seen)
    except ConformanceError as error:
        return ServerOutcome(problem=str(error), tests=len(tests), seconds=time.monotonic() - started)
    finally:
        session.close()


def _outcome(session: Session, tests: int, started: float, first_seen: tuple[int, float] | None) -> ServerOutcome:
    report = session.report()
    undecided = (*report.having(Verdict.INCONCLUSIVE), *report.having(Verdict.ERROR))
    return ServerOutcome(
        failed={found.requirement.id: found.findings[0].message for found in report.having(Verdict.FAIL)},
        undecided={found.requirement.id: found.reason for found in undecided},
        problem="" if report.run.complete or session.is_settled else report.reason,
        tests=tests,
        exchanges=report.exchanges,
        seconds=time.monotonic() - started,
        first_seen=first_seen,
    )
