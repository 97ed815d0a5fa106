"""Runs that are ended from outside: what they leave is told, and `sweep` removes it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time

import pytest
from conftest import COMMAND
from support.foreign import Foreign
from support.servers import Target, serving

from workloads_conformance.selfcheck.exchanges import error_reply

pytestmark = pytest.mark.slow

FULL = ("bash", "-c", 'trap "" XFSZ; ulimit -f "$0"; exec "$@"')
"""A limit on the size of files (in KiB, the next argument) stands in for a full disk."""


def started(target: Target, tmp_path, *before: str) -> subprocess.Popen[str]:
    # What measures coverage would write files, too, and meet the limit on their size.
    plain = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    return subprocess.Popen(
        [*before, *COMMAND, "run", *target.arguments, "--settle", "20"],
        cwd=tmp_path,
        env=plain | target.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(server: Foreign, target: Target, tmp_path, creates: int) -> None:
    process = started(target, tmp_path)
    wait_for(server, creates)
    process.kill()
    process.communicate()
    wait_until_still(server)


def wait_until_still(server: Foreign) -> None:
    """Waits until what a killed run had sent has been dealt with."""
    until, seen = time.monotonic() + 60, -1
    while seen < len(server.requests) and time.monotonic() < until:
        seen = len(server.requests)
        time.sleep(1)


def wait_for(server: Foreign, creates: int) -> None:
    until = time.monotonic() + 120
    while sum(method == "POST" for method, _ in server.requests) < creates and time.monotonic() < until:
        time.sleep(0.01)


def swept(command, server: Foreign, target: Target) -> None:
    done = command("sweep", "--target", target.url, "--token-env", "TEST_TOKEN", environ=target.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert server.alive == []
    assert server.touched == []
    assert server.strays == []


ENDS = {
    "kill -9, early": ([signal.SIGKILL], 5),
    "kill -9": ([signal.SIGKILL], 60),
    "kill -9, late": ([signal.SIGKILL], 300),
    "SIGTERM": ([signal.SIGTERM], 60),
    "SIGHUP": ([signal.SIGHUP], 60),
    "SIGINT": ([signal.SIGINT], 60),
    "two SIGINT": ([signal.SIGINT, signal.SIGINT], 60),
    "SIGINT and SIGTERM": ([signal.SIGINT, signal.SIGTERM], 120),
    "SIGINT and kill -9": ([signal.SIGINT, signal.SIGKILL], 120),
}


ALIKE = {"kill -9, early", "SIGHUP", "SIGINT", "SIGINT and SIGTERM"}
"""Ends that are tried only where all are."""


@pytest.mark.parametrize(
    ("signals", "creates"),
    [pytest.param(*end, id=name, marks=pytest.mark.exhaustive if name in ALIKE else []) for name, end in ENDS.items()],
)
def test_what_an_ended_run_leaves_is_told_and_swept(signals, creates, tmp_path, command):
    server = Foreign()
    with serving(server) as target:
        process = started(target, tmp_path)
        wait_for(server, creates)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.5)  # two at once are one
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in out + err
        if signal.SIGKILL not in signals:
            assert process.returncode == 130, err
            left = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))["leftovers"]
            assert len(server.alive) <= len(left["leaked"]) + len(left["unknown"])
            assert set(server.alive) <= {*left["leaked"], *left["unknown"]} or left["unknown"]
            assert left["created"] > 0
        swept(command, server, target)


@pytest.mark.parametrize("kibibytes", [30, 250])
def test_a_full_disk_ends_the_run_and_what_it_created_is_removed(kibibytes, tmp_path, command):
    server = Foreign()
    with serving(server) as target:
        process = started(target, tmp_path, *FULL, str(kibibytes))
        out, err = process.communicate(timeout=240)
        assert "Traceback" not in out + err
        assert process.returncode in (2, 3), out + err
        assert "cannot be written" in out + err
        assert server.alive == [], "what was written down before is removed without a disk"
        swept(command, server, target)


def test_a_sweep_that_is_killed_can_be_made_again(tmp_path, command):
    server = Foreign()
    with serving(server) as target:
        killed(server, target, tmp_path, 100)
        flags = ("--target", target.url, "--token-env", "TEST_TOKEN")
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [*COMMAND, "sweep", *flags],
                cwd=tmp_path,
                env=os.environ | target.environ,
                timeout=1.2,
                capture_output=True,
                check=False,
            )
        swept(command, server, target)


def test_a_sweep_believes_no_ledger_that_was_edited_and_no_target_that_it_is_not_given(tmp_path, command):
    server, other = Foreign(), Foreign()
    with serving(server) as target, serving(other) as elsewhere:
        killed(server, target, tmp_path, 60)
        [path] = (tmp_path / "conformance-report").glob("ledger-*.jsonl")
        kept = path.read_text()
        alive = server.alive
        token = ("--token-env", "TEST_TOKEN")
        for old, new in ((target.url, elsewhere.url), ('"prefix": "wlc-', '"prefix": "nig-'), ("wlc-", "")):
            path.write_text(kept.replace(old, new, 1))
            done = command("sweep", "--target", elsewhere.url, *token, environ=target.environ)
            assert done.returncode == 2, done.stdout + done.stderr
            assert len(done.stderr.strip().splitlines()) == 1
        path.write_text(kept)
        for flags in ((), ("--target", elsewhere.url)):
            done = command("sweep", *flags, *token, environ=target.environ)
            assert done.returncode == 2, done.stdout + done.stderr
            assert target.url in done.stderr
        assert other.requests == [], "no token went there"
        assert server.alive == alive
        swept(command, server, target)


def test_a_run_that_is_out_of_time_cleans_up_and_reports(tmp_path, command):
    """Never to read what was created is what takes longest."""
    server = Foreign(attack=lambda _server, call, reply: error_reply(404) if call.operation == "get" else reply)
    with serving(server) as target:
        done = command("run", *target.arguments, "--settle", "600", "--time-limit", "20", environ=target.environ)
        assert "Traceback" not in done.stdout + done.stderr
        assert done.returncode in (1, 3), done.stdout + done.stderr
        report = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))
        assert not report["run"]["complete"]
        assert "the time limit of 20 s was reached" in done.stdout
        left = report["leftovers"]
        assert len(server.alive) <= len(left["leaked"]) + len(left["unknown"])
        again = command("report", "conformance-report/record.jsonl", "--format", "summary.md")
        assert again.returncode == 0, again.stdout + again.stderr
