"""Measures how soon the suite sees each fault: `python benchmarks/measure_detection.py [FAULTS-PER-AREA]`.

The whole suite runs in its order on every faulty server until the first finding of a requirement that the fault names.
Prints, as a Markdown table, the exchanges up to the first that showed the fault and the seconds until that was told,
three repetitions included; over the whole catalogue, or so many faults of each area, drawn by a fixed seed.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from itertools import groupby

from workloads_conformance.selfcheck.catalogue import load_faults, sample
from workloads_conformance.selfcheck.declare import Fault
from workloads_conformance.selfcheck.judging import Job
from workloads_conformance.selfcheck.pool import run_jobs

AT_ONCE = 2
SEED = 1


def stratified(per_area: int | None, seed: int = SEED) -> list[Fault]:
    """Returns so many faults of each area, drawn by the seed; all of them for None."""
    areas = (list(faults) for _, faults in groupby(load_faults().values(), key=lambda fault: fault.area))
    return [fault for faults in areas for fault in sample(faults, per_area or len(faults), seed)]


def detections(faults: Sequence[Fault]) -> dict[str, tuple[int, float] | None]:
    """Returns the exchanges and seconds until each fault was seen; None for one that was not."""
    jobs = [Job(patches=(fault.name,), until=fault.requirements) for fault in faults]
    seen = {}
    for number, outcome in run_jobs(jobs, AT_ONCE):
        seen[faults[number].name] = outcome.first_seen
        print(f"{faults[number].name}: {outcome.first_seen or outcome.problem or 'not seen'}", file=sys.stderr)
    return seen


def row(label: str, values: Sequence[float]) -> str:
    """Returns a row of the table: the median, the 90th percentile and the maximum."""
    tenths = statistics.quantiles(values, n=10)
    return f"| {label} | {statistics.median(values):.4g} | {tenths[8]:.4g} | {max(values):.4g} |"


def main() -> None:
    """Prints the table."""
    per_area = int(sys.argv[1]) if len(sys.argv) > 1 else None
    faults = stratified(per_area)
    seen = [found for found in detections(faults).values() if found]
    print(f"{len(seen)} of {len(faults)} faults were seen.\n")
    print("| until a fault is first seen | median | 90th percentile | maximum |\n| --- | ---: | ---: | ---: |")
    print(row("exchanges", [exchanges for exchanges, _ in seen]))
    print(row("seconds", [seconds for _, seconds in seen]))


if __name__ == "__main__":
    main()
