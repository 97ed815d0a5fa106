"""Measures runs that are disturbed: `python benchmarks/measure_disturbed.py`. Prints the table in docs/disturbed.md.

Each row is one run on the reference server behind what disturbs it (`tests/support/disturbing.py`). What is alive is
counted by the server.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

SERVER = Path(__file__).parents[1] / "tests/support/disturbing.py"
COMMAND = [sys.executable, "-m", "workloads_conformance", "run", "--settle", "20"]

ROWS: tuple[tuple[str, str, str], ...] = (
    ("nothing", "", ""),
    ("200 ms for each answer", "--latency 0.2", ""),
    ("1 s for each answer", "--latency 1", ""),
    ("20 requests/s, else 429", "--rate 20", ""),
    ("20 requests/s, else the connection is closed", "--rate 20 --refusal close", ""),
    ("`--rate 20`", "", "--rate 20"),
    ("a gateway's 502 for 4 s, and the state is lost", "--away-at 600 --away 502 --away-for 4 --loses-state", ""),
    ("the target is gone for good", "--away-at 600 --away 0 --away-for 100000", ""),
)
"""What disturbs, the options of the server, and those of the run."""


def measure(profile: str, label: str, server: str, run: str) -> None:
    """Prints the row of one run."""
    command = [sys.executable, str(SERVER), *server.split()]
    with (
        tempfile.TemporaryDirectory() as directory,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            access = json.loads(process.stdout.readline())
            started = time.perf_counter()
            arguments = ["--target", access["url"], "--project-id", access["projectId"],
                         "--cluster-id", access["clusterId"], "--client-id", access["clientId"],
                         "--client-secret-env", "SECRET", "--forbidden-token-env", "FORBIDDEN",
                         "--expired-token-env", "EXPIRED", "--profile", profile, "--report-dir", directory,
                         *run.split()]  # fmt: skip
            environ = {
                "SECRET": access["clientSecret"],
                "FORBIDDEN": access["forbiddenToken"],
                "EXPIRED": access["expiredToken"],
            }
            done = subprocess.run([*COMMAND, *arguments], env=os.environ | environ, capture_output=True, check=False)
            seconds = time.perf_counter() - started
            counts = httpx.get(f"{access['url']}/counts", trust_env=False).json()
        finally:
            process.terminate()
        report = json.loads(Path(directory, "report.json").read_text(encoding="utf-8"))
    musts = [one for one in report["requirements"] if one["level"] == "MUST"]
    undecided = sum(one["verdict"] == "inconclusive" for one in musts)
    found = sum(len(one["findings"]) for one in report["requirements"])
    told = len(report["leftovers"]["leaked"]) + len(report["leftovers"]["unknown"])
    print(
        f"| {label} | {seconds:.0f} | {counts['requests']} | {counts['refused']} | {done.returncode} | {found} "
        f"| {undecided} | {counts['alive']} | {told} |",
        flush=True,
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="smoke")
    profile = parser.parse_args().profile
    print("| what disturbs | seconds | requests | refused | exit | findings | MUST undecided | left | told |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for label, server, run in ROWS:
        measure(profile, label, server, run)


if __name__ == "__main__":
    main()
