"""A run of a part of the suite: what selects it, that it says so and opens no gate, and that it can be judged again."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from support.servers import Changed, json_reply, serving

from workloads_conformance.api import JUDGED_ON_EVERY_EXCHANGE
from workloads_conformance.errors import UsageError
from workloads_conformance.recording import read_record
from workloads_conformance.replay import rejudge
from workloads_conformance.session import select, suite_tests
from workloads_conformance.settings import Profile, load_settings
from workloads_reports import RunVerdict, Verdict, json_text, merge_reports, read_report
from workloads_specs import load_catalogue, load_contract

CATALOGUE = load_catalogue()


def selected(*words: str):
    return select(load_settings({"only": words}, {}), load_contract())


def names(*words: str) -> set[str]:
    return {test.name for test in selected(*words).tests}


def judging(wanted) -> set[str]:
    return {test.name for test in suite_tests().values() if any(wanted(CATALOGUE[name]) for name in test.requirements)}


def test_nothing_given_is_the_whole_suite():
    whole = select(load_settings({}, {}), load_contract())
    assert whole.tests == tuple(suite_tests().values())
    assert whole.selected is None


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["WV2-UPDATE-011"], lambda one: one.id == "WV2-UPDATE-011"),
        (["wv2-race-*"], lambda one: one.id.startswith("WV2-RACE-")),
        (["WV2-UPDATE-011", "WV2-DELETE-004"], lambda one: one.id in ("WV2-UPDATE-011", "WV2-DELETE-004")),
        (["WV2-UPDATE-011,WV2-DELETE-004"], lambda one: one.id in ("WV2-UPDATE-011", "WV2-DELETE-004")),
        (["should"], lambda one: one.level == "SHOULD"),
        (["SHOULD", "observe"], lambda one: one.level != "MUST"),
        (["dry-run"], lambda one: one.area == "dry-run"),
        (["must", "update", "metadata"],
         lambda one: (one.level, one.operation, one.area) == ("MUST", "update", "metadata")),
        (["update", "WV2-*-01*"], lambda one: one.operation == "update" and one.id[-3:-1] == "01"),
    ],
)  # fmt: skip
def test_words_of_one_sort_add_up_and_those_of_several_have_to_fit_together(words, wanted):
    everywhere = [name for name in JUDGED_ON_EVERY_EXCHANGE if wanted(CATALOGUE[name])]
    beside = set().union(*map(names, everywhere))
    assert names(*words) == judging(wanted) | beside
    assert selected(*words).selected.requirements == tuple(one.id for one in CATALOGUE.values() if wanted(one))


def test_a_test_is_selected_by_its_name_and_by_the_node_id_that_pytest_printed():
    name = "test_get.test_an_unknown_id_is_not_found"
    for word in (
        name,
        "test_get.test_an_unknown*",
        "lib/python3.11/site-packages/workloads_conformance/suite/test_get.py::test_an_unknown_id_is_not_found",
        "workloads_conformance.suite.test_get::test_an_unknown_id_is_not_found",
    ):
        assert names(word) == {name}
    assert names("test_get") == {one for one in suite_tests() if one.startswith("test_get.")}
    assert names("test_an_unknown_id_is_not_found") > {name}
    assert names("test_get", "must") == names("test_get") & names("must")


def test_what_every_exchange_is_judged_by_is_selected_by_a_few_tests_of_its_operation():
    assert set() < names("WV2-GET-002") <= judging(lambda one: one.operation == "get")
    assert len(names("WV2-HTTP-001")) == 3


@pytest.mark.slow
def test_what_every_exchange_is_judged_by_is_judged(command, tmp_path):
    command("run", "--only", ",".join(JUDGED_ON_EVERY_EXCHANGE))
    report = read_report(tmp_path / "conformance-report/report.json")
    assert report.selected.endswith(f": {len(JUDGED_ON_EVERY_EXCHANGE)} pass")


def test_the_examples_in_the_documentation_select_something():
    text = Path(__file__).parents[2].joinpath("docs/running.md").read_text(encoding="utf-8")
    examples = [shlex.split(line) for line in text.splitlines() if line.startswith("workloads-conformance run --only")]
    assert len(examples) > 3
    for words in examples:
        assert names(*(word for flag, word in pairwise(words) if flag == "--only"))


def test_every_id_selects_something():
    for name in CATALOGUE:
        chosen = selected(name)
        assert chosen.tests
        assert chosen.selected.requirements == (name,)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("WV2-UPDATE-0111", "near are WV2-UPDATE-011"),
        ("WV2-UPDAET-*", "near are"),
        ("valdation", "near are validation"),
        ("mst", "near are MUST"),
        ("test_gett", "near are test_get"),
        ("no/such.thing", "give ids of requirements, levels, operations, areas or names of tests"),
        ("observe,test_concurrency,delete", "selects no test"),
    ],
)
def test_what_selects_nothing_is_a_mistake_and_says_what_is_near(command, words, near):
    done = command("run", "--only", words)
    assert done.returncode == 2
    assert near in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_part_is_looked_at_quickly_unless_a_profile_is_given():
    assert load_settings({"only": "must"}, {}).profile is Profile.SMOKE
    assert load_settings({"only": "must", "profile": "standard"}, {}).profile is Profile.STANDARD
    assert load_settings({}, {}).profile is Profile.STANDARD


def test_a_selected_run_says_so_opens_no_gate_and_can_be_judged_again(command, tmp_path):
    done = command("run", "--only", "WV2-GET-003", "--only", "WV2-GET-004")
    report = read_report(tmp_path / "conformance-report/report.json")
    assert done.returncode == 3
    assert report.verdict is RunVerdict.INCONCLUSIVE
    assert report.selected == "--only WV2-GET-003,WV2-GET-004: 2 pass"
    assert report.plan.selected.requirements == ("WV2-GET-003", "WV2-GET-004")
    assert f"selected:     {report.selected}" in done.stdout
    assert "only a selection was asked for (--only WV2-GET-003,WV2-GET-004)" in report.reason
    page = (tmp_path / "conformance-report/report.html").read_text(encoding="utf-8")
    assert f"A selected run, which opens no gate: <bdi>{report.selected}</bdi>" in page
    again, departures = rejudge(read_record(tmp_path / "conformance-report/record.jsonl"))
    assert departures == []
    assert json_text(again) == json_text(report)


@pytest.mark.slow
def test_even_a_selection_of_everything_opens_no_gate_nor_do_parts_that_leave_something_out(command, tmp_path):
    command("run", "--only", "test_get", "--report-dir", "get")
    command("run", "--only", "test_delete", "--report-dir", "delete")
    parts = [(name, read_report(tmp_path / name / "report.json")) for name in ("get", "delete")]
    merged = merge_reports(parts, partial=True)
    assert merged.verdict is RunVerdict.INCONCLUSIVE
    assert merged.selected.startswith("--only test_get and --only test_delete: ")
    told = json.loads((tmp_path / "get/report.json").read_text())
    told["plan"]["missing"] = []
    told["verdict"] = "conformant"
    (tmp_path / "forged.json").write_text(json.dumps(told))
    assert "contradicts itself" in command("report", "forged.json", "--out", "x").stderr


def _broken(call, reply):
    """Two MUST are violated: WV2-DELETE-004, and WV2-GET-004 by whatever reads what is not there."""
    return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply


@pytest.mark.slow
def test_what_failed_is_run_again_with_its_cases_first(command, tmp_path):
    with serving(Changed(after=_broken)) as target:
        options = (*target.arguments, "--settle", "1")
        first = command("run", *options, "--only", "delete", "--seed", "7", environ=target.environ)
        assert first.returncode == 1
        failed = read_report(tmp_path / "conformance-report/report.json")
        again = command(
            "run", *options, "--rerun", "conformance-report/report.json", "--report-dir", "again",
            environ=target.environ,
        )  # fmt: skip
        assert again.returncode == 1, again.stderr
    report = read_report(tmp_path / "again/report.json")
    assert (report.run.seed, report.run.profile) == (7, "smoke")
    undecided = {Verdict.FAIL, Verdict.INCONCLUSIVE}
    ids = [one.requirement.id for one in failed.requirements if one.verdict in undecided]
    assert list(report.plan.selected.requirements) == ids
    assert 0 < len(suite_tests()) - len(report.plan.missing) < len(suite_tests())
    assert report.selected.startswith(f"--rerun of run {failed.run.id}: ")
    record = read_record(tmp_path / "again/record.jsonl")
    cases = record.run["first"]
    found = [finding for one in failed.requirements for finding in one.findings]
    assert cases
    assert {finding.test for finding in found} == set(cases)
    replayed, departures = rejudge(record)
    assert departures == []
    assert json_text(replayed) == json_text(report)
    with serving(Changed()) as target:
        fixed = command(
            "run", *target.arguments, "--rerun", "conformance-report/report.json", "--report-dir", "fixed",
            environ=target.environ,
        )  # fmt: skip
        assert fixed.returncode == 3, fixed.stdout
        assert re.search(r"selected: +--rerun of run \w+: \d+ pass\n", fixed.stdout)
        other = command("run", *target.arguments, "--rerun", "fixed/report.json", environ=target.environ)
        assert other.returncode == 2
        assert "nothing failed and nothing is undecided" in other.stderr


def test_a_rerun_has_the_seed_of_its_run(command, tmp_path):
    command("run", "--only", "WV2-GET-003", "--seed", "7")
    path = tmp_path / "conformance-report/report.json"
    with pytest.raises(UsageError, match="seed is 8, and 7 in the run that is to be run again"):
        load_settings({"rerun": str(path), "seed": "8"}, {})
    with pytest.raises(UsageError, match="profile is 'standard', and 'smoke'"):
        load_settings({"rerun": str(path), "profile": "standard"}, {})


def test_the_first_failure_can_end_a_run(command, tmp_path):
    with serving(Changed(after=_broken)) as target:
        options = (*target.arguments, "--settle", "1", "--only", "delete")
        done = command("run", *options, "--fail-fast", environ=target.environ)
    report = read_report(tmp_path / "conformance-report/report.json")
    assert done.returncode == 1
    assert not report.run.complete
    assert sum(one.verdict is Verdict.FAIL for one in report.requirements) == 1
    assert len(report.plan.missing) > len(suite_tests()) - len(names("delete"))
    replayed, departures = rejudge(read_record(tmp_path / "conformance-report/record.jsonl"))
    assert departures == []
    assert json_text(replayed) == json_text(report)
