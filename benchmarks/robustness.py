"""Runs the command line on servers that try to hang it or to fill the machine: `python benchmarks/robustness.py`.

Prints a table in Markdown: what each attack took in seconds, in memory beyond a run on an honest server, and on disk,
and how the run ended. Ends with 1 if a bound was passed. `--only TEXT` chooses attacks by their names, `--seconds S`
interrupts each run after so long; what follows goes to the run, such as `--profile standard`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.attacks import ATTACKS, HONEST_SERVER, RECORDS, Attack, Bounds, Measured, measured, reported

_HEAD = """| attack | seconds | MiB above an honest run | MB on disk | status | outcome |
| --- | ---: | ---: | ---: | ---: | --- |"""
_STUCK = 900.0
"""Seconds after which a run counts as hanging."""


def row(name: str, found: Measured, honest: float) -> str:
    """Returns the line of one attack."""
    outcome = found.outcome.replace("|", "\\|")[:120]
    above = max(0.0, found.memory - honest)
    return f"| {name} | {found.seconds:.0f} | {above:.0f} | {found.disk:.1f} | {found.status} | {outcome} |"


def run(attack: Attack, flags: list[str], seconds: float | None) -> Measured | None:
    """Measures a run on an attack; None if it hangs."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            return measured(attack, Path(directory), *flags, interrupt=seconds, timeout=_STUCK)
        except subprocess.TimeoutExpired:
            return None


def main() -> int:
    """Prints the table; returns 1 if a run hung or took more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float)
    options, flags = parser.parse_known_args()
    honest = run(HONEST_SERVER, flags, None)
    assert honest is not None
    print(f"{_HEAD}\n{row('(none: an honest server)', honest, honest.memory)}", flush=True)
    bounds, kept = Bounds(), True
    for attack in ATTACKS:
        if options.only not in attack.name:
            continue
        found = run(attack, flags, options.seconds)
        if found is None:
            print(f"| {attack.name} | hangs | | | | |", flush=True)
            kept = False
            continue
        print(row(attack.name, found, honest.memory), flush=True)
        kept = kept and found.memory - honest.memory <= bounds.memory and found.disk <= bounds.disk
    for name, make in RECORDS.items():
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as directory:
            make(Path(directory, "record.jsonl"))
            found = reported(Path(directory, "record.jsonl"), Path(directory, "out"))
        print(row(f"`report` of {name}", found, honest.memory), flush=True)
        kept = kept and found.memory - honest.memory <= bounds.record
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
