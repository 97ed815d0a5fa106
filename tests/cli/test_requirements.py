"""`requirements ID`: from a failing line to the clause, the test and the faults behind it, in one step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workloads_conformance
from workloads_specs import load_catalogue

ROOT = Path(workloads_conformance.__file__).parents[1]


def test_it_names_the_clause_the_line_that_judges_it_and_what_proves_it(command):
    told = command("requirements", "WV2-UPDATE-011").stdout
    assert told.startswith("WV2-UPDATE-011  MUST  A refused update changes nothing\n")
    assert "“Workload update request accepted”" in told
    judges = re.findall(r"(\w+)  \((\S+\.py):(\d+)\)", told)
    assert "test_a_refused_update_changes_nothing" in {name for name, _, _ in judges}
    for name, file, line in judges:
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1 :]
        assert lines[0].startswith("@judges(")
        assert next(found for found in lines if "def " in found).startswith(f"async def {name}(")
    assert "update/half-of-a-refused-update-stays" in told
    assert "workloads-conformance run --only WV2-UPDATE-011 --target …" in told


def test_what_is_judged_everywhere_says_so(command):
    assert "judged on every exchange" in command("requirements", "WV2-GET-002").stdout


def test_an_id_in_small_letters_and_a_glob_are_understood(command):
    told = command("requirements", "wv2-race-*").stdout
    assert re.findall(r"(?m)^WV2-[A-Z]+-\d+", told) == [
        name for name in load_catalogue() if name.startswith("WV2-RACE-")
    ]


@pytest.mark.parametrize("name", ["WV2-UPDATE-999", "update", ""])
def test_an_unknown_id_is_refused_in_one_sentence(command, name):
    done = command("requirements", name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"no requirement has the id {name!r}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_every_requirement_is_told_of(command):
    told = command("requirements", "*")
    assert told.returncode == 0
    for part in told.stdout.split("\n\n"):
        observed = "  OBSERVE  " in part
        assert "judged by:" in part or "judged on every exchange" in part or "WV2-HTTP-013" in part
        assert observed or "proved by:" in part
