"""Nothing that a server sends hangs a run, or fills the machine: the command line on hostile servers and records."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time

import pytest
from support.attacks import ATTACKS, HONEST, HONEST_SERVER, RECORDS, Attack, Bounds
from support.measuring import COMMAND, LIMITS, hostile, measured, reported
from support.servers import Changed, Silence

from workloads_conformance.recording import read_record, recorder
from workloads_conformance.replay import rejudge
from workloads_conformance.session import targets
from workloads_conformance.suite import test_get, test_update
from workloads_reports import to_json

pytestmark = pytest.mark.slow

BOUNDS = Bounds()
SECONDS = 5.0
"""After which a run is interrupted: what grows without bound is large by then, and what hangs does not end."""


def attacks(names: tuple[str, ...]) -> list[Attack]:
    return [attack for attack in ATTACKS if attack.name in names]


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.sample], ids=lambda one: one.name)
def test_a_run_stays_within_its_bounds_and_ends_when_it_is_told(attack, tmp_path):
    found = measured(attack, tmp_path, "--profile", "smoke", interrupt=SECONDS)
    assert "Traceback" not in found.output, found.output
    assert found.memory < HONEST + BOUNDS.memory
    assert found.disk < BOUNDS.disk
    assert found.ended < BOUNDS.signal
    # A signal that comes when all is done is Python's own.
    assert found.status in (130, -signal.SIGINT, *attack.ends), found.output
    assert (tmp_path / "report.json").exists()


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_no_run_writes_is_refused_in_one_sentence(name, tmp_path):
    RECORDS[name](tmp_path / "record.jsonl")
    found = reported(tmp_path / "record.jsonl", tmp_path / "out")
    assert found.status == 2, found.output
    assert len(found.output.splitlines()) == 1
    assert len(found.output) < 600
    assert found.memory < HONEST + BOUNDS.record


def test_a_run_whose_record_is_full_ends_with_a_sentence_and_is_judged_again(judge, tmp_path, monkeypatch):
    """What was left is removed all the same, and judging the record again comes to the same report."""
    monkeypatch.setattr(targets, "MOST", 150_000)
    monkeypatch.setattr(recorder, "_SHARE", 9)
    tests = [test for module in (test_get, test_update) for test in vars(module).values() if hasattr(test, "judging")]
    given = judge(Changed(), *tests)
    assert given.verdict == "inconclusive"
    assert given.reason.startswith("record.jsonl has grown to 150000 bytes")
    assert not given.run.complete
    assert given.leftovers.created > 0
    assert given.leftovers.leaked == ()
    again, departures = rejudge(read_record(tmp_path / "record.jsonl"))
    assert departures == []
    assert to_json(again) == to_json(given)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_ends_the_cleaning_up(number, tmp_path):
    """From a moment on the server answers no deletion: without a second signal each would be waited for."""
    silent = threading.Event()
    app = Changed(before=lambda call: Silence.OPEN if call.method == "DELETE" and silent.is_set() else call)
    with hostile(Attack("", lambda: app)) as (arguments, environ, came):
        command = [*COMMAND, "run", *arguments, *LIMITS, "--deadline", "300", "--report-dir", str(tmp_path)]
        output = tmp_path / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(command, env=os.environ | environ, stdout=file, stderr=subprocess.STDOUT)
        try:
            until(lambda: len(came) > 50)
            silent.set()
            process.send_signal(number)
            time.sleep(1.5)
            process.send_signal(number)
            started = time.monotonic()
            process.wait(90)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 130, output.read_text()
    assert "Traceback" not in output.read_text()
    assert time.monotonic() - started < 80
    assert (tmp_path / "report.json").exists()


def until(holds) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_honest_server_stays_well_below(tmp_path):
    """The other bounds are counted from what a run on it takes."""
    found = measured(HONEST_SERVER, tmp_path, "--profile", "smoke")
    assert found.status == 0, found.output
    assert found.memory < HONEST
    assert found.disk < 10


def test_tokens_are_not_asked_for_again_and_again(tmp_path):
    asked = []

    def before(call):
        if call.path.endswith("/token"):
            asked.append(time.monotonic())
        return call

    attack = next(one for one in ATTACKS if one.name == "tokens whose life is 0")
    app = attack.app()
    app.before = before
    found = measured(Attack("", lambda: app, credentials=True), tmp_path, "--profile", "smoke", interrupt=SECONDS)
    assert found.status in (0, 130, -signal.SIGINT), found.output
    assert len(asked) <= 2
