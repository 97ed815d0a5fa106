"""The suite under pytest, beside tests and plugins of the user's: options, markers, node ids, workers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.disturbing import Disturbed
from support.servers import Changed, json_reply, serving

from workloads_conformance.session import suite_tests
from workloads_reports import Report, RunVerdict, read_report
from workloads_specs import load_catalogue

SUITE = ("--pyargs", "workloads_conformance.suite")
QUICK = "test_an_unknown_id_is_not_found"

OWN = """
import pytest

def test_first(tmp_path): pass

class TestOfMine:
    @pytest.mark.parametrize("value", [1, 2])
    def test_second(self, value): assert value

def test_that_fails(): assert 1 == 2

def helper_of_doctest():
    '''
    >>> 1 + 1
    2
    '''
"""
CONFTEST = """
def pytest_addoption(parser):
    for name in ("--target", "--profile", "--seed", "--config", "--only", "--mode"):
        parser.addoption(name)
"""
STRICT = "[pytest]\naddopts = --strict-markers --strict-config --doctest-modules\nfilterwarnings = error\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A project of the user's, as strict as it can be, with options of the names that the command line has."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_mine.py").write_text(OWN)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text(STRICT)
    return tmp_path


@pytest.fixture
def pytest_in(mine: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def call(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        plain = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "GITHUB_"))}
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=mine, env=plain | (environ or {}), capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip

    return call


def report_of(folder: Path) -> Report:
    return read_report(folder / "conformance-report/report.json")


def ids(output: str) -> list[str]:
    return [line.partition(" ")[0] for line in output.splitlines() if "::" in line]


def test_it_runs_beside_tests_of_the_users_own_and_the_end_names_the_report(pytest_in, mine):
    done = pytest_in(*SUITE, "tests", "-k", f"{QUICK} or mine", "--wlc-profile", "smoke", "-v")
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert re.search(r"1 failed, \d+ passed", done.stdout), done.stdout
    assert "assert 1 == 2" in done.stdout
    assert done.stdout.index("conformance-report/report.html") < done.stdout.index("1 failed, ")
    assert [one for one in ids(done.stdout) if one.startswith("tests/")][1:4] == [
        "tests/test_mine.py::test_first",
        "tests/test_mine.py::TestOfMine::test_second[1]",
        "tests/test_mine.py::TestOfMine::test_second[2]",
    ]
    report = report_of(mine)
    assert report.verdict is RunVerdict.INCONCLUSIVE
    assert report.selected.startswith(f"pytest -k '{QUICK} or mine': ")


def test_where_none_of_its_tests_is_run_there_is_no_run(pytest_in, mine):
    done = pytest_in(*SUITE, "tests", "-k", "test_first")
    assert done.returncode == 0, done.stdout
    assert "conformance" not in done.stdout.partition("test session starts")[2].partition("collected")[2]
    assert not (mine / "conformance-report").exists()


@pytest.mark.slow
def test_markers_and_ids_select_what_is_judged(pytest_in):
    def collected(*arguments: str) -> set[str]:
        done = pytest_in(*SUITE, "--collect-only", "-q", *arguments)
        assert done.returncode == 0, done.stdout
        return {f"{Path(path).stem}.{name}" for path, _, name in (one.partition("::") for one in ids(done.stdout))}

    catalogue, tests = load_catalogue(), suite_tests()

    def having(kind: str, value: str) -> set[str]:
        return {
            name
            for name, test in tests.items()
            if value in {getattr(catalogue[one], kind) for one in test.requirements}
        }

    of_id = {name for name, test in tests.items() if "WV2-UPDATE-011" in test.requirements}
    assert collected("-k", "WV2-UPDATE-011") == of_id
    assert collected("-m", "must", "-k", "WV2-UPDATE-011") == of_id & having("level", "MUST")
    assert collected("-m", "should and delete") == having("level", "SHOULD") & having("operation", "delete")
    assert collected("-m", "dry-run and not observe") == having("area", "dry-run") - having("level", "OBSERVE")
    assert collected("--wlc-only", "WV2-UPDATE-011") == of_id


@pytest.mark.slow
def test_node_ids_that_were_printed_can_be_pasted_back(pytest_in, mine):
    listed = ids(pytest_in(*SUITE, "--collect-only", "-q", "-k", QUICK).stdout)
    assert len(listed) > 1
    again = pytest_in(listed[0], "--wlc-profile", "smoke", "-v")
    assert [one for one in ids(again.stdout) if QUICK in one] == [listed[0]]
    assert report_of(mine).selected.startswith("tests named to pytest: ")


@pytest.mark.slow
def test_what_failed_last_is_run_again(pytest_in, mine):
    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    with serving(Changed(after=after)) as target:
        options = (*SUITE, *target.pytest_arguments, "--wlc-profile", "smoke", "--wlc-settle", "1")
        first = pytest_in(*options, "-k", QUICK, environ=target.environ)
        assert re.search(r"1 failed, [^=]*passed", first.stdout), first.stdout
        again = pytest_in(*options, "--lf", environ=target.environ)
    assert re.search(r"1 failed, \d+ deselected", again.stdout), again.stdout
    assert report_of(mine).selected.startswith("pytest --lf: ")


@pytest.mark.parametrize("option", ["--wlc-profle=smoke", "--wlc-project-id=1"])
def test_a_mistake_names_the_option_as_pytest_has_it(pytest_in, option):
    done = pytest_in(*SUITE, option)
    assert done.returncode == 4
    told = done.stderr
    assert "Traceback" not in told
    assert not re.search(r"(?<![\w-])--(target|seed|project-id)\b", told), told


@pytest.mark.slow
def test_without_the_suite_the_options_are_not_there(pytest_in):
    assert "unrecognized arguments" not in pytest_in("tests", "--target", "x", "--collect-only").stderr
    assert "--wlc-" not in pytest_in("tests", "--help").stdout
    assert "--wlc-target" in pytest_in(*SUITE, "--help").stdout


@pytest.mark.slow
def test_workers_share_the_tests_and_make_one_report(pytest_in, mine):
    done = pytest_in(*SUITE, "tests", "-n", "2", "-k", f"{QUICK} or mine", "--wlc-profile", "smoke")
    split = report_of(mine)
    assert re.search(r"1 failed, \d+ passed", done.stdout), done.stdout
    assert done.stdout.count("verdict: ") == 1
    parts = [read_report(path) for path in sorted(mine.glob("conformance-report/gw*/report.json"))]
    assert len(parts) == 2
    assert all(len(part.plan.missing) > len(split.plan.missing) for part in parts)
    assert split.run.id == "+".join(sorted(part.run.id for part in parts))
    pytest_in(*SUITE, "tests", "-k", f"{QUICK} or mine", "--wlc-profile", "smoke")
    _equal(split, report_of(mine))


@pytest.mark.slow
def test_a_run_of_workers_is_the_run_without(pytest_in, mine):
    assert pytest_in(*SUITE, "-n", "3", "--wlc-profile", "smoke").returncode == 0
    split = report_of(mine)
    assert pytest_in(*SUITE, "--wlc-profile", "smoke").returncode == 0
    _equal(split, report_of(mine))


def _equal(split: Report, whole: Report) -> None:
    """All but times, names, and what a run counts beside its tests: each worker looks at the target before them."""
    assert split.verdict is whole.verdict
    assert split.reason == whole.reason
    assert split.plan == whole.plan
    for one, other in zip(split.requirements, whole.requirements, strict=True):
        assert (one.requirement, one.verdict, one.findings) == (other.requirement, other.verdict, other.findings)


@pytest.mark.slow
def test_a_worker_that_is_lost_keeps_the_run_from_a_verdict(pytest_in, mine):
    (mine / "tests/test_mine.py").write_text("import os\n\n\ndef test_mine(): os._exit(9)\n")
    done = pytest_in("tests", *SUITE, "-n", "2", "-k", f"{QUICK} or mine", "--wlc-profile", "smoke")
    assert done.returncode != 0
    assert "INTERNALERROR" not in done.stdout
    assert report_of(mine).verdict is RunVerdict.INCONCLUSIVE


KILLER = """
import os, pathlib, threading, time

def pytest_sessionstart(session):
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
        threading.Thread(target=end_when_there_are_workloads, daemon=True).start()

def end_when_there_are_workloads():
    place = pathlib.Path("conformance-report/gw1")
    while sum(path.read_text().count("answered") for path in place.glob("ledger-*.jsonl")) < 20:
        time.sleep(0.01)
    os._exit(9)
"""


@pytest.mark.slow
def test_what_a_lost_worker_may_have_left_is_told(pytest_in, mine, command):
    (mine / "conftest.py").write_text(KILLER)
    server = Disturbed()
    with serving(server) as target:
        options = [option.replace("--", "--wlc-", 1) for option in target.arguments]
        done = pytest_in(*SUITE, "-n", "2", *options, "--wlc-profile", "smoke", environ=target.environ)
        told = report_of(mine).leftovers
        assert done.returncode != 0
        assert len(told.unknown) >= server.alive > 0, done.stdout[-3000:]
        assert told.created == told.removed + len(told.unknown)
        swept = command("sweep", *target.arguments, environ=target.environ)
        assert (swept.returncode, server.alive) == (0, 0), swept.stdout + swept.stderr


@pytest.mark.slow
def test_workers_that_are_interrupted_make_one_report(mine):
    server = Disturbed()
    with serving(server) as target, Path(mine / "output").open("w+") as output:
        options = [option.replace("--", "--wlc-", 1) for option in target.arguments]
        running = subprocess.Popen(
            [sys.executable, "-m", "pytest", *SUITE, "-n", "2", *options],
            cwd=mine, env=os.environ | target.environ, stdout=output, stderr=output, process_group=0,
        )  # fmt: skip
        while len(list(mine.glob("conformance-report/gw*/ledger-*.jsonl"))) < 2:
            assert running.poll() is None
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        assert running.wait(timeout=300) == 2
        output.seek(0)
        told = output.read()
    assert "Traceback" not in told
    report = report_of(mine)
    assert report.verdict is RunVerdict.INCONCLUSIVE
    assert "did not end" in report.reason
    # pytest-xdist gives the workers ten seconds to clean up and to report.
    assert len(report.leftovers.unknown) >= server.alive


def test_workers_on_other_machines_are_refused(pytest_in):
    done = pytest_in(*SUITE, "-d", "--tx", "ssh=example.com")
    assert done.returncode == 4
    assert "--tx names another machine" in done.stderr
