"""The scripts of a finding reach the target as the run did: its certificates, its proxy, its way to a token."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
from support.gateways import Authority, socks_proxy, tls_before
from support.servers import Changed, json_reply, serving
from support.subjects import subject

from workloads_conformance.api import TOKEN_ENDPOINTS
from workloads_conformance.http import Authorization, Exchange, Request, Response
from workloads_conformance.reproduce import SECRET, Shell, Snippets, TokenRequest, Way
from workloads_conformance.suite import test_delete

UNKNOWN = "/api/v2/workloads/00000000-0000-4000-8000-000000000000"
READ = Exchange(Request(method="GET", path=UNKNOWN), Response(404, (), b"{}"), None, 0.1)

needs_curl = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl and jq are not here")


@pytest.fixture
def done_by(tmp_path):
    """Runs a script in either form against a server behind TLS and a proxy, and returns what it prints."""

    def run(form: str, endpoint: str) -> str:
        app, authority = Changed(), Authority(tmp_path, "authority")
        certificate, key = authority.issue("client")
        member, token = app.tokens.member, TOKEN_ENDPOINTS[endpoint]
        with (
            serving(app) as plain,
            tls_before(plain.url, authority.issue("server"), authority.bundle) as url,
            socks_proxy() as (proxy, asked),
        ):
            way = Way(
                ca_bundle=authority.bundle,
                client_cert=certificate,
                client_key=key,
                proxy=proxy,
                token=TokenRequest(token.request(member.id, SECRET), "MY_SECRET", token.token),
            )
            writer = {"curl": Shell, "httpx": Snippets}[form](subject(tmp_path, url, way=way))
            script = writer.script([READ]) if isinstance(writer, Shell) else writer.httpx([READ])
            assert member.secret not in script
            done = subprocess.run(
                ["/bin/sh", "-c", script] if form == "curl" else [sys.executable, "-c", script],
                env={**os.environ, "MY_SECRET": member.secret, "NO_PROXY": "", "no_proxy": ""},
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        assert done.stderr == ""
        assert len(asked) == 2, "the token request, and the request"
        return done.stdout

    return run


@pytest.mark.parametrize("endpoint", ["v1", "v2"])
@pytest.mark.parametrize("form", [pytest.param("curl", marks=needs_curl), "httpx"])
def test_a_pasted_script_gets_a_token_and_takes_the_run_s_way(form, endpoint, done_by):
    assert "not found" in done_by(form, endpoint)


def test_a_script_that_needs_no_token_gets_none(tmp_path):
    bare = replace(READ, request=replace(READ.request, authorization=Authorization(None, None)))
    way = Way(token=TokenRequest(TOKEN_ENDPOINTS["v1"].request("x", SECRET), "MY_SECRET", "accessToken"))
    assert "token" not in Shell(subject(tmp_path, way=way)).script([bare])


@pytest.mark.slow
def test_a_finding_tells_the_run_s_way(judge):
    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    app = Changed(after=after)
    report = judge(
        app, test_delete.test_an_unknown_id_is_not_found,
        environ={"MY_SECRET": app.tokens.member.secret},
        token_env=None, client_id=app.tokens.member.id, client_secret_env="MY_SECRET",
    )  # fmt: skip
    [found, *_] = [finding for result in report.requirements for finding in result.findings]
    first = found.reproduce.splitlines()[0]
    assert first.startswith("TOKEN=$(curl -sS -X POST http://127.0.0.1:")
    assert '"$MY_SECRET"' in first
    assert app.tokens.member.secret not in found.reproduce + found.reproduce_httpx
