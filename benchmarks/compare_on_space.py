"""Compares the suite with schemathesis on the same points of the fault space.

    python benchmarks/compare_on_space.py [--points N] [--seed S] [--examples N]

Prints a Markdown table. The points are those that `self-check --space N --seed S` draws, and each tool judges the
reference server behind the same proxy. Left out are faults that this server does not have to show, and legal points
that never came into effect. What schemathesis says without a proxy does not count (`compare_schemathesis.py`).
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence

from compare_schemathesis import SchemathesisJob, all_outcomes, on_the_reference_server, run_schemathesis
from measure_detection import AT_ONCE

from workloads_conformance.selfcheck.judging import ServerOutcome
from workloads_conformance.selfcheck.space.points import all_points
from workloads_conformance.selfcheck.space.running import SpacePlan, check_space, chosen
from workloads_conformance.selfcheck.space.scoring import PointResult, PointVerdict, Rate, SpaceCheck


def theirs_on(found: SpaceCheck, examples: int) -> tuple[dict[str, ServerOutcome], frozenset[str]]:
    """Returns what schemathesis made of the points that count, by id, and what it says of the honest server."""
    honest = SchemathesisJob(examples=examples, seed=found.seed, stop=False)
    said = on_the_reference_server(honest)
    known = frozenset(failure for outcome in said.values() for failure in outcome.failed)
    points = {one.point.id: one.point for one in (*found.faults, *found.legal)}
    jobs = {
        name: SchemathesisJob(examples=examples, seed=found.seed, stop=not known, point=point)
        for name, point in points.items()
    }
    return all_outcomes(run_schemathesis, jobs), known


def table(found: SpaceCheck, theirs: Mapping[str, ServerOutcome], known: frozenset[str], examples: int) -> str:
    """Returns both scores, with their intervals."""

    def fails(results: Sequence[PointResult]) -> Rate:
        return Rate(sum(bool(theirs[one.point.id].failed.keys() - known) for one in results), len(results))

    seconds = [theirs[one.point.id].seconds for one in found.faults if theirs[one.point.id].failed.keys() - known]
    ours = [one.outcome.first_seen[1] for one in found.faults if one.outcome.first_seen]
    both = sum(
        one.verdict is PointVerdict.KILLED or bool(theirs[one.point.id].failed.keys() - known) for one in found.faults
    )
    rows = (
        ("faults seen", str(found.killed), str(fails(found.faults))),
        ("legal points blamed", str(found.blamed), str(fails(found.legal))),
        ("seconds for a fault that is seen, median", _median(ours), _median(seconds)),
        ("servers that could not be judged", _problems(found), str(sum(bool(one.problem) for one in theirs.values()))),
    )
    lines = [f"| | this suite | `schemathesis run`, {examples} examples |", "| --- | ---: | ---: |"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", f"Seen by either: {both} of {len(found.faults)} faults."])


def _problems(found: SpaceCheck) -> str:
    return str(len(found.of(PointVerdict.NOT_JUDGED)))


def _median(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.3g}" if values else "-"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--points", type=int, default=100, help="points that are drawn (default: 100)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--examples", type=int, default=50, help="schemathesis's cases per operation (default: 50)")
    given = parser.parse_args()
    points = chosen(given.points, given.seed, list(all_points().values()))
    plan = SpacePlan(points=points, seed=given.seed, jobs=AT_ONCE, bar=0.0, profile="smoke")
    found = check_space(plan, lambda one: print(f"{one.verdict}  {one.point.id}", file=sys.stderr, flush=True))
    theirs, known = theirs_on(found, given.examples)
    print(table(found, theirs, known, given.examples))


if __name__ == "__main__":
    main()
