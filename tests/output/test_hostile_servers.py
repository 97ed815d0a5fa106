"""A server that does its worst, met through real processes: what they print and write is text, and holds no secret."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import COMMAND
from support.harmless import ATTACK, commands, forms, invisible, told
from support.servers import Call, Changed, Reply, json_reply, raw_server, serving

from workloads_conformance.api import Ledger, LedgerHeader, ledger_key
from workloads_conformance.api.identity import Asked
from workloads_conformance.api.inventory import Create

pytestmark = pytest.mark.slow

PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(("WORKLOADS_CONFORMANCE_", "GITHUB_"))}


def worst(call: Call) -> str:
    """The attack, and the token that came, in every form that a server may write it in."""
    token = call.headers.get(b"authorization", b"").decode("latin-1").partition(" ")[2] or "no-token-at-all"
    return " ".join([ATTACK, *forms(token)])


def refusal(call: Call, status: int) -> Reply:
    """An error whose message is the worst, as JSON that escapes what it must and no more."""
    return json_reply(status, {"code": status, "message": worst(call)})


def call(*arguments: str, directory: Path, environ: dict[str, str], status: int | None = None) -> bytes:
    """Runs a command; returns what it printed, and everything that it wrote, which both have to be harmless."""
    done = subprocess.run(arguments, cwd=directory, env=PLAIN | environ, capture_output=True, timeout=300, check=False)
    printed = done.stdout + done.stderr
    assert status is None or done.returncode == status, printed.decode()
    tokens = [environ[name] for name in environ if name.startswith("TEST_")]
    assert invisible(printed) == set()
    assert commands(printed) == []
    assert told(printed, tokens) == []
    for path in directory.rglob("*"):
        if path.is_file() and path.suffix != ".toml":
            data = path.read_bytes()
            assert told(data, tokens) == [], path
            assert path.suffix == ".bin" or invisible(data) == set(), path
            assert path.suffix not in (".json", ".jsonl", ".sarif", ".har") or commands(data) == [], path
    return printed


def test_the_preflight_check_quotes_a_refusal(tmp_path):
    with serving(Changed(before=lambda call: refusal(call, 401))) as target:
        arguments = (*COMMAND, "run", *target.arguments)
        printed = call(*arguments, directory=tmp_path, environ=target.environ, status=3)
    [sentence] = printed.decode().splitlines()
    assert sentence.startswith("workloads-conformance: http://127.0.0.1")
    assert "refuses the token (401: no\\x1b]52;" in sentence


def test_every_create_is_refused(tmp_path):
    def before(call: Call):
        return refusal(call, 400) if call.method == "POST" else call

    with serving(Changed(before=before)) as target:
        printed = call(*COMMAND, "run", *target.arguments, directory=tmp_path, environ=target.environ, status=3)
    assert b"refuses every control" in printed
    assert len(printed.splitlines()) == 1


@pytest.mark.parametrize("status", [409, 415])
def test_every_create_is_refused_with_what_cannot_be_right(status, tmp_path):
    """A name that nobody has conflicts with nothing, and application/json is what the contract names."""

    def before(call: Call):
        return refusal(call, status) if call.method == "POST" and call.path.endswith("/workloads") else call

    with serving(Changed(before=before)) as target:
        printed = call(*COMMAND, "run", *target.arguments, directory=tmp_path, environ=target.environ, status=1)
    assert b"WV2-CREATE-003" in printed
    assert f"the plainest create returned {status}".encode() in printed
    assert b"refuses every control" in printed


def test_a_server_that_speaks_no_http(tmp_path):
    words = f"HTTP/1.1 {ATTACK}\r\n{ATTACK}: {ATTACK}\r\n\r\n".encode()
    with raw_server(lambda connection: connection.sendall(words)) as url:
        arguments = (*COMMAND, "run", "--target", url, "--project-id", "1", "--token-env", "TEST_TOKEN")
        printed = call(*arguments, directory=tmp_path, environ={"TEST_TOKEN": "a-token.of-no.server"}, status=3)
    assert url.encode() in printed


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_token_endpoint_does_its_worst(version, tmp_path):
    def before(call: Call):
        secret = call.body.decode()
        return json_reply(400, {"message": ATTACK + secret, "error": secret}) if "token" in call.path else call

    with serving(Changed(before=before)) as target:
        arguments = ("run", "--target", target.url, "--project-id", "1", "--client-id", "x", "--client-secret-env")
        environ = {"TEST_SECRET": "planted/secret+of mine"}
        command = (*COMMAND, *arguments, "TEST_SECRET", "--token-endpoint", version)
        printed = call(*command, directory=tmp_path, environ=environ, status=3)
    assert b"token endpoint" in printed


def test_a_run_on_the_worst_server(tmp_path):
    """Errors that quote the token, reads that fail, deletions that never happen, an id that is the token."""

    def after(call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            return refusal(call, reply.status)
        if call.method == "DELETE":
            return refusal(call, 500)
        if call.method == "POST" and reply.status == 202 and "again" not in seen:
            seen.append("again")
            token = call.headers[b"authorization"].decode().partition(" ")[2]
            body = reply.json
            body["metadata"]["id"] = token
            return reply.with_json(body)
        return reply

    def before(call: Call):
        return refusal(call, 500) if call.method == "DELETE" else call

    seen: list[str] = []
    with serving(Changed(before=before, after=after)) as target:
        arguments = ("run", *target.arguments, "--profile", "smoke", "--settle", "0.3", "--har")
        printed = call(
            *COMMAND, *arguments, "--write-waivers", "drafts.toml", directory=tmp_path, environ=target.environ
        )
    report = tmp_path / "conformance-report"
    value = json.loads((report / "report.json").read_text(encoding="utf-8"))
    assert value["verdict"] == "nonconformant"
    assert b"$TEST_TOKEN" in printed
    assert b"leaked: " in printed
    assert {path.stat().st_mode & 0o777 for path in report.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (report, report / "bodies") if path.exists()} == {0o700}
    # What is made of the report and of the record later is no worse.
    again = ("report", str(report / "record.jsonl"), "--out", "again")
    call(*COMMAND, *again, directory=tmp_path, environ=target.environ, status=0)
    paths = (str(report / "report.json"), str(tmp_path / "again/report.json"))
    for form in ("text", "markdown", "json"):
        call(*COMMAND, "diff", *paths, "--format", form, directory=tmp_path, environ=target.environ, status=0)


def test_sweep_names_an_id_that_is_the_token(tmp_path):
    token = "5f0d1c11-6f3c-4f37-9d6b-3f3f0b7f3a52"
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    with serving(Changed(before=lambda call: refusal(call, 500))) as target:
        header = LedgerHeader("wlc-abcdef-", target.url, target.flags["project-id"])
        ledger = Ledger(tmp_path / "conformance-report", header, ledger_key(state))
        asked = Asked("wlc-abcdef-x")
        ledger.sending(1, asked)
        ledger.answered(1, Create(asked, done=True, id=token))
        ledger.close(clean=False)
        done = subprocess.run(
            [*COMMAND, "sweep", "--target", target.url, "--token-env", "TEST_TOKEN", "--settle", "0.3"],
            cwd=tmp_path, env=PLAIN | state | {"TEST_TOKEN": token}, capture_output=True, timeout=600, check=False,
        )  # fmt: skip
    printed = done.stdout + done.stderr
    assert done.returncode == 3, printed.decode()
    assert invisible(printed) == set()
    assert commands(printed) == []
    assert told(printed, [token]) == []
    assert b": $TEST_TOKEN\n" in printed


BOOM = """
import os, warnings, logging
import pytest
from support.harmless import ATTACK

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    unseen = "local-" + "variable"
    logging.getLogger("httpx").info("GET /?token=" + os.environ["TEST_TOKEN"])
    print(ATTACK, os.environ["TEST_TOKEN"])
    warnings.warn(ATTACK + os.environ["TEST_TOKEN"])
    if not item.session.testsfailed:
        raise RuntimeError(ATTACK + os.environ["TEST_TOKEN"])
    return (yield)

def pytest_runtest_logfinish(nodeid):
    unseen = "local-" + "variable"
    if "INTERNAL" in os.environ:
        raise RuntimeError(ATTACK + os.environ["TEST_TOKEN"])
"""


@pytest.mark.parametrize("style", ["long", "native"])
def test_plain_pytest_shows_texts_and_no_local_variable(style, tmp_path):
    printed = pytest_on_the_worst_server(tmp_path, f"--tb={style}", "--showlocals", "--fulltrace", status=1)
    assert b"$TEST_TOKEN" in printed
    assert b"RuntimeError" in printed


def test_an_internal_error_of_plain_pytest(tmp_path):
    printed = pytest_on_the_worst_server(tmp_path, "--showlocals", "--fulltrace", status=3, INTERNAL="1")
    assert b"INTERNALERROR> RuntimeError: no\\x1b]52;" in printed


def pytest_on_the_worst_server(directory: Path, *flags: str, status: int, **environ: str) -> bytes:
    (directory / "plugins").mkdir()
    (directory / "plugins/boom.py").write_text(BOOM)

    def after(call: Call, reply: Reply) -> Reply:
        return refusal(call, reply.status) if reply.status >= 400 else reply

    with serving(Changed(after=after)) as target:
        places = (str(directory / "plugins"), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", ""))
        environ |= target.environ | {"PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": "1"}
        command = (
            sys.executable, "-m", "pytest", "--pyargs", "workloads_conformance.suite.test_get", "-p", "boom", "-p",
            "no:cacheprovider", "-rA", "-v", *flags, "--log-level=DEBUG", "--log-file=pytest.log",
            "--junitxml=pytest.xml", *target.pytest_arguments, "--wlc-profile", "smoke", "--wlc-settle", "0.3",
        )  # fmt: skip
        printed = call(*command, directory=directory, environ=environ, status=status)
    everything = printed + b"".join(path.read_bytes() for path in directory.glob("pytest.*"))
    assert b"local-variable" not in everything
    return printed


INTERNAL = """
import logging, sys, threading, warnings
sys.path.insert(0, {tests!r})
from support.harmless import ATTACK, forms
from workloads_conformance.cli import main, requirements
from workloads_conformance.output import hide

TOKEN = "a-token.that-nobody.should-see"
hide(TOKEN, "TOKEN")

def fails():
    unseen = "local-" + "variable"
    words = ATTACK + " ".join(forms(TOKEN))
    print(words)
    sys.stderr.write(words)
    warnings.warn(words)
    logging.getLogger("any").error(words)
    thread = threading.Thread(target=lambda: 1 / 0 if not words else exec("raise ValueError(words)", dict(words=words)))
    thread.start()
    thread.join()
    raise ZeroDivisionError(words)

requirements.load_catalogue = fails
sys.exit(main.main(["requirements"]))
"""


def test_an_internal_error_and_all_that_others_write(tmp_path):
    code = INTERNAL.format(tests=str(Path(__file__).parents[1]))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=600, check=False)
    printed = done.stdout + done.stderr
    assert done.returncode == 3
    assert b"Traceback (most recent call last)" in printed
    assert b"an error of the suite" in printed
    assert printed.count(b"$TOKEN") >= 6
    assert b"local-variable" not in printed
    assert invisible(printed) == set()
    assert commands(printed) == []
    assert told(printed, ["a-token.that-nobody.should-see"]) == []


def test_a_secret_in_the_place_of_a_name_is_not_shown(tmp_path):
    secret = base64.urlsafe_b64encode(b"a secret of mine").decode() + ".x-y-z"
    for name in ("token-env", "client-secret-env", "forbidden-token-env", "expired-token-env"):
        arguments = (*COMMAND, "run", "--target", "http://127.0.0.1:9", "--project-id", "1", f"--{name}", secret)
        printed = call(*arguments, directory=tmp_path, environ={"TEST_TOKEN": secret}, status=2)
        assert b"is not the name of an environment variable" in printed
