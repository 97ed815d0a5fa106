"""`self-check --space` and `self-check --target`: the suite on points of the fault space, and the rates."""

from __future__ import annotations

import argparse
import fnmatch
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import shown, tell, terminal
from workloads_conformance.selfcheck.space.points import Point, all_points
from workloads_conformance.selfcheck.space.rendering import html_text, json_text, line_of, markdown_text, text
from workloads_conformance.selfcheck.space.running import SpacePlan, allowed, check_space, chosen
from workloads_conformance.selfcheck.space.scoring import PointResult, PointVerdict, SpaceCheck
from workloads_conformance.settings import OPTIONS, Mode, Settings
from workloads_reports import ReportError, private_directory, write_text

from .options import settings_of
from .taken import BY_SELF_CHECK

_USUAL_SIZE = 64
_GOOD = (PointVerdict.KILLED, PointVerdict.ACCEPTED)


def is_asked_for(options: argparse.Namespace) -> bool:
    """True if the command line asks for points of the space."""
    return any(value is not None for value in (options.space, options.points, options.target))


def check_options(options: argparse.Namespace) -> None:
    """Raises UsageError if an option is given that only a point of the space makes use of, or none does."""
    given = [key for key in BY_SELF_CHECK if getattr(options, key.replace("-", "_"), None) is not None]
    if given and options.target is None and given != ["time-limit"]:
        raise UsageError(f"--{given[0]} is given without --target; give --target URL, or leave it out.")
    if given and not is_asked_for(options):
        raise UsageError(f"--{given[0]} is given without --space; give --space N, or leave it out.")
    other = next((name for name in ("faults", "variants", "sample") if getattr(options, name) is not None), None)
    if other is not None and is_asked_for(options):
        raise UsageError(f"--{other} is of the catalogue, and not of the fault space; give it without --space.")


def execute(options: argparse.Namespace, number: Callable[..., int]) -> int:
    """Judges the drawn points; returns 0 if the bar is reached and no legal point was blamed, else 1.

    Args:
        options: what argparse read.
        number: reads a whole number: its option, what is given, the least and the most that it may be.
    """
    settings = _settings(options)
    # What is said wrongly is told before the space is made, which takes a while.
    seed, bar = number("seed", options.seed, 0), number("bar", options.bar, 0, 100)
    jobs = number("jobs", options.jobs or str(1 if settings else os.cpu_count() or 1), 1)
    size, time_limit = number("space", options.space or str(_USUAL_SIZE), 1), _time_limit(options)
    points = _points(options, size, seed, settings.mode if settings else Mode.FULL)
    if options.list:
        for point in points:
            tell(f"{point.ruled.ruling}: {point.id}  [{', '.join(point.ruled.clauses)}]  {point.ruled.why}")
        return ExitStatus.CONFORMANT
    directory = Path(options.report_dir)
    try:
        private_directory(directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}; choose another --report-dir.") from None
    check = _watched(
        SpacePlan(
            points=points,
            seed=seed,
            jobs=jobs,
            bar=bar,
            profile=settings.profile if settings else options.profile or "smoke",
            settings=settings,
            environ=dict(os.environ) if settings else {},
            time_limit=time_limit,
            directory=directory / "points",
        )
    )
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    tell(text(check, colour=colour), end="", coloured=colour)
    _write(directory, check)
    return ExitStatus.CONFORMANT if check.passed else ExitStatus.NONCONFORMANT


def _settings(options: argparse.Namespace) -> Settings | None:
    """Returns the settings of the user's own server; None if the reference server is judged."""
    return settings_of(options) if options.target is not None else None


def _time_limit(options: argparse.Namespace) -> float:
    if options.time_limit is None:
        return 0.0
    option = next(option for option in OPTIONS if option.key == "time-limit")
    try:
        seconds = float(options.time_limit)
    except ValueError:
        seconds = -1.0
    if not option.schema["minimum"] <= seconds <= option.schema["maximum"]:
        raise UsageError(f"--time-limit is {options.time_limit!r:.200}; expected a number of seconds, 10 or more.")
    return seconds


def _points(options: argparse.Namespace, size: int, seed: int, mode: Mode) -> list[Point]:
    points = list(all_points().values())
    if options.points is not None:
        globs = [glob.strip() for glob in options.points.split(",")]
        points = allowed([one for one in points if any(fnmatch.fnmatchcase(one.id, glob) for glob in globs)], mode)
        if not points:
            example = next(iter(all_points()))
            raise UsageError(f"no point is named {options.points!r:.200}; names look like {example!r}.")
        if options.space is None:
            return points
    return chosen(size, seed, points, mode)


def _watched(plan: SpacePlan) -> SpaceCheck:
    """Shows each result as it comes: a bar on a terminal, lines on a pipe."""
    console = Console(file=terminal())
    if not console.is_terminal:
        return check_space(plan, lambda result: tell(line_of(result), error=True))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("judging points", total=len(plan.points))

        def advance(result: PointResult) -> None:
            if result.verdict not in _GOOD:
                console.print(shown(line_of(result)), markup=False, highlight=False)
            bar.advance(task)

        return check_space(plan, advance)


def _write(directory: Path, check: SpaceCheck) -> None:
    try:
        for ending, rendered in (("json", json_text(check)), ("html", html_text(check)), ("md", markdown_text(check))):
            write_text(directory / f"space.{ending}", rendered)
    except ReportError as error:
        raise UsageError(str(error)) from None
