"""A run judged again from its record comes out as it did, whatever the server was like."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import random
import subprocess
import time
from dataclasses import asdict

import pytest
from conftest import COMMAND
from support.records import rewritten
from support.servers import Call, Changed, Reply, Silence, json_reply, serving

from workloads_conformance.recording import read_record
from workloads_conformance.replay import rejudge
from workloads_reports import RunVerdict, Verdict, read_report, to_json

pytestmark = pytest.mark.slow

ID = "60717836-d0b9-45a5-9840-1080089c88a5"


def honest(_call, reply: Reply) -> Reply:
    return reply


def without_a_member(call, reply: Reply) -> Reply:
    """Reads lack tenantId: a MUST, broken in every reading."""
    if call.method != "GET" or reply.status != 200 or "workload" not in (reply.json or {}):
        return reply
    body = reply.json
    del body["workload"]["metadata"]["tenantId"]
    return reply.with_json(body)


def one_id_for_all(call, reply: Reply) -> Reply:
    """Every create is answered with the same id: trials that go on at once get in each other's way."""
    if call.method != "POST" or reply.status != 202:
        return reply
    body = reply.json
    body["metadata"]["id"] = ID
    return reply.with_json(body)


def fails_for_some(call, reply: Reply) -> Reply:
    """Some drawn cases break it, so that it comes to shrinking."""
    if call.method == "POST" and "a" in str((call.json or {}).get("metadata", {}).get("category")):
        return json_reply(500, {"code": 500, "message": "no"})
    return reply


def often_busy(call, reply: Reply) -> Reply:
    """Retry-After has to be waited out, by the clock of then."""
    if call.method == "GET" and call.path.endswith(("1", "4")):
        busy = {b"content-type": b"application/json", b"retry-after": b"0"}
        return Reply(503, busy, b'{"code": 503, "message": "busy"}')
    return reply


CHANCE = random.Random(6)


def fails_at_random(call, reply: Reply) -> Reply:
    """What does not repeat: single requests are sent again, and the cases around them."""
    if call.operation and CHANCE.random() < 0.04:
        return Reply(504, {b"content-type": b"text/html"}, b"").with_body(b"<h1>504</h1>")
    return reply


def echo(call, reply: Reply) -> Reply:
    """Gives the token back wherever it refuses: short and long, plain and in base64."""
    if reply.status < 400:
        return reply
    given = call.headers.get(b"authorization", b"").decode()
    message = f"{given} {base64.b64encode(given.encode()).decode()} " * (40 if reply.status == 401 else 1)
    return json_reply(reply.status, {"code": reply.status, "message": message})


def token_late_in_the_manifest(call, reply: Reply) -> Reply:
    """What differs between POST and GET stands behind the token, where a finding cuts the text."""
    body = reply.json
    if call.method not in ("GET", "POST") or reply.status not in (200, 202) or not isinstance(body, dict):
        return reply
    workload = body.get("workload") or body
    token = call.headers.get(b"authorization", b"").decode()
    if isinstance(workload.get("rawManifest"), dict):
        workload["rawManifest"]["note"] = f"{'x' * 500} {token} {call.method}"
    return reply.with_json(body)


def run(command, tmp_path, after, *flags: str):
    """Runs the suite on a changed server; returns report.json and the record."""
    return run_on(Changed(after=after), command, tmp_path, *flags)


def run_on(app: Changed, command, tmp_path, *flags: str, **environ: str):
    with serving(app) as target:
        arguments = ["run", *target.arguments, "--settle", "0.5", "--deadline", "5", *flags]
        done = command(*arguments, environ=target.environ | environ)
    directory = tmp_path / "conformance-report"
    assert "Traceback" not in done.stderr
    report = json.loads((directory / "report.json").read_text(encoding="utf-8"))
    return report, directory / "record.jsonl", target


@pytest.mark.parametrize(
    ("after", "verdicts"),
    [
        (honest, {"conformant"}),
        (without_a_member, {"nonconformant"}),
        pytest.param(one_id_for_all, {"nonconformant"}, marks=pytest.mark.exhaustive),
        pytest.param(token_late_in_the_manifest, {"nonconformant"}, marks=pytest.mark.exhaustive),
        pytest.param(fails_for_some, {"nonconformant"}, marks=pytest.mark.exhaustive),
        # A busy server and a gateway that fails now and then are never blamed; whether all could be tried is chance.
        (often_busy, {"conformant", "inconclusive"}),
        (fails_at_random, {"conformant", "inconclusive"}),
    ],
)
def test_every_verdict_case_and_finding_comes_out_again(command, tmp_path, after, verdicts):
    """Texts of findings, times and leftovers too: the report is the same to the last byte."""
    given, path, _ = run(command, tmp_path, after, "--profile", "smoke", "--seed", "3")
    assert given["verdict"] in verdicts
    report, departures = rejudge(read_record(path))
    assert departures == []
    assert to_json(report) == given


def test_updates_that_are_never_answered_are_not_answered_again(command, tmp_path):
    """Repetitions that were started early go on until the end, and the target is asked whether it is there."""
    silent = Changed(before=lambda call: Silence.OPEN if call.operation == "update" else call)
    given, path, _ = run_on(silent, command, tmp_path, "--profile", "smoke", "--deadline", "2.2")
    assert {found["id"] for found in given["requirements"] if found["verdict"] == "fail"} == {"WV2-HTTP-014"}
    report, departures = rejudge(read_record(path))
    assert departures == []
    assert to_json(report) == given


def test_a_token_too_short_to_be_hidden_is_sent_in_no_url(command, tmp_path):
    app = Changed()

    def before(call: Call) -> Call:
        if call.headers.get(b"authorization") != b"Bearer dev":
            return call
        token = f"Bearer {app.tokens.issue(app.tokens.member)}".encode()
        return dataclasses.replace(call, headers=call.headers | {b"authorization": token})

    app.before = before
    given, path, _ = run_on(app, command, tmp_path, "--profile", "smoke", TEST_TOKEN="dev")
    verdicts = {found["id"]: found for found in given["requirements"]}
    assert verdicts["WV2-AUTH-017"]["verdict"] == "not-tested"
    assert "less than 6 characters" in verdicts["WV2-AUTH-017"]["reason"]
    report, departures = rejudge(read_record(path))
    assert departures == []
    assert to_json(report) == given


def test_a_token_that_is_a_word_of_the_answers(command, tmp_path):
    """What it hides in the record is judged as it was, then and again: a department is called so."""
    app = Changed()

    def before(call: Call) -> Call:
        scheme, _, token = call.headers.get(b"authorization", b"").decode().partition(" ")
        if (scheme.lower(), token) != ("bearer", "research"):
            return call
        own = f"Bearer {app.tokens.issue(app.tokens.member)}".encode()
        return dataclasses.replace(call, headers=call.headers | {b"authorization": own})

    app.before = before
    given, path, _ = run_on(app, command, tmp_path, "--profile", "smoke", TEST_TOKEN="research")
    assert given["verdict"] == "conformant", given["reason"]
    assert not [found["id"] for found in given["requirements"] if found["verdict"] == "fail"]
    record = read_record(path)
    everything = path.read_bytes() + b"".join(body for body in record.bodies.values() if body)
    assert b"research" not in everything
    report, departures = rejudge(record)
    assert departures == []
    assert to_json(report) == given


def test_it_needs_no_token_and_holds_none(command, tmp_path):
    """Not even in an altered token, of which all but one character would be the token's own."""
    given, path, target = run(command, tmp_path, echo, "--profile", "smoke")
    record = read_record(path)
    report, departures = rejudge(record)
    assert departures == []
    assert to_json(report) == given
    everything = path.read_bytes() + b"\n".join(body for body in record.bodies.values() if body)
    assert b"$TEST_TOKEN" in everything
    for token in (value for name, value in target.environ.items() if name.startswith("TEST_")):
        signature = token.split(".")[-1]
        for secret in (signature[1:], signature[: len(signature) // 2], token.split(".")[1]):
            assert secret.encode() not in everything
            assert base64.b64encode(b"x" + secret.encode())[4:-4] not in everything


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    """A smoke run on the embedded server."""
    directory = tmp_path_factory.mktemp("smoke")
    arguments = [*COMMAND, "run", "--profile", "smoke", "--report-dir", str(directory)]
    subprocess.run(arguments, check=True, capture_output=True, cwd=directory)
    return directory / "record.jsonl"


@pytest.fixture
def copy(smoke, tmp_path):
    path = tmp_path / "record.jsonl"
    path.write_bytes(smoke.read_bytes())
    return path


def test_an_exchange_that_was_taken_out_is_missed(copy):
    def without_one(entries):
        index = next(i for i, entry in enumerate(entries) if entry.get("trial", "").startswith("test_get."))
        return entries[:index] + entries[index + 1 :]

    rewritten(copy, without_one)
    _, departures = rejudge(read_record(copy))
    assert "of the trial 'test_get." in departures[0]
    assert departures[0].endswith("is made and not in the record")


def test_an_exchange_that_was_put_in_is_told(copy):
    def with_one(entries):
        index, found = next((i, entry) for i, entry in enumerate(entries) if entry["kind"] == "exchange")
        return [*entries[:index], {**found, "trial": "made up"}, *entries[index:]]

    rewritten(copy, with_one)
    _, departures = rejudge(read_record(copy))
    assert departures == [f"exchange 1 of the record, {departures[0].split(', ')[1]}, is not made"]
    assert "'made up'" in departures[0]


def test_an_answer_that_was_changed_changes_the_verdict(copy):
    """The universal checks are done anew on every exchange."""

    def worse(entries):
        judged = (i for i, entry in enumerate(entries) if entry.get("trial", "").startswith("test_get."))
        index = next(i for i in judged if entries[i]["status"] == 200)
        entries[index]["reply_headers"] = [["content-type", "text/html"]]
        return entries

    before, _ = rejudge(read_record(copy))
    rewritten(copy, worse)
    after, _ = rejudge(read_record(copy))
    assert before.verdict is RunVerdict.CONFORMANT
    assert {one.requirement.id for one in after.having(Verdict.INCONCLUSIVE)} == {"WV2-HTTP-001"}


def test_a_killed_run_is_reported_as_far_as_it_came(command, tmp_path):
    app = Changed(after=without_a_member)
    with serving(app) as target:
        process = subprocess.Popen(
            [*COMMAND, "run", *target.arguments, "--report-dir", str(tmp_path), "--settle", "1"],
            env=os.environ | target.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        record = tmp_path / "record.jsonl"
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if record.exists() and record.read_bytes().count(b'"kind":"finding"') >= 1:
                break
            time.sleep(0.02)
        process.kill()
        process.wait()
    assert not (tmp_path / "report.json").exists()
    found = read_record(record)
    report, departures = rejudge(found)
    assert departures == []
    assert report.run.complete is False
    assert report.verdict is RunVerdict.NONCONFORMANT
    assert report.exchanges == len(found.exchanges)
    failed = {one.requirement.id: one for one in report.having(Verdict.FAIL)}
    for requirement, finding in found.findings:
        assert finding in json.loads(json.dumps(list(map(asdict, failed[requirement].findings))))
    untested = report.having(Verdict.NOT_TESTED)
    assert not any("no test of it was selected" in one.reason for one in untested)
    if "the run was killed" not in report.reason:
        assert any("the run was killed" in one.reason for one in untested)
    done = command("report", str(record))
    assert done.returncode == 0, done.stderr
    written = read_report(tmp_path / "report.json")
    assert (written.run.complete, written.verdict, written.exchanges) == (False, report.verdict, report.exchanges)


def test_a_damaged_record_gives_no_report(command, copy):
    """Not a file is written of what cannot be trusted."""
    lines = copy.read_bytes().splitlines(keepends=True)
    copy.write_bytes(b"".join([*lines[:30], lines[30].replace(b":", b": ", 1), *lines[31:]]))
    done = command("report", str(copy))
    assert done.returncode == 2
    assert done.stderr.startswith(f"workloads-conformance: {copy} is damaged in line 31: it was changed")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in copy.parent.iterdir() if path.is_file()] == ["record.jsonl"]


def test_the_exchanges_can_be_seen_as_har(command, copy):
    done = command("report", str(copy), "--format", "exchanges.har")
    assert done.returncode == 0, done.stderr
    har = json.loads((copy.parent / "exchanges.har").read_text(encoding="utf-8"))["log"]
    record = read_record(copy)
    assert har["version"] == "1.2"
    assert len(har["entries"]) == len(record.exchanges)
    for shown, entry in zip(har["entries"], record.exchanges, strict=True):
        assert shown["request"]["method"] == entry["method"]
        assert shown["request"]["url"].startswith(record.run["settings"]["target"] + entry["path"])
        assert shown["response"]["status"] == entry["status"]
        assert shown["response"]["bodySize"] == len(record.body(entry["reply_body"]))
        held = shown["response"]["content"].get("text", "").encode()
        assert held == record.body(entry["reply_body"]) or shown["response"]["content"]["comment"].startswith("the fi")
        given = [one["value"] for one in shown["request"]["headers"] if one["name"] == "Authorization"]
        assert given in ([], ["Bearer $TOKEN"], [entry.get("authorization")])
