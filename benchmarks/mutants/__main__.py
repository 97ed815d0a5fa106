"""Measures the suite on faults that nobody thought of: changes of the reference server that mutmut's operators make.

    python benchmarks/mutants [--only GLOBS] [--sample N] [--seed N] [--jobs N] [--bar N] [--list]

The suite runs in its order on every mutant until the first finding of a MUST or a SHOULD, with the cases of the smoke
profile, and on those that survive it with those of the standard profile. Prints a Markdown table by module and the
survivors. A survivor that `reviewed.toml` has as equivalent or open is not counted. The exit status is 1 if the kill
rate is below the bar, or a review does not fit its mutant any more.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
from collections.abc import Sequence

from judged import Changed, judge_all
from making import Mutant, all_mutants
from reviews import load_reviews, stale
from score import Result, rate, survivors, table

from workloads_conformance.selfcheck.catalogue import sample


def options() -> argparse.Namespace:
    """Returns what the command line says."""
    parser = argparse.ArgumentParser(prog="mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="*", metavar="GLOBS", help="those whose names one fits, by commas")
    parser.add_argument("--sample", type=int, metavar="N", help="N of them, drawn by the seed (default: all)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which sample (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="mutants judged at a time (default: 2)")
    parser.add_argument("--bar", type=float, default=90, metavar="N", help="the least kill rate, in %% (default: 90)")
    parser.add_argument("--list", action="store_true", help="show the mutants and judge none")
    return parser.parse_args()


def judge(mutants: Sequence[Mutant], at_once: int) -> list[Result]:
    """Returns a result for each, in order; tells each as soon as it is there."""
    reviews = load_reviews()
    results: dict[int, Result] = {}
    changed = [Changed(module=mutant.module, source=mutant.source) for mutant in mutants]
    for number, judged in judge_all(changed, at_once):
        mutant = mutants[number]
        results[number] = Result(mutant, judged, reviews.get(mutant.name))
        told = f"{judged.verdict.value:9}  {mutant.name}  {judged.profile} {judged.seconds:.1f} s  {judged.reason}"
        print(told.rstrip(), file=sys.stderr, flush=True)
    return [results[number] for number in sorted(results)]


def main() -> int:
    """Judges the chosen mutants; returns the exit status."""
    given = options()
    everything = all_mutants()
    globs = given.only.split(",")
    chosen = [mutant for mutant in everything if any(fnmatch.fnmatchcase(mutant.name, glob) for glob in globs)]
    if given.sample is not None:
        chosen = sample(chosen, given.sample, given.seed)
    if not chosen:
        print(f"no mutant is named {given.only!r}; --list shows them all.", file=sys.stderr)
        return 2
    if given.list:
        print("\n".join(line for mutant in chosen for line in (mutant.name, *mutant.diff)))
        return 0
    results = judge(chosen, given.jobs)
    wrong = stale(load_reviews(), everything)
    wrong += [f"{result.mutant.name}: found, by {result.judged.reason}" for result in results if result.contradicts]
    print("\n".join((*table(results), *survivors(results))))
    print("".join(f"\nthe review does not fit: {sentence}" for sentence in wrong))
    return int(bool(wrong) or rate(results) < given.bar)


if __name__ == "__main__":
    sys.exit(main())
