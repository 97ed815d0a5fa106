"""Judges points, several at a time, within a time."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from workloads_conformance.errors import TargetError
from workloads_conformance.selfcheck.judging import ServerOutcome
from workloads_conformance.selfcheck.pool import run_each
from workloads_conformance.settings import Mode, Settings

from .judging import PointJob, PointOutcome, judge_point
from .places import RIGHTS
from .points import Point, counts, drawn
from .scoring import PointResult, SpaceCheck

_FORBIDDEN = 403
_LONGEST, _LONGEST_OF_TARGET = 900.0, 3600.0
"""Seconds that a point may take: a whole run where nothing is found, on a busy machine, or a slow server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpacePlan:
    """Which points to judge, and on what.

    Attributes:
        settings: of the user's own server; None for the reference server.
        time_limit: seconds after which no point is judged any more; 0 for none.
        directory: under which each run on the user's server has a directory of its own while it goes on.
    """

    points: Sequence[Point]
    seed: int
    jobs: int
    bar: float
    profile: str
    settings: Settings | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    time_limit: float = 0.0
    directory: Path = Path()

    def job(self, number: int, point: Point | None, already: tuple[str, ...] = ()) -> PointJob:
        """Returns the work on one point."""
        return PointJob(
            point=point,
            profile=self.profile,
            seed=self.seed,
            settings=self.settings,
            environ=self.environ,
            directory=self.directory / str(number),
            already=already,
        )


def allowed(points: Sequence[Point], mode: Mode) -> list[Point]:
    """Returns the points that make nothing that a mode forbids."""
    return [point for point in points if mode is Mode.FULL or not point.makes_dry_runs_real]


def chosen(size: int, seed: int, points: Sequence[Point], mode: Mode = Mode.FULL) -> list[Point]:
    """Returns the points that are drawn for a mode."""
    return drawn(size, seed, allowed(points, mode))


def check_space(plan: SpacePlan, on_result: Callable[[PointResult], None] = lambda _result: None) -> SpaceCheck:
    """Returns what the suite made of every point; each result is also told as soon as it is there.

    The user's own server is judged as it is, first: what it violates then shows nothing on any point.

    Raises:
        TargetError: the user's own server cannot be judged as it is.
    """
    started = time.monotonic()
    already = _already(plan) if plan.settings is not None else ()
    jobs = [plan.job(number, point, already) for number, point in enumerate(plan.points)]
    results: dict[int, PointResult] = {}
    for number, outcome in _until(plan, started, run_each(judge_point, jobs, plan.jobs, _longest(plan))):
        results[number] = PointResult(plan.points[number], outcome)
        _tidy(plan, number, outcome)
        on_result(results[number])
    ordered = tuple(results[number] for number in sorted(results))
    return SpaceCheck(
        results=ordered,
        waiting=len(plan.points) - len(ordered),
        space=dict(counts()),
        seed=plan.seed,
        jobs=plan.jobs,
        profile=plan.profile,
        bar=plan.bar,
        seconds=time.monotonic() - started,
        target=plan.settings.target or "" if plan.settings else "",
        already=already,
        why={one.point.id: kept_away(one.point, plan.settings) for one in ordered if not one.hits},
    )


def _already(plan: SpacePlan) -> tuple[str, ...]:
    """Returns what the user's own server violates, or leaves undecided, as it is."""
    ((_, outcome),) = run_each(judge_point, [plan.job(len(plan.points), None)], 1, _longest(plan))
    if outcome.problem:
        raise TargetError(f"the target cannot be judged as it is: {outcome.problem}")
    _tidy(plan, len(plan.points), outcome)
    return (*outcome.failed, *outcome.undecided)


def _longest(plan: SpacePlan) -> float:
    return _LONGEST if plan.settings is None else _LONGEST_OF_TARGET


def _until(
    plan: SpacePlan, started: float, outcomes: Iterator[tuple[int, ServerOutcome]]
) -> Iterator[tuple[int, ServerOutcome]]:
    """Yields outcomes until the time is up; what is under way then is ended, and the proxies remove what it made."""
    for found in outcomes:
        yield found
        if plan.time_limit and time.monotonic() - started >= plan.time_limit:
            return


def _tidy(plan: SpacePlan, number: int, outcome: ServerOutcome) -> None:
    """Removes the directory of a run that left nothing."""
    ending = outcome.ending if isinstance(outcome, PointOutcome) else None
    if plan.settings is None or ending is None or ending.left:
        return
    shutil.rmtree(plan.directory / str(number), ignore_errors=True)
    with suppress(OSError):
        os.rmdir(plan.directory)  # noqa: PTH106 - only if it is empty


def kept_away(point: Point, settings: Settings | None) -> str:
    """Returns what of the settings kept requests away from a point; empty if that is not known."""
    if settings is None:
        return ""
    if settings.mode is not Mode.FULL and point.place.operation != "create":
        return f"mode is {settings.mode}"
    by_rights = point.place.status == _FORBIDDEN or point.place.keyword == RIGHTS
    if settings.forbidden_token_env is None and by_rights:
        return "no --forbidden-token-env is given"
    return f"mode is {settings.mode}" if settings.mode is not Mode.FULL else ""
