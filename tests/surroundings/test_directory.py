"""The directory of a report: held by one run, followed by no link, and told of where it does not stay."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import time
from contextlib import contextmanager

import pytest
from conftest import COMMAND
from support.servers import Changed, json_reply, serving

pytestmark = pytest.mark.slow
READ_ONLY = ("run", "--profile", "smoke", "--mode", "read-only")


@contextmanager
def held(directory):
    """Holds a directory as a run does that goes on."""
    directory.mkdir(exist_ok=True)
    handle = os.open(directory, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def test_a_directory_is_one_run_s_at_a_time(command, tmp_path):
    with held(tmp_path / "conformance-report"):
        done = command(*READ_ONLY)
    assert done.returncode == 2
    assert done.stderr == (
        "workloads-conformance: report-dir 'conformance-report' is used by another run that goes on; wait for its end, "
        "or give each run a --report-dir of its own.\n"
    )
    assert list((tmp_path / "conformance-report").iterdir()) == []
    assert command(*READ_ONLY).returncode == 3, "it is free again"


def test_a_run_holds_its_directory_against_sweep(command, tmp_path):
    """What a run has alive is no leftover."""
    app = Changed()
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "run", *target.arguments], cwd=tmp_path, env=os.environ | target.environ,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not list(tmp_path.glob("*/ledger-*")) and process.poll() is None:
            time.sleep(0.02)
        done = command("sweep", *target.arguments, environ=target.environ)
        process.terminate()
        process.wait(300)
    assert done.returncode == 2, done.stdout
    assert "is used by another run" in done.stderr


def test_links_in_it_are_followed_nowhere(command, tmp_path):
    """Each leads to a file of the user's, as somebody else could make it do where both may write."""
    directory, precious = tmp_path / "conformance-report", tmp_path / "precious"
    directory.mkdir()
    precious.mkdir()
    names = ["record.jsonl", "report.json", "report.html", "junit.xml", "report.sarif", "summary.md", "badge.svg"]
    for name in names:
        (precious / name).write_text("precious")
        (directory / name).symlink_to(precious / name)
    (directory / "bodies").symlink_to(precious)

    def after(call, reply):
        return json_reply(500, {}) if call.method == "POST" and len(call.body) > 4000 else reply

    with serving(Changed(after=after)) as target:
        done = command("run", *target.arguments, "--profile", "smoke", "--settle", "1", environ=target.environ)
    assert done.returncode == 1, done.stderr
    assert {path.name: path.read_text() for path in precious.iterdir()} == dict.fromkeys(names, "precious")
    assert not [path for path in directory.iterdir() if path.is_symlink()]


@pytest.mark.parametrize("becomes", ["a file", "another directory", "nothing"])
def test_one_that_is_replaced_meanwhile_is_told(becomes, tmp_path):
    """A run whose record is lost must not end as if all was well."""
    app, directory = Changed(), tmp_path / "conformance-report"
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "run", *target.arguments, "--profile", "smoke"], cwd=tmp_path,
            env=os.environ | target.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while len(app.store.listed(deleted=True)) < 5 and process.poll() is None:
            time.sleep(0.02)
        directory.rename(tmp_path / "moved")
        if becomes == "a file":
            directory.write_text("x")
        elif becomes == "another directory":
            directory.mkdir()
        out, err = process.communicate(timeout=300)
    assert process.returncode == 2, out + err
    assert "INTERNALERROR" not in err
    told = err.splitlines()[-1]
    assert "report-dir" in told or "cannot be written to 'conformance-report'" in told
    last = (tmp_path / "moved/record.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["kind"] == "end"


def test_the_command_of_a_run_sweeps(command, tmp_path):
    """`sweep` takes what `run` took; what only a run uses may be out of order by then."""
    app = Changed()
    with serving(app) as target:
        options = (
            *target.arguments, "--profile", "thorough", "--mode", "full", "--seed", "3", "--har",
            "--kinds", "Job", "--settle", "20", "--write-waivers", "drafts.toml",
        )  # fmt: skip
        process = subprocess.Popen(
            [*COMMAND, "run", *options], cwd=tmp_path, env=os.environ | target.environ,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while len(app.store.listed(deleted=True)) < 5 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.wait()
        (tmp_path / "drafts.toml").write_text("# of the run")
        done = command("sweep", *options, environ=target.environ | {"TEST_FORBIDDEN": ""})
        assert done.returncode == 0, done.stderr
        assert app.store.listed(deleted=False) == []
    assert "0 left" in done.stdout
