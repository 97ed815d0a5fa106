"""One point judged: the suite run on a server that is different in one way, until it finds something."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from workloads_conformance.selfcheck.judging import Job, ServerOutcome, in_order_for, judge_session, settings_for
from workloads_conformance.selfcheck.server import served
from workloads_conformance.session import Session
from workloads_conformance.session.collected import suite_tests
from workloads_conformance.session.targets import LiveTarget
from workloads_conformance.settings import Settings

from .points import Point
from .proxy import Ending
from .rulings import binding
from .standing import between

_AT_ONCE = 3
_PATIENCE = {True: 1.0, False: 3.0}
"""Seconds that a write may take: what is wrong costs them in full; a busy machine is not an honest server's fault."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PointJob:
    """A point to judge, on the reference server unless there are settings of a target.

    Attributes:
        point: what is different; nothing, if None.
        settings: as the user gives them for a run on their own server, with the environment that holds its secrets.
        directory: for what a run on it leaves, if it is killed.
        already: requirements that the server violates without a point, so that they show nothing.
    """

    point: Point | None
    profile: str = "smoke"
    seed: int = 0
    settings: Settings | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    directory: Path | None = None
    already: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PointOutcome(ServerOutcome):
    """What the suite made of a point, and how the proxy ended."""

    ending: Ending | None = None


def judge_point(job: PointJob) -> PointOutcome:
    """Returns what the suite finds; to be called in a process that has started no thread."""
    if job.settings is not None:
        return _judge_target(job, job.settings)
    is_fault = job.point is None or job.point.is_fault
    with tempfile.TemporaryDirectory() as directory, served(()) as access:
        # As in the catalogue: what is wrong is looked for with the cases of a daily run.
        profile = "standard" if is_fault else job.profile
        usual = Job(patches=(), profile=profile, seed=job.seed, settle=_PATIENCE[is_fault])
        settings, environ = settings_for(usual, access, directory)
        # It has one processor and no latency to hide, as in a run on the embedded server.
        return _judged(job, replace(settings, concurrency=_AT_ONCE), environ)


def _judge_target(job: PointJob, settings: Settings) -> PointOutcome:
    """Judges a point before the user's own server; the ledger, which names that server, stays if something is left."""
    assert job.directory is not None
    job.directory.mkdir(parents=True, exist_ok=True)
    return _judged(job, replace(settings, report_dir=job.directory), job.environ)


def _judged(job: PointJob, settings: Settings, environ: Mapping[str, str]) -> PointOutcome:
    assert settings.target is not None
    stops = job.point is not None and job.point.is_fault
    # Whether a fault is found does not depend on the order; how soon does, and how many can be judged in an hour.
    tests = in_order_for(job.point.ruled.clauses) if job.point is not None and stops else list(suite_tests().values())
    until = [name for name in binding() if name not in job.already] if stops else ()
    with between(job.point, settings.target, settings) as standing:
        # The proxy alone speaks TLS, or through the user's own proxy.
        inner = replace(settings, target=standing.url, ca_bundle=None, client_cert=None, client_key=None, proxy=None)
        inner = replace(inner, trust_env=False, waivers=None, since=None, write_waivers=None, har=False)
        inner = replace(inner, fail_fast=stops)
        target = LiveTarget(inner, environ, lasting=settings.target)
        found = judge_session(Session(inner, environ, shrink=False, target=target), tests, until)
    values = {name: getattr(found, name) for name in ServerOutcome.__dataclass_fields__}
    for told in ("failed", "undecided"):
        values[told] = {name: why for name, why in values[told].items() if name not in job.already}
    return PointOutcome(**values, ending=standing.ending)
