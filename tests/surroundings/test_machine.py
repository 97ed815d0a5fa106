"""The machine that a run is on, and its user: no home, no streams, other settings of pytest, a terminal of any kind."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest
from conftest import COMMAND
from support.servers import Changed, serving

from workloads_conformance.reference.store import Store

NOBODY = """
import pwd, sys
def unknown(_uid):
    raise KeyError("getpwuid(): uid not found")
pwd.getpwuid = unknown
from workloads_conformance.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""The command line on a machine that does not know its user, as a container that runs under any id."""

HOMELESS = ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HYPOTHESIS_STORAGE_DIRECTORY")


def homeless(*arguments: str, cwd, **environ: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if key not in HOMELESS}
    return subprocess.run(
        [sys.executable, "-c", NOBODY, *arguments],
        cwd=cwd, env=plain | environ, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def test_who_has_no_home_can_list_the_requirements(tmp_path):
    done = homeless("requirements", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "WV2-CREATE-001" in done.stdout


@pytest.mark.slow
def test_who_has_no_home_can_judge(tmp_path):
    done = homeless("run", "--profile", "smoke", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["conformance-report"]


def test_who_has_no_home_is_told_where_the_key_of_ledgers_may_be(tmp_path):
    with serving(Changed()) as target:
        done = homeless("run", *target.arguments, cwd=tmp_path, **target.environ)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "set XDG_STATE_HOME" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)], ids=str)
def test_streams_may_be_closed(closed, tmp_path):
    """No file of ours takes the number of a standard stream, and gets what is printed."""
    shut = " ".join(f"{number}>&-" for number in closed)
    script = f'exec "$@" {shut}'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *COMMAND, "run", "--profile", "smoke", "--mode", "dry-run"],
        cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr  # a dry run judges too little
    assert "Traceback" not in done.stdout + done.stderr
    lines = (tmp_path / "conformance-report/record.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["kind"] == "end"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["requirements"], ["--help"], ["run", "--help"], ["--version"]], ids=" ".join)
def test_a_full_standard_output_is_told_in_one_sentence(arguments, tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2, done.stderr
    assert done.stderr == "workloads-conformance: standard output cannot be written: No space left on device.\n"


@pytest.mark.slow
def test_the_user_s_settings_of_pytest_are_none_of_the_run_s(command, tmp_path):
    environ = {
        "PYTEST_ADDOPTS": "--no-such-option",
        "PYTEST_PLUGINS": "nothing_of_this_name",
        "PYTEST_DEBUG": "1",
        "PYTEST_THEME": "nothing",
    }
    done = command("run", "--profile", "smoke", "--mode", "dry-run", environ=environ)
    assert done.returncode == 3, done.stderr
    assert "[hook]" not in done.stderr
    assert "nothing" not in done.stderr
    report = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))
    assert report["plan"]["missing"] == []


def on_a_terminal(tmp_path, *arguments: str, **environ: str) -> str:
    """Returns what the command line writes on a terminal."""
    ours, theirs = pty.openpty()
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=tmp_path, env=plain | environ, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    process.wait()
    return written.decode()


READ_ONLY = ("run", "--profile", "smoke", "--mode", "read-only")


@pytest.mark.slow
def test_a_dumb_terminal_gets_plain_lines(tmp_path):
    text = on_a_terminal(tmp_path, *READ_ONLY, TERM="dumb")
    assert "\x1b" not in text
    assert re.search(r"^\d+ of \d+ tests \([a-z ]+\): \d+ requests, 0 failed\r$", text, re.MULTILINE)


@pytest.mark.slow
def test_another_terminal_gets_a_bar(tmp_path):
    text = on_a_terminal(tmp_path, *READ_ONLY, TERM="xterm", COLUMNS="120")
    assert "\x1b[2K" in text
    assert not re.search(r"^\d+ of \d+ tests", text, re.MULTILINE)


@pytest.mark.slow
def test_a_pipe_gets_no_bar_though_colours_are_asked_for(command):
    done = command(*READ_ONLY, environ={"FORCE_COLOR": "1", "TERM": "xterm"})
    assert "\x1b" not in done.stderr
    assert re.search(r"^\d+ of \d+ tests", done.stderr, re.MULTILINE)


@pytest.mark.slow
def test_a_long_test_is_not_silent(tmp_path):
    """pytest took what was told while a test went on, and engines end jobs that say nothing."""
    options = ("--only", "WV2-DELETE-003", "--profile", "smoke", "--settle", "30")
    with (
        serving(Changed(store=Store(0.05, 18))) as target,
        subprocess.Popen(
            [*COMMAND, "run", *target.arguments, *options], cwd=tmp_path, env=os.environ | target.environ,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        ) as process,
    ):  # fmt: skip
        lines = [line for line in process.stderr or () if " tests" in line]
    assert lines[0].startswith("0 of "), lines
    assert "waits for" in lines[0]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_who_interrupts_is_told_that_it_is_cleaned_up(number, tmp_path):
    app = Changed()
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "run", *target.arguments], cwd=tmp_path, env=os.environ | target.environ,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while len(app.store.listed(deleted=True)) < 5 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        process.send_signal(number)  # as `timeout` does, to the process and to the group that it is in
        out, err = process.communicate(timeout=300)
        assert app.store.listed(deleted=False) == []
    assert process.returncode == 130, err
    assert "interrupted: what the run created is being removed" in err
    assert "0 leaked" in out


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_check_that_is_interrupted_leaves_nothing(number, tmp_path):
    app = Changed(store=Store(0.5, 0.5))
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "check", *target.arguments], cwd=tmp_path, env=os.environ | target.environ,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while not app.store.listed(deleted=False) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
        assert app.store.listed(deleted=False) == []
    assert process.returncode == 130, out + err
    assert "Traceback" not in out + err


def test_a_working_directory_that_is_gone_is_done_without(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    script = 'rmdir "$0" && exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, str(there), *COMMAND, "requirements", "WV2-GET-001"],
        cwd=there, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WV2-GET-001" in done.stdout


def started(app, target, arguments, cwd, *before: str) -> subprocess.Popen[str]:
    """A run that has made some workloads."""
    process = subprocess.Popen(
        [*before, *COMMAND, "run", *target.arguments, *arguments], cwd=cwd, env=os.environ | target.environ,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while len(app.store.listed(deleted=True)) < 5 and process.poll() is None:
        time.sleep(0.02)
    return process


@pytest.mark.slow
def test_a_working_directory_that_goes_in_the_course_of_a_run_changes_nothing(tmp_path):
    app, there = Changed(), tmp_path / "there"
    there.mkdir()
    with serving(app) as target:
        process = started(app, target, ("--profile", "smoke", "--report-dir", str(tmp_path / "report")), there)
        there.rmdir()
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert out.endswith("verdict: conformant\n")


@pytest.mark.slow
def test_a_signal_that_is_ignored_ends_no_run(tmp_path):
    """As under nohup."""
    app = Changed()
    with serving(app) as target:
        ignoring = ("/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
        process = started(app, target, ("--profile", "smoke"), tmp_path, *ignoring)
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err


@pytest.mark.slow
def test_who_interrupts_twice_is_told_what_nobody_looked_for(tmp_path):
    """A deletion that was accepted, and not looked for to its end, is unknown: it may be gone."""
    app = Changed(store=Store(0.05, 30))
    with serving(app) as target:
        process = started(app, target, ("--profile", "smoke"), tmp_path)
        process.send_signal(signal.SIGINT)
        line = ""
        while "is being removed" not in line:
            line = process.stderr.readline()
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=300)
        alive = {found.id for found in app.store.listed(deleted=False)}
        going = {found.id for found in app.store.listed(deleted=False) if found.deletion is not None}
    report = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))
    assert not going & set(report["leftovers"]["leaked"])
    assert alive <= {*report["leftovers"]["leaked"], *report["leftovers"]["unknown"]}
