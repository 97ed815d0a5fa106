"""`run`, `serve`, `requirements` and `sweep`, as their users meet them."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, quote

import httpx
import pytest
from conftest import COMMAND
from jsonschema import Draft202012Validator
from support.servers import Changed, Reply, json_reply, serving

from workloads_reports import report_schema


@pytest.fixture
def embedded(command, tmp_path):
    return command("run", "--profile", "smoke"), tmp_path / "conformance-report"


def live(target) -> list[str]:
    """The names of the workloads that live on the reference server."""
    token = target.tokens.issue(target.tokens.member)
    answer = httpx.get(
        f"{target.url}/api/v1/workloads?limit=1000", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    return [workload["name"] for workload in answer.json()["workloads"]]


def test_the_embedded_server_is_conformant_in_every_requirement(embedded):
    done, directory = embedded
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("verdict: conformant (the embedded reference server, no target of yours)\n")
    report = json.loads((directory / "report.json").read_text(encoding="utf-8"))
    Draft202012Validator(report_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(report)
    assert {one["verdict"] for one in report["requirements"]} == {"pass"}
    assert all(one["cases"] > 0 for one in report["requirements"])
    assert report["leftovers"]["leaked"] == report["leftovers"]["unknown"] == []
    assert report["run"]["complete"] is True
    assert report["target"]["embedded"] is True
    assert report["plan"]["tests"] > 100
    assert report["plan"]["missing"] == []
    files = {
        "badge.svg",
        "code-quality.json",
        "junit.xml",
        "record.jsonl",
        "report.html",
        "report.json",
        "report.sarif",
        "summary.md",
    }
    assert {path.name for path in directory.iterdir()} == files
    assert [path.name for path in directory.parent.iterdir()] == [directory.name]


@pytest.mark.slow
def test_a_run_says_what_changed_since_an_earlier_one(command, tmp_path):
    """The earlier report may lie where the new one goes; it is read before the run begins."""
    path = tmp_path / "conformance-report" / "report.json"
    with serving(Changed()) as target:
        command("run", *target.arguments, "--profile", "smoke", environ=target.environ)
    before = json.loads(path.read_text(encoding="utf-8"))
    broken = Changed(after=lambda _call, reply: json_reply(404, {}) if reply.status == 404 else reply)
    with serving(broken) as target:
        options = ("--profile", "smoke", "--since", str(path))
        done = command("run", *target.arguments, *options, environ=target.environ)
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["since"]["run"] == before["run"]["id"]
    assert report["since"]["circumstances"][0]["what"] == "target"
    failing = {one["id"] for one in report["requirements"] if one["verdict"] == "fail"}
    assert failing
    assert {one["requirement"] for one in report["since"]["changes"] if one["change"] == "newly-failing"} == failing
    assert f"{len(failing)} newly-failing" in done.stdout


@pytest.mark.slow
def test_a_pipe_gets_plain_lines_and_the_paths_of_the_files(embedded):
    done, _ = embedded
    assert not re.search(r"[^\n\x20-\x7e…]", done.stdout + done.stderr)
    assert "conformance-report/report.json" in done.stdout
    *_, last = lines = done.stderr.splitlines()
    assert len(lines) == 11
    assert lines[0] == "judging the embedded reference server, for no target is given"
    assert re.fullmatch(r"(\d+) of \1 tests \([a-z ]+\): \d+ requests, 0 failed", last)


@pytest.mark.slow
def test_the_same_seed_draws_the_same_cases(command):
    """The run's own code in the names differs from run to run; nothing else of what is sent does."""

    def requests() -> set[bytes]:
        seen: list[bytes] = []

        def before(call):
            if call.method == "POST":
                seen.append(call.body)
            return call

        app = Changed(before=before)
        with serving(app) as target:
            command("run", *target.arguments, "--profile", "smoke", "--seed", "7", environ=target.environ)
        return {re.sub(rb"wlc-[a-z0-9]{6}-", b"RUN-", decoded(body)) for body in seen}

    def decoded(body: bytes) -> bytes:
        """The body with an encoded manifest in plain, so that the names in it can be told."""
        return re.sub(rb'(?<="manifestBase64Encoded": ")[^"]*', lambda found: plain(found[0]), body)

    def plain(encoded: bytes) -> bytes:
        try:
            return base64.b64decode(encoded, validate=True)
        except ValueError:
            return b"damaged"

    first, second = requests(), requests()
    assert len(first) > 50
    assert sorted(first ^ second) == []


@pytest.mark.slow
def test_the_token_is_nowhere(command, tmp_path):
    """A server that gives the token back in its errors: plain, in base64, URL-encoded, in a header."""
    app = Changed()
    planted = app.tokens.issue(app.tokens.member)

    def after(call, reply: Reply) -> Reply:
        if reply.status != 400:
            return reply
        token = call.headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
        forms = [token, base64.b64encode(b"xy" + token.encode()).decode(), quote(token, safe=""), token.split(".")[-1]]
        return reply.with_json({"message": " ".join(forms)})

    app.after = after
    with serving(app) as target:
        environ = target.environ | {"TEST_TOKEN": planted}
        done = command("run", *target.arguments, "--profile", "smoke", environ=environ)
    assert done.returncode == 1
    written = [path.read_bytes() for path in (tmp_path / "conformance-report").rglob("*") if path.is_file()]
    assert len(written) >= 3
    everything = b"\n".join([done.stdout.encode(), done.stderr.encode(), *written])
    assert b"$TEST_TOKEN" in everything
    signature = planted.split(".")[-1]
    secrets = {planted, quote(planted, safe=""), signature}
    secrets |= {base64.b64encode(b"\0" * shift + signature.encode()).decode()[4:-4] for shift in range(3)}
    for secret in secrets:
        assert secret.encode() not in everything


def test_a_killed_run_is_swept(command, tmp_path):
    app, earlier = Changed(), tmp_path / "conformance-report/report.json"
    earlier.parent.mkdir()
    earlier.write_text("{}")
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "run", *target.arguments],
            cwd=tmp_path,
            env=os.environ | target.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while len(app.store.listed(deleted=True)) < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        process.wait()
        assert list((tmp_path / "conformance-report").glob("ledger-*.jsonl"))
        assert not earlier.exists(), "the report of an earlier run would be taken for this one's"
        other = app.tokens.issue(app.tokens.member)
        body = {"metadata": {"name": "of-somebody-else", "projectId": target.flags["project-id"]},
                "manifest": {"apiVersion": "batch/v1", "kind": "Job", "spec": {}}}  # fmt: skip
        httpx.post(
            f"{target.url}/api/v2/workloads", json=body, headers={"Authorization": f"Bearer {other}"}, trust_env=False
        )
        sweep = ("sweep", "--target", target.url, "--token-env", "TEST_TOKEN")
        mistyped = command(*sweep, "--report-dir", "conformance-reports", environ=target.environ)
        assert mistyped.returncode == 2
        assert "is not a directory" in mistyped.stderr
        done = command(*sweep, environ=target.environ)
        assert done.returncode == 0, done.stderr
        assert "0 left" in done.stdout
        assert live(target) == ["of-somebody-else"]
    assert not list((tmp_path / "conformance-report").glob("ledger-*.jsonl"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up_and_reports(number, tmp_path):
    app = Changed()
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "run", *target.arguments],
            cwd=tmp_path,
            env=os.environ | target.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while len(app.store.listed(deleted=True)) < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
        assert process.returncode == 130, err
        assert "Traceback" not in out + err
        assert live(target) == []
    report = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))
    assert report["run"]["complete"] is False
    assert report["verdict"] == "inconclusive"
    assert "interrupted" in report["reason"]
    assert report["counts"]["requirements"]["pass"] > 0
    assert report["counts"]["requirements"]["not-tested"] > 0
    assert report["leftovers"]["leaked"] == []


@pytest.mark.slow
def test_a_target_that_dies_half_way(command, tmp_path):
    app = Changed()
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(serving(app))

        def kill() -> None:
            while len(app.store.listed(deleted=True)) < 20:
                time.sleep(0.02)
            stack.close()

        thread = threading.Thread(target=kill)
        thread.start()
        done = command("run", *target.arguments, "--deadline", "2", "--settle", "2", environ=target.environ)
        thread.join()
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    report = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))
    assert "stopped answering" in report["reason"]
    assert report["run"]["complete"] is False
    assert report["counts"]["requirements"]["fail"] == 0
    assert report["leftovers"]["leaked"]
    assert "sweep" in done.stdout


@pytest.mark.slow
def test_a_wrong_server_ends_with_1_and_files_that_say_so(command, tmp_path):
    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    with serving(Changed(after=after)) as target:
        done = command("run", *target.arguments, "--profile", "smoke", environ=target.environ)
    assert done.returncode == 1, done.stderr
    assert "WV2-DELETE-004" in done.stdout
    assert '"The specified resource was not found"' in done.stdout
    assert re.search(r"^    curl .*-X DELETE .*\$TEST_TOKEN", done.stdout, re.MULTILINE)
    root = ET.parse(tmp_path / "conformance-report/junit.xml").getroot()
    failed = [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]
    assert any("WV2-DELETE-004" in name for name in failed)
    assert "verdict" in failed
    assert "WV2-DELETE-004" in (tmp_path / "conformance-report/report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_plain_pytest_runs_the_same_tests(tmp_path):
    with serving(Changed()) as target:
        done = subprocess.run(
            [COMMAND[0], "-m", "pytest", "--pyargs", "workloads_conformance.suite", "-p", "no:cacheprovider",
             *target.pytest_arguments, "--wlc-profile", "smoke"],
            cwd=tmp_path, env=os.environ | target.environ, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert live(target) == []
    assert done.returncode == 0, done.stdout
    assert "verdict: conformant" in done.stdout
    assert (tmp_path / "conformance-report/report.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["read-only", "dry-run"])
def test_a_mode_is_kept_to_by_every_request(mode, command):
    writes: list[tuple[str, tuple[str, ...]]] = []

    def before(call):
        if call.method not in ("GET", "HEAD", "OPTIONS"):
            writes.append((call.method, tuple(parse_qs(call.query.decode()).get("dryRun", ()))))
        return call

    with serving(Changed(before=before)) as target:
        done = command("run", *target.arguments, "--profile", "smoke", "--mode", mode, environ=target.environ)
    assert done.returncode == 3, done.stdout
    assert " fail" not in done.stdout
    assert set(writes) == ({("POST", ("true",))} if mode == "dry-run" else set())


@pytest.mark.slow
def test_the_working_directory_is_no_part_of_the_suite(command, tmp_path):
    """A user's own pytest set-up, broken at that, must not reach the run, nor modules named like the server's."""
    (tmp_path / "uvicorn.py").write_text("raise ImportError('this one was not meant')")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/conftest.py").write_text("import nothing_of_this_name")
    (tmp_path / "conftest.py").write_text("import nothing_of_this_name")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option")
    done = command("run", "--profile", "smoke", environ={"PYTEST_ADDOPTS": "--no-such-option"})
    assert done.returncode == 0, done.stderr


def test_requirements_are_listed(command):
    listed = command("requirements", "--level", "MUST").stdout.splitlines()
    told = json.loads(command("requirements", "--json").stdout)
    assert [line.split()[0] for line in listed] == [one["id"] for one in told if one["level"] == "MUST"]
    assert all(one["source"]["quote"] for one in told)
