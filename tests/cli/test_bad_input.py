"""A user's mistake gets one sentence that says what is wrong and what to do, exit status 2, and no traceback."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.servers import Changed, json_reply, raw_server, serving

from workloads_conformance.cli import requirements
from workloads_conformance.cli.main import main
from workloads_specs import CatalogueError

REMOTE = ("--target", "http://127.0.0.1:9", "--project-id", "1", "--token-env", "T")

USAGE = {
    "unknown key": ((), 'profle = "smoke"', ["profle", "did you mean 'profile'"]),
    "wrong type": ((), 'seed = "many"', ["seed", "'many'", "whole number"]),
    "wrong value": ((), 'profile = "smok"', ["profile", "'smok'", "did you mean 'smoke'"]),
    "unknown member": ((), '[implementation]\nvendor = "x"', ["vendor"]),
    "no TOML": ((), "profile = ", ["not TOML"]),
    "unknown kind": ((), 'kinds = ["Jobb"]', ["Jobb", "did you mean 'Job'"]),
    "variable not set": ((*REMOTE[:-1], "NOWHERE"), "", ["NOWHERE", "not set"]),
    "no scheme": (("--target", "localhost:80", *REMOTE[2:]), "", ["localhost:80", "https://"]),
    "other scheme": (("--target", "ftp://x", *REMOTE[2:]), "", ["ftp://x"]),
    "a line end in the URL": (("--target", "http://a\nb", *REMOTE[2:]), "", ["http://a\\nb", "https://"]),
    "no host name": (("--target", "http://\u00fc..x", *REMOTE[2:]), "", ["..x", "https://"]),
    "no proxy": ((*REMOTE, "--proxy", "u:geheim@x"), "", ["proxy is not a URL"]),
    "credentials in the URL": (("--target", "http://u:geheim@x", *REMOTE[2:]), "", ["credentials"]),
    "no project": (("--target", "http://127.0.0.1:9", "--token-env", "T"), "", ["project-id", "missing"]),
    "no credentials": (("--target", "http://127.0.0.1:9", "--project-id", "1"), "", ["--token-env"]),
    "two tokens": ((*REMOTE, "--token-file", "conformance.toml"), "", ["token-env", "token-file"]),
    "secret without id": ((*REMOTE, "--client-secret-env", "T"), "", ["client-id"]),
    "no such token file": ((*REMOTE[:4], "--token-file", "nowhere"), "", ["token-file", "nowhere"]),
    "no PEM": ((*REMOTE, "--ca-bundle", "conformance.toml"), "", ["conformance.toml", "PEM"]),
    "a token and no target": (("--token-env", "T"), "", ["token-env", "without target"]),
    "unwritable report": (("--report-dir", "/proc/nowhere"), "", ["report-dir", "/proc/nowhere"]),
    "number out of range": (("--concurrency", "0"), "", ["concurrency", "from 1"]),
    "not a number": (("--settle", "nan"), "", ["settle is nan", "above 0"]),
    "no number at all": ((), "budget = nan", ["budget is nan", "from 0"]),
    "a long value": (("--seed", "9" * 5000), "", ["--seed is '999", "a whole number"]),
    "no report of an earlier run": (("--since", "nowhere.json"), "", ["since", "nowhere.json", "not a readable file"]),
    "no report at all": (("--since", "conformance.toml"), "seed = 1", ["conformance.toml", "not JSON"]),
    "misspelt option": (("--profle", "smoke"), "", ["--profle", "did you mean --profile"]),
    "unknown option": (("--xyzzy",), "", ["--xyzzy", "workloads-conformance run --help"]),
    "a shortened option": (("--token=geheim",), "", ["--token is not an option", "did you mean --token-"]),
    "unknown option with a value": (("--xyzzy=geheim",), "", ["--xyzzy is not an option"]),
    "one word too many": (("smoke",), "", ["smoke is not expected", "workloads-conformance run --help"]),
    "no value": (("--mode",), "", ["--mode", "expected one argument"]),
    "no such config": (("--config", "nowhere.toml"), "", ["nowhere.toml", "does not exist"]),
}


@pytest.mark.parametrize("name", USAGE)
def test_a_mistake_is_told_in_one_sentence(name, command, tmp_path):
    arguments, config, words = USAGE[name]
    (tmp_path / "conformance.toml").write_text(config)
    done = command("run", *arguments, environ={"T": "a.b.c"})
    assert done.returncode == 2, done.stdout + done.stderr
    [sentence] = [line for line in done.stderr.splitlines() if line]
    assert sentence.startswith("workloads-conformance: ")
    assert sentence.endswith((".", "?"))
    for word in words:
        assert word in sentence
    assert "geheim" not in sentence
    assert done.stdout == ""


def test_an_unknown_environment_variable_of_ours_is_a_mistake(command):
    done = command("run", environ={"WORKLOADS_CONFORMANCE_PROFLE": "smoke"})
    assert done.returncode == 2
    assert "did you mean 'WORKLOADS_CONFORMANCE_PROFILE'" in done.stderr


def cannot_be_judged(done, *words: str) -> None:
    assert done.returncode == 3, done.stdout + done.stderr
    [sentence] = [line for line in done.stderr.splitlines() if line.startswith("workloads-conformance:")]
    for word in words:
        assert word in sentence
    assert "Traceback" not in done.stderr


def test_nothing_listens(command):
    cannot_be_judged(command("run", *REMOTE, environ={"T": "a.b.c"}), "http://127.0.0.1:9", "cannot be reached")


def test_tls_fails(command):
    """The port speaks plain text."""
    with serving(Changed()) as target:
        url = target.url.replace("http:", "https:")
        done = command("run", "--target", url, *REMOTE[2:], environ={"T": "a.b.c"})
    cannot_be_judged(done, url, "speaks no TLS")


def test_another_api(command):
    page = b"<!doctype html><title>Welcome</title>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    reply = head % len(page) + page
    with raw_server(lambda connection: connection.sendall(reply)) as url:
        done = command("run", "--target", url, *REMOTE[2:], environ={"T": "a.b.c"})
    cannot_be_judged(done, url, "not with the Workloads V2 API")


def test_the_token_is_refused(command):
    with serving(Changed()) as target:
        done = command("run", *target.arguments, environ=target.environ | {"TEST_TOKEN": "a.b.c"})
    cannot_be_judged(done, "refuses the token", "401")


def test_every_control_is_refused(command):
    def before(call):
        return json_reply(400, {"code": 400, "message": "quota is used up"}) if call.method == "POST" else call

    with serving(Changed(before=before)) as target:
        done = command("run", *target.arguments, environ=target.environ)
    cannot_be_judged(done, "refuses every control", "Job (json)", "quota is used up", "project-id")


def test_client_credentials_are_refused(command, tmp_path):
    with serving(Changed()) as target:
        done = command(
            *("run", "--target", target.url, "--project-id", "1", "--client-id", "x", "--client-secret-env", "S"),
            environ={"S": "planted-secret"},
        )
    cannot_be_judged(done, "/api/v1/token", "401", "client-id")
    assert "planted-secret" not in done.stderr
    assert not list(tmp_path.glob("conformance-report/ledger-*")), "nothing was created"


CREDENTIALS = ("--project-id", "1", "--client-id", "x", "--client-secret-env", "S")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (302, "a redirect to 'https://login.example.com/', which is not followed; check the target's base URL"),
        (403, "returned 403 to the client's credentials; check client-id"),
        (404, "is not there; check token-endpoint and the target's base URL"),
        (503, "as a server that fails, or is busy; try again later"),
        (200, "without a token in the member accessToken; check token-endpoint"),
    ],
)
def test_why_there_is_no_token_is_said(status, words, command):
    def before(call):
        if not call.path.endswith("/token"):
            return call
        reply = json_reply(status, {})
        return replace(reply, headers=reply.headers | {b"location": b"https://login.example.com/"})

    with serving(Changed(before=before)) as target:
        done = command("run", "--target", target.url, *CREDENTIALS, "--settle", "2", environ={"S": "planted-secret"})
    cannot_be_judged(done, "/api/v1/token", f"{status}", words)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://no-such-host.invalid", "cannot be reached"),
        ("http://127.0.0.1:9", "cannot be reached"),
    ],
)
def test_why_a_token_endpoint_cannot_be_reached_is_said(target, words, command):
    """The client's credentials have not been looked at by anybody."""
    done = command("run", "--target", target, *CREDENTIALS, environ={"S": "planted-secret"})
    cannot_be_judged(done, "/api/v1/token", words)
    assert "client-id" not in done.stderr


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (CatalogueError("WV2-GET-001: 'x' is not at /y."), 2, "'x' is not at /y"),
        (ZeroDivisionError("division by zero"), 3, "an error of the suite"),
    ],
)
def test_what_is_wrong_with_the_suite_is_not_said_of_the_target(error, status, words, monkeypatch, capsys):
    """1 would say that the target is nonconformant."""

    def fails():
        raise error

    monkeypatch.setattr(requirements, "load_catalogue", fails)
    assert main(["requirements"]) == status
    assert words in capsys.readouterr().err
