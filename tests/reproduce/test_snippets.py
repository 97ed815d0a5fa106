"""The scripts of a finding do what they say: each is run, and sends what the run sent."""

from __future__ import annotations

import ast
import asyncio
import itertools
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest
from support.servers import Call, Changed, json_reply, serving
from support.subjects import subject

from workloads_conformance.http import Authorization, Exchange, Request, Response
from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import Shell, Snippets
from workloads_conformance.session.recorded import recorded

ID, OTHER = "a1111111-2222-4333-8444-55555555555f", "b9999999-2222-4333-8444-55555555555e"
WORKLOADS = "/api/v2/workloads"


STARTED = itertools.count()


def exchange(request: Request, body: bytes = b"{}", status: int = 200) -> Exchange:
    """One that began half a second after the one before had."""
    response = Response(status, (("content-type", "application/json"),), body)
    return Exchange(request, response, None, 0.1, started=next(STARTED) / 2)


CREATE = exchange(
    Request(method="POST", path=WORKLOADS, query=(("dryRun", "true"),), body=b'{"a": "it\'s \\u00e9"}'),
    f'{{"metadata": {{"id": "{ID}"}}}}'.encode(),
    202,
)
READ = exchange(Request(method="GET", path=f"{WORKLOADS}/{ID}", headers=(("X-Odd", "'\"$HOME`id`"),)))
BYTES = exchange(Request(method="PUT", path=f"{WORKLOADS}/{ID}", body=bytes(range(256))))
BARE = exchange(
    Request(
        method="DELETE",
        path=f"{WORKLOADS}/{ID}",
        authorization=Authorization(None, None),
        without=frozenset({"accept", "accept-encoding"}),
    )
)


UPPER = exchange(Request(method="GET", path=f"{WORKLOADS}/{ID.upper()}"))


@contextmanager
def listening(changed=Changed):
    """A server that keeps what it is sent and gives ids that differ from those of the run."""
    calls: list[Call] = []

    def before(call: Call):
        calls.append(call)
        return json_reply(202, {"metadata": {"id": OTHER}})

    with serving(changed(before=before)) as target:
        yield target.url, calls


@pytest.mark.parametrize(
    "exchanges",
    [[CREATE], [READ], [BYTES], [BARE], [CREATE, READ, BARE]],
    ids=["create", "read", "bytes", "bare", "all"],
)
def test_the_httpx_script_sends_what_the_http_text_shows(tmp_path, exchanges):
    with listening() as (url, calls):
        snippets = Snippets(subject(tmp_path, url))
        done = subprocess.run(
            [sys.executable, "-c", snippets.httpx(exchanges)],
            env={**os.environ, "TOKEN": "s3cret"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.stderr == ""
    assert done.stdout.startswith("202 ")
    messages = snippets.http(exchanges).split("\n\n---\n\n")
    for call, message, one in zip(calls, messages, exchanges, strict=True):
        head, _, body = message.replace("$TOKEN", "s3cret").replace("$ID1", OTHER).partition("\n\n")
        line, *headers = head.split("\n")
        query = f"?{call.query.decode()}" if call.query else ""
        assert line == f"{call.method} {call.path}{query} HTTP/1.1"
        assert [tuple(header.split(": ", 1)) for header in headers if not header.startswith("Content-Length")] == [
            (name.decode().title(), value.decode())
            for name, value in call.headers.items()
            if name not in (b"content-length", b"transfer-encoding")
        ]
        assert call.body == (one.request.body or b"")
        if call.body.isascii() and call.body:
            assert body == call.body.decode()


def test_no_form_holds_the_token(tmp_path):
    redactor = Redactor()
    redactor.add("s3cret-value", "TOKEN")
    leaky = Request(method="POST", path=WORKLOADS, headers=(("X-Copy", "s3cret-value"),), body=b'{"t": "s3cret-value"}')
    snippets = Snippets(subject(tmp_path, redactor=redactor))
    one = Exchange(leaky, Response(200, (("Set-Cookie", "session=abc"),), b"s3cret-value" * 1000), None, 0.1)
    kept = recorded(one, snippets, redactor)
    for text in (snippets.httpx([one]), snippets.http([one]), repr(kept)):
        assert "s3cret" not in text
        assert "$TOKEN" in text
    ast.parse(snippets.httpx([one]))
    assert kept.response is not None
    assert kept.response.headers == (("Set-Cookie", "(hidden)"),)
    assert kept.response.cut
    assert kept.response.size == 12_000
    assert not [path for path in tmp_path.rglob("*.bin") if b"s3cret" in path.read_bytes()]


def test_an_exchange_is_kept_whatever_came_of_it(tmp_path):
    snippets = Snippets(subject(tmp_path))
    none = recorded(Exchange(READ.request, None, "no connection: refused", 0.5), snippets, Redactor())
    assert none.response is None
    assert none.failure == "no connection: refused"
    odd = recorded(exchange(READ.request, b"\xff{", status=799), snippets, Redactor())
    assert odd.response is not None
    assert odd.response.start == "HTTP/1.1 799"
    assert odd.response.body == "\\xff{"
    assert odd.request.start == f"GET {WORKLOADS}/{ID} HTTP/1.1"


def test_all_forms_carry_the_same_steps(tmp_path):
    steps = [CREATE, READ, BARE]
    curl = Shell(subject(tmp_path)).script(steps)
    snippets = Snippets(subject(tmp_path))
    for text in (curl, snippets.httpx(steps), snippets.http(steps)):
        assert [text.count(word) for word in ("POST", "DELETE")] == [1, 1]
        assert ID not in text
        assert text.count("ID1") >= 2


def test_an_id_in_upper_case_is_that_of_the_new_workload(tmp_path):
    steps = [CREATE, UPPER]
    with listening() as (target, calls):
        curl = Shell(subject(tmp_path, target)).script(steps)
        httpx = Snippets(subject(tmp_path, target)).httpx(steps)
        environ = {**os.environ, "TOKEN": "x"}
        subprocess.run(["bash", "-c", curl], env=environ, check=True, capture_output=True, timeout=60)
        subprocess.run([sys.executable, "-c", httpx], env=environ, check=True, capture_output=True, timeout=60)
    assert [call.path for call in calls if call.method == "GET"] == [f"{WORKLOADS}/{OTHER.upper()}"] * 2


def test_what_the_run_waited_for_is_waited_for(tmp_path):
    """A target may undo a write after a while; who reads at once sees nothing of it."""
    made, read = replace(CREATE, started=3.0), replace(READ, started=4.4)
    late = replace(read, started=6.7)
    steps, forms = [made, read, late], subject(tmp_path)
    curl = Shell(forms).script(steps).split("\n")
    assert [line for line in curl if line.startswith("sleep")] == ["sleep 2", "sleep 3"]
    script = Snippets(forms).httpx(steps)
    compile(script, "script", "exec")
    assert ("import time" in script, script.count("time.sleep(2)"), script.count("time.sleep(3)")) == (True, 1, 1)
    assert [line for line in Snippets(forms).http(steps).split("\n") if line[:3] == "---"] == [
        "--- 2 s later",
        "--- 3 s later",
    ]
    assert "sleep" not in Snippets(forms).httpx([made, replace(READ, started=3.9)])


class Crowded(Changed):
    """Answers a DELETE once three have come."""

    def __init__(self, **changes):
        super().__init__(**changes)
        self.all_there = asyncio.Barrier(3)  # one that is sent when that before it is answered is never there

    async def __call__(self, scope, receive, send):
        if scope["method"] == "DELETE":
            await self.all_there.wait()
        await super().__call__(scope, receive, send)


def test_what_was_sent_at_the_same_time_is_sent_so(tmp_path):
    """That of several deletions at once one got another answer shows in no deletion alone."""
    request = Request(method="DELETE", path=f"{WORKLOADS}/{ID}")
    made = replace(CREATE, started=0.0)
    together = [replace(exchange(request), started=1.0 + place / 100) for place in range(3)]
    after = replace(READ, started=1.5)
    environ = {**os.environ, "TOKEN": "x"}
    for steps in ([made, *together], [made, *together, after]):
        with listening(Crowded) as (url, calls):
            forms = subject(tmp_path, url)
            curl, script = Shell(forms).script(steps), Snippets(forms).httpx(steps)
            for command in (["bash", "-c", curl], [sys.executable, "-c", script]):
                done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True, timeout=120)
                shown = re.findall(r"^(?:HTTP/1.1 )?202 ", done.stdout, re.MULTILINE)
                assert len(shown) == (3 if steps[-1] is not after else 1)
        sent = [(call.method, call.path) for call in calls]
        assert (
            sent
            == [
                ("POST", WORKLOADS),
                *[("DELETE", f"{WORKLOADS}/{OTHER}")] * 3,
                *[("GET", f"{WORKLOADS}/{OTHER}")] * (steps[-1] is after),
            ]
            * 2
        )
        rules = [line for line in Snippets(forms).http(steps).split("\n") if line[:3] == "---"]
        assert rules[:3] == ["---", "--- at the same time", "--- at the same time"]


def test_what_gives_an_id_is_sent_first_whatever_was_sent_with_it(tmp_path):
    read = replace(READ, started=CREATE.started + 0.05)
    assert "&\n" not in Shell(subject(tmp_path)).script([CREATE, read])
