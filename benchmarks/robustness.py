"""Runs the command line on servers that try to do harm through it: `python benchmarks/robustness.py`.

Prints two tables in Markdown. The first is of servers that try to steer a run to what is not its own: how many of
somebody else's workloads were touched, how many requests went elsewhere, and what stayed, as the server counts and as
the run says. The second is of servers that try to hang it or to fill the machine: what each attack took in seconds, in
memory beyond a run on an honest server, and on disk, and how the run ended. Ends with 1 if a bound was passed. `--only
TEXT` chooses attacks by their names, `--seconds S` interrupts each run of the second after so long; what follows goes
to the run, such as `--profile standard`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support import foreign
from support.attacks import ATTACKS, HONEST_SERVER, RECORDS, Attack, Bounds
from support.measuring import COMMAND, Measured, measured, reported
from support.servers import serving

_STEERED = """| answers | requests | foreign workloads touched | requests elsewhere | created | there in the end | told as left or unknown | status |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""  # noqa: E501 - a line of a table

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


def steered(name: str, server: foreign.Foreign, flags: list[str]) -> bool:
    """Prints the line of a server that answers with what is not the run's; returns whether nothing was harmed."""
    with tempfile.TemporaryDirectory() as directory, serving(server) as target:
        out = ("--settle", "3", "--deadline", "5", "--report-dir", directory)
        done = subprocess.run([*COMMAND, "run", *target.arguments, *out, *flags], check=False, capture_output=True,
                              env=os.environ | target.environ)  # fmt: skip
        left = json.loads(Path(directory, "report.json").read_text(encoding="utf-8"))["leftovers"]
    told = len(left["leaked"]) + len(left["unknown"])
    harm = len(server.touched), len(server.strays)
    counts = (len(server.requests), *harm, left["created"], len(server.alive), told, done.returncode)
    print(f"| {name} | {' | '.join(map(str, counts))} |", flush=True)
    return harm == (0, 0) and len(server.alive) <= told


def steering(flags: list[str], only: str) -> bool:
    """Prints the first table; returns whether nothing was harmed."""
    servers = {f"the id {name!r}": foreign.Foreign(attack=foreign.answers_id(one)) for name, one in foreign.IDS.items()}
    for name, (attack, before) in (foreign.ATTACKS | foreign.LYING).items():
        servers[name] = foreign.Foreign()
        servers[name].attack, servers[name].before = attack or servers[name].attack, before or servers[name].before
    servers["a list without end"] = foreign.Foreign(attack=foreign.lists_without_end)
    print(f"{_STEERED}", flush=True)
    harmless = [steered(name, server, flags) for name, server in servers.items() if only in name]
    print(flush=True)
    return all(harmless)


def main() -> int:
    """Prints the tables; returns 1 if something was harmed, or a run hung or took more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float)
    options, flags = parser.parse_known_args()
    harmless = steering(flags or ["--profile", "smoke"], options.only)
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
    return 0 if kept and harmless else 1


if __name__ == "__main__":
    sys.exit(main())
