"""The scripts that measure the suite on faulty servers work, on few of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytestmark = pytest.mark.slow


def script(name, *arguments):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / name, *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.exhaustive
def test_schemathesis_is_compared():
    """Of two faults, one is in the schema, for both to see, and one in what a second request would show."""
    lines = script(
        "compare_schemathesis.py", "--faults", "create/name-of-64-is-taken,delete/nothing-is-deleted",
        "--variants", "1", "--examples", "5",
    )  # fmt: skip
    assert "| failures on the reference server itself | 0 | 0 |" in lines
    assert any(line.startswith("| faults seen, of 2 | 2 (100 %) |") for line in lines)
    assert any(line.startswith("| honest variants blamed, of 1 | 0 |") for line in lines)
    assert "| create | 1 | 1 | 1 |" in lines


@pytest.mark.exhaustive
def test_schemathesis_is_compared_on_the_fault_space():
    lines = script("compare_on_space.py", "--points", "4", "--seed", "3", "--examples", "5")
    seen = next(line for line in lines if line.startswith("| faults seen |")).split("|")
    assert seen[2].split()[0:3:2] == ["3", "3,"], "by this suite"
    assert "| servers that could not be judged | 0 | 0 |" in lines
    assert lines[-1] == "Seen by either: 3 of 3 faults."


def test_detection_is_measured():
    lines = script("measure_detection.py", "--faults", "create/name-of-64-is-taken,get/unknown-id-is-403")
    assert lines[0] == "2 of 2 faults were seen."
    exchanges = next(line for line in lines if line.startswith("| exchanges |")).split("|")
    assert 1 <= float(exchanges[2]) <= float(exchanges[4])


@pytest.mark.exhaustive
def test_the_cost_of_wrong_servers_is_measured():
    """No bound is asked for here: a machine may be slow."""
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "measure_cost.py", "--faults", "get/unknown-id-is-403", "--settle", "5"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    assert any(line.startswith("| seconds |") for line in done.stdout.splitlines())
    assert "1 fault, profile smoke, settle time 5 s" in done.stdout
