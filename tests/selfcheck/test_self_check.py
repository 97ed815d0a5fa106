"""The command, with real servers and the real suite."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from workloads_conformance.selfcheck.judging import Job
from workloads_conformance.selfcheck.pool import run_jobs
from workloads_conformance.selfcheck.rendering import self_check_schema


@pytest.mark.slow
def test_faults_are_found_and_an_honest_server_is_accepted(command, tmp_path):
    done = command(
        "self-check", "--faults", "create/name-of-6*,authentication/anybody-may-create,delete/nothing-is-deleted",
        "--variants", "variant/extra-members*", "--combinations", "0", "--jobs", "2", "--report-dir", "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 faults were found for the right reason (100.0 %)" in done.stdout
    assert "1 of 1 honest servers were accepted." in done.stdout
    assert done.stdout.endswith("self-check: passed\n")
    assert "killed      create/name-of-64-is-taken" in done.stderr
    found = json.loads((tmp_path / "out" / "self-check.json").read_text())
    Draft202012Validator(self_check_schema()).validate(found)
    by_name = {fault["name"]: fault for fault in found["faults"]}
    assert by_name["create/name-of-64-is-taken"]["found"] == ["WV2-CREATE-007"]
    assert by_name["create/name-of-64-is-taken"]["unrelated"] == []
    assert (tmp_path / "out" / "self-check.html").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--faults", "craete/*"), "no fault is named 'craete/*'"),
        (("--variants", "late"), "no variant is named 'late'"),
        (("--jobs", "0"), "--jobs is '0'; expected a whole number from 1"),
        (("--sample", "few"), "--sample is 'few'"),
        (("--bar", "101"), "--bar is '101'; expected a whole number from 0 to 100"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(command, arguments, words):
    done = command("self-check", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_report_that_cannot_be_written_is_told_before_anything_is_judged(command, tmp_path):
    (tmp_path / "file").write_text("")
    done = command("self-check", "--faults", "create/name-of-64*", "--report-dir", "file/below")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "killed" not in done.stderr


def test_the_list_names_all(command):
    done = command("self-check", "--list", "--faults", "races/*")
    assert done.returncode == 0
    assert all(line.startswith("races/") and "[WV2-" in line for line in done.stdout.splitlines())


def test_a_server_that_does_not_start_is_not_judged():
    [(number, outcome)] = run_jobs([Job(patches=("create/no-such-fault",), requirements=("WV2-GET-004",))], 1)
    assert number == 0
    assert "ended without a result" in outcome.problem


def test_two_faults_do_not_know_of_each_other():
    """A patch lives and dies with its server."""
    jobs = [
        Job(patches=patches, requirements=("WV2-CREATE-007",)) for patches in ((), ("create/name-of-64-is-taken",), ())
    ]
    outcomes = dict(run_jobs(jobs, 1))
    assert [set(outcomes[number].failed) for number in range(3)] == [set(), {"WV2-CREATE-007"}, set()]
