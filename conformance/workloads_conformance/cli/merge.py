"""`merge`: the reports of one run's parts become the report of the whole, which is judged as a run is."""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.plugin import gate_status
from workloads_reports import merge_reports, read_report, with_since, write_all

from .results import show, told_to_the_user

_SHARD = re.compile(r"shard-(\d{1,4})-of-(\d{1,4})")
_PAUSE = 1.0


def execute(options: argparse.Namespace) -> int:
    """Writes the merged report's files and shows it; returns the exit status that its verdict stands for."""
    until = time.monotonic() + options.wait
    with told_to_the_user():
        paths = [path for given in options.reports for path in _reports(Path(given), until)]
        if any(path.resolve().parent == Path(options.out).resolve() for path in paths):
            raise UsageError(
                f"--out {options.out!r} has one of the reports that are merged, which would be overwritten; give "
                "another directory."
            )
        report = merge_reports([(str(path), read_report(path)) for path in paths], partial=options.partial)
        if options.since is not None:
            report = with_since(report, read_report(Path(options.since)))
        written = write_all(report, Path(options.out))
    show(report, written)
    return gate_status(report)


def _reports(given: Path, until: float) -> list[Path]:
    """Returns the path itself, or for a directory the reports of the shards in it, once all are there or time is up.

    Raises:
        UsageError: a directory holds none.
    """
    if given.is_file() or (not given.is_dir() and time.monotonic() >= until):
        return [given]
    while True:
        found = sorted(given.glob("shard-*-of-*/report.json"))
        if _is_whole(found) or time.monotonic() >= until:
            break
        time.sleep(_PAUSE)
    if not found:
        raise UsageError(
            f"{str(given)!r} holds no shard-*/report.json; give the report directory of a run with --shard."
        )
    return found


def _is_whole(reports: list[Path]) -> bool:
    shards = [found for path in reports if (found := _SHARD.fullmatch(path.parent.name))]
    return bool(shards) and all(len(reports) == int(shard[2]) for shard in shards)
