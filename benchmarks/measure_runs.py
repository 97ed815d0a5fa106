"""Measures whole runs on the embedded server: `python benchmarks/measure_runs.py`. Prints a table for the README.

Each figure is the median of three processes started afresh; exchanges per second is what the report says of the run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPETITIONS = 3
COMMAND = [sys.executable, "-m", "workloads_conformance"]


def seconds(arguments: list[str]) -> float:
    """Returns the wall-clock time of one process, in seconds."""
    started = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Prints the table."""
    print("| what | seconds | exchanges | exchanges/s |\n| --- | ---: | ---: | ---: |")
    print(f"| `--help` | {statistics.median(seconds(['--help']) for _ in range(REPETITIONS)):.2f} | | |")
    for profile in ("smoke", "standard"):
        with tempfile.TemporaryDirectory() as directory:
            arguments = ["run", "--profile", profile, "--report-dir", directory]
            median = statistics.median(seconds(arguments) for _ in range(REPETITIONS))
            report = json.loads(Path(directory, "report.json").read_text(encoding="utf-8"))
        exchanges = report["counts"]["exchanges"]
        rate = exchanges / report["run"]["seconds"]
        print(f"| `run --profile {profile}` | {median:.1f} | {exchanges} | {rate:.0f} |")


if __name__ == "__main__":
    main()
