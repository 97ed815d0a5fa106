"""`self-check`: the suite against servers known to be wrong and servers known to be honest, and its score."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import draws, shown, tell, terminal
from workloads_conformance.selfcheck import catalogue
from workloads_conformance.selfcheck.catalogue import HonestServer
from workloads_conformance.selfcheck.model import FaultVerdict, SelfCheck, VariantVerdict
from workloads_conformance.selfcheck.rendering import html_text, json_text, line_of, markdown_text, text
from workloads_conformance.selfcheck.runner import Result, SelfCheckPlan, self_check
from workloads_reports import ReportError, private_directory, write_text

from . import fault_space

_GOOD = (FaultVerdict.KILLED, VariantVerdict.ACCEPTED)
_SERVERS_PER_PROCESSOR = 2
"""Judging a server is waiting for half of its time."""


def execute(options: argparse.Namespace) -> int:
    """Judges the chosen servers; returns 0 if the bar is reached and no honest server was blamed, else 1."""
    fault_space.check_options(options)
    if fault_space.is_asked_for(options):
        return fault_space.execute(options, _number)
    plan = _plan(options)
    if options.list:
        for fault in plan.faults:
            tell(f"{fault.name}  [{', '.join(fault.requirements)}]  {fault.sentence}")
        for honest_server in plan.honest_servers:
            tell(f"{honest_server.name}  {honest_server.sentence}")
        return ExitStatus.CONFORMANT
    directory = Path(options.report_dir)
    _make(directory)
    check = _watched(plan)
    colour = draws(sys.stdout) and "NO_COLOR" not in os.environ
    tell(text(check, colour=colour), end="", coloured=colour)
    _write(directory, check)
    return ExitStatus.CONFORMANT if check.passed else ExitStatus.NONCONFORMANT


def _plan(options: argparse.Namespace) -> SelfCheckPlan:
    seed = _number("seed", options.seed, 0)
    faults = list(catalogue.load_faults().values())
    variants = list(catalogue.load_variants().values())
    if options.faults is not None or options.variants is not None:
        faults = catalogue.chosen(catalogue.load_faults(), _globs(options.faults), "fault")
        variants = catalogue.chosen(catalogue.load_variants(), _globs(options.variants), "variant")
    honest_servers = [HonestServer((variant,)) for variant in variants]
    honest_servers += catalogue.combinations(variants, _number("combinations", options.combinations, 0), seed)
    if options.sample is not None:
        # Honest servers in the proportion in which they are beside the faults.
        size = _number("sample", options.sample, 1)
        drawn = catalogue.sample([*range(len(faults) + len(honest_servers))], size, seed)
        faults, honest_servers = (
            [faults[number] for number in drawn if number < len(faults)],
            [honest_servers[number - len(faults)] for number in drawn if number >= len(faults)],
        )
    jobs = _number("jobs", options.jobs or str(_SERVERS_PER_PROCESSOR * (os.cpu_count() or 1)), 1)
    bar = _number("bar", options.bar, 0, 100)
    return SelfCheckPlan(
        faults=faults, honest_servers=honest_servers, seed=seed, jobs=jobs, bar=bar, profile=options.profile or "smoke"
    )


def _globs(given: str | None) -> list[str]:
    return [glob.strip() for glob in given.split(",")] if given else []


def _number(name: str, given: str, least: int, most: int = 2**64 - 1) -> int:
    try:
        number = int(given)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise UsageError(f"--{name} is {given!r}; expected a whole number from {least} to {most}.")
    return number


def _watched(plan: SelfCheckPlan) -> SelfCheck:
    """Shows each result as it comes: a bar on a terminal, lines on a pipe."""
    if not draws(terminal()):
        return self_check(plan, lambda result: tell(line_of(result), error=True))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(file=terminal(), force_terminal=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("judging servers", total=len(plan.faults) + len(plan.honest_servers))
        return self_check(plan, _advance(bar, task, console))


def _advance(bar: Progress, task: object, console: Console) -> Callable[[Result], None]:
    def advance(result: Result) -> None:
        if result.verdict not in _GOOD:
            console.print(shown(line_of(result)), markup=False, highlight=False)
        bar.advance(task)  # type: ignore[arg-type]

    return advance


def _make(directory: Path) -> None:
    """Makes the directory for the report, so that a mistake in its name is known before anything is judged."""
    try:
        private_directory(directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}; choose another --report-dir.") from None


def _write(directory: Path, check: SelfCheck) -> None:
    texts = {"json": json_text(check), "html": html_text(check), "md": markdown_text(check)}
    try:
        for ending, shown in texts.items():
            write_text(directory / f"self-check.{ending}", shown)
    except ReportError as error:
        raise UsageError(str(error)) from None
