"""Measures what a run costs on a server that is wrong.

    python benchmarks/measure_cost.py [--faults-per-area N | --faults GLOBS] [--profile smoke] [--settle 10]

The whole suite runs on every faulty server to its end. Prints, as a Markdown table, the seconds and the exchanges of
the runs, beside those of a run on the honest server, and names the faults on which a run took longer than twice the
honest run and one settle time; then it ends with 1.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from measure_detection import add_options, chosen_faults

from workloads_conformance.selfcheck.judging import Job, ServerOutcome
from workloads_conformance.selfcheck.pool import run_jobs

AT_ONCE = 2


def row(label: str, honest: float, values: list[float]) -> str:
    """Returns a row of the table."""
    ordered = sorted(values)
    high = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
    return f"| {label} | {honest:.4g} | {statistics.median(ordered):.4g} | {high:.4g} | {ordered[-1]:.4g} |"


def judged(jobs: list[Job], names: list[str]) -> list[ServerOutcome]:
    """Returns the outcomes of jobs, in their order; tells each as it comes."""
    outcomes: dict[int, ServerOutcome] = {}
    for number, outcome in run_jobs(jobs, AT_ONCE):
        outcomes[number] = outcome
        print(f"{names[number]}: {outcome.problem or f'{outcome.seconds:.1f} s'}", file=sys.stderr)
    return [outcomes[number] for number in range(len(jobs))]


def main() -> int:
    """Prints the table; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    parser.add_argument("--profile", default="smoke", choices=("smoke", "standard"))
    parser.add_argument("--settle", type=float, default=10.0, metavar="S")
    given = parser.parse_args()
    faults = chosen_faults(given)
    usual = judged([Job(patches=(), profile=given.profile, settle=given.settle)] * 3, ["(honest)"] * 3)
    honest = max(outcome.seconds for outcome in usual)
    jobs = [Job(patches=(fault.name,), profile=given.profile, settle=given.settle) for fault in faults]
    found = judged(jobs, [fault.name for fault in faults])
    bound = 2 * honest + given.settle
    print("| of a run | honest | median | 95th percentile | maximum |\n| --- | ---: | ---: | ---: | ---: |")
    print(row("seconds", honest, [outcome.seconds for outcome in found]))
    print(row("exchanges", usual[0].exchanges, [float(outcome.exchanges) for outcome in found]))
    long = [
        f"{fault.name} ({outcome.seconds:.0f} s)"
        for fault, outcome in zip(faults, found, strict=True)
        if outcome.seconds > bound
    ]
    count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
    print(f"\n{count}, profile {given.profile}, settle time {given.settle:g} s; the bound is {bound:.0f} s.")
    print(f"Above it: {', '.join(long) or 'none'}.")
    return int(bool(long))


if __name__ == "__main__":
    sys.exit(main())
