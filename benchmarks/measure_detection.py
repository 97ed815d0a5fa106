"""Measures how soon the suite sees each fault.

    python benchmarks/measure_detection.py [--faults-per-area N | --faults GLOBS]

The whole suite runs in its order on every faulty server until the first finding of a requirement that the fault names.
Prints, as a Markdown table, the exchanges up to the first that showed the fault, and the seconds until that was told,
three repetitions included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from itertools import groupby

from workloads_conformance.selfcheck.catalogue import chosen, load_faults, sample
from workloads_conformance.selfcheck.declare import Fault
from workloads_conformance.selfcheck.judging import Job
from workloads_conformance.selfcheck.pool import run_jobs

AT_ONCE = 2
SEED = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that choose faults."""
    parser.add_argument("--faults-per-area", type=int, metavar="N", help="N faults of each area, drawn (default: all)")
    parser.add_argument("--faults", metavar="GLOBS", help="the faults whose names one of these fits, by commas")


def chosen_faults(given: argparse.Namespace) -> list[Fault]:
    """Returns the faults that the options choose, in catalogue order."""
    if given.faults:
        return chosen(load_faults(), given.faults.split(","), "fault")
    areas = (list(faults) for _, faults in groupby(load_faults().values(), key=lambda fault: fault.area))
    return [fault for faults in areas for fault in sample(faults, given.faults_per_area or len(faults), SEED)]


def detections(faults: Sequence[Fault]) -> dict[str, tuple[int, float] | None]:
    """Returns the exchanges and seconds until each fault was seen; None for one that was not."""
    jobs = [Job(patches=(fault.name,), until=fault.requirements) for fault in faults]
    seen = {}
    for number, outcome in run_jobs(jobs, AT_ONCE):
        seen[faults[number].name] = outcome.first_seen
        print(f"{faults[number].name}: {outcome.first_seen or outcome.problem or 'not seen'}", file=sys.stderr)
    return seen


def row(label: str, values: Sequence[float]) -> str:
    """Returns a row of the table: the median, the 90th percentile and the maximum of at least one value."""
    ordered = sorted(values)
    ninth = ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)]
    return f"| {label} | {statistics.median(ordered):.4g} | {ninth:.4g} | {ordered[-1]:.4g} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    faults = chosen_faults(parser.parse_args())
    seen = [found for found in detections(faults).values() if found]
    print(f"{len(seen)} of {len(faults)} faults were seen.\n")
    if not seen:
        return
    print("| until a fault is first seen | median | 90th percentile | maximum |\n| --- | ---: | ---: | ---: |")
    print(row("exchanges", [exchanges for exchanges, _ in seen]))
    print(row("seconds", [seconds for _, seconds in seen]))


if __name__ == "__main__":
    main()
