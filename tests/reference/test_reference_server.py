"""The reference server as a client meets it: a real process, real tokens, the contract's rules one by one."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import jwt
import pytest

from workloads_conformance.session.embedded import EmbeddedServer

COMMAND = (sys.executable, "-m", "workloads_conformance.reference")
PATH = "/api/v2/workloads"
UNKNOWN = "0b5d2a0e-4a3c-4d0e-9a52-5f0d9a1c7e11"
"""An id that the server gave to nothing."""

JOB = {"apiVersion": "batch/v1", "kind": "Job", "spec": {}}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer()
    yield server
    server.close()


def token(server: EmbeddedServer) -> str:
    identifier, secret = server.access.client
    body = {"grantType": "client_credentials", "clientId": identifier, "clientSecret": secret}
    return httpx.post(f"{server.access.url}/api/v1/token", json=body, trust_env=False).json()["accessToken"]


@pytest.fixture(scope="module")
def api(server) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token(server)}"}
    with httpx.Client(base_url=server.access.url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def body(server):
    return {"metadata": {"name": f"t-{uuid4().hex[:12]}", "projectId": server.access.project_id}, "manifest": JOB}


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def until(api: httpx.Client, identifier: str, holds) -> httpx.Response:
    deadline = time.monotonic() + 5
    while not holds(answer := api.get(f"{PATH}/{identifier}")):
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.01)
    return answer


def test_a_workload_lives_its_life(api, body):
    made = api.post(PATH, json=body)
    assert made.status_code == 202
    identifier = made.json()["metadata"]["id"]
    seen = until(api, identifier, lambda answer: answer.json()["syncInfo"]["status"] == "Synced").json()["workload"]
    assert seen["metadata"]["gvk"] == {"group": "batch", "version": "v1", "kind": "Job"}
    assert seen["metadata"]["priority"] == "low"
    assert api.put(f"{PATH}/{identifier}", json={"metadata": {"priority": "high"}}).status_code == 202
    assert api.get(f"{PATH}/{identifier}").json()["workload"]["metadata"]["priority"] == "high"
    assert api.delete(f"{PATH}/{identifier}").status_code == 202
    until(api, identifier, lambda answer: answer.status_code == 404)


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"metadata": None}, "metadata"),
        ({"manifest": {**JOB, "kind": "Nothing"}}, "manifest"),
        ({"manifest": "text"}, "manifest"),
        ({"manifestBase64Encoded": encoded(json.dumps(JOB))}, "mutually exclusive"),
        ({"manifest": ..., "manifestBase64Encoded": "%%%"}, "manifestBase64Encoded"),
        ({"manifest": ..., "manifestBase64Encoded": encoded("a: [")}, "manifestBase64Encoded"),
        ({"manifest": ..., "manifestBase64Encoded": encoded("- a")}, "manifestBase64Encoded"),
        ({"manifest": ..., "manifestBase64Encoded": encoded(b"\xff\xfe")}, "manifestBase64Encoded"),
        ({"manifest": ...}, "manifest"),
    ],
)
def test_a_wrong_body_is_refused_and_the_member_named(change, member, api, body):
    wrong = {key: value for key, value in (body | change).items() if value is not ...}
    answer = api.post(PATH, json=wrong)
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert member in answer.json()["details"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", "n" * 64),
        ("name", "Upper"),
        ("name", 1),
        ("priority", "highest"),
        ("preemptibility", "yes"),
        ("configuration", {"mnnvl": "Maybe"}),
        ("clusterId", "no-uuid"),
        ("clusterId", UNKNOWN),
        ("projectId", "1"),
        ("projectId", 1),
        ("useGivenNameAsPrefix", "true"),
        ("category", 1),
    ],
)
def test_wrong_metadata_is_refused(member, value, api, body):
    body["metadata"][member] = value
    answer = api.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert member in answer.json()["details"]


@pytest.mark.parametrize(
    "value",
    [
        "!!bool maybe",
        '!!int ""',
        "!!timestamp noon",
        "!!str [a]",
        "{!!str [a]: b}",
        "!!binary aGk=",
        "!!set {a}",
    ],
)
def test_yaml_of_what_json_has_not_is_refused(value, api, body):
    """A tag that its value does not fit makes PyYAML raise KeyError, IndexError and their like."""
    del body["manifest"]
    answer = api.post(PATH, json=body | {"manifestBase64Encoded": encoded(f"{json.dumps(JOB)[:-1]}, x: {value}}}")})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert "manifestBase64Encoded" in answer.json()["details"]


def test_bombs_are_refused_in_good_time(api, body):
    """Aliases that multiply, and nesting that no recursion survives."""
    laughs = "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    del body["manifest"]
    started = time.monotonic()
    for text in (laughs, "[" * 50_000, "a: " + "{b: " * 50_000):
        assert api.post(PATH, json=body | {"manifestBase64Encoded": encoded(text)}).status_code == 400
    deep = b'{"metadata": ' + b"[" * 100_000
    assert api.post(PATH, content=deep, headers={"Content-Type": "application/json"}).status_code == 400
    assert time.monotonic() - started < 120, "a bomb that is followed never ends"


def test_the_largest_manifest_is_taken_and_the_next_is_not(api, body):
    plain = json.dumps(JOB)
    for size, status in ((2_097_152, 202), (2_097_156, 400)):
        text = plain + "\n#" + "x" * (size // 4 * 3 - len(plain) - 2)
        sent = {"metadata": body["metadata"], "manifestBase64Encoded": encoded(text)}
        assert len(sent["manifestBase64Encoded"]) == size
        assert api.post(PATH, params={"dryRun": "true"}, json=sent).status_code == status


def test_a_dry_run_leaves_nothing(api, body):
    answer = api.post(PATH, params={"dryRun": "true"}, json=body)
    assert answer.status_code == 202
    assert api.get(f"{PATH}/{answer.json()['metadata']['id']}").status_code == 404
    assert api.post(PATH, json=body).status_code == 202
    assert api.post(PATH, params={"dryRun": "true"}, json=body).status_code == 409


def test_of_many_creates_at_once_one_wins(api, body):
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: api.post(PATH, json=body).status_code, range(32)))
    assert sorted(set(statuses)) == [202, 409]
    assert statuses.count(202) == 1


def test_prefixes_get_different_names(api, body):
    body["metadata"]["useGivenNameAsPrefix"] = True
    with ThreadPoolExecutor(16) as pool:
        names = [
            answer.json()["metadata"]["name"] for answer in pool.map(lambda _: api.post(PATH, json=body), range(32))
        ]
    assert len(set(names)) == 32
    assert all(name.startswith(body["metadata"]["name"]) for name in names)


def forged(server: EmbeddedServer) -> dict[str, str]:
    header, payload, signature = token(server).split(".")
    claims = jwt.decode(token(server), options={"verify_signature": False})
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return {
        "no signature": f"{header}.{payload}.",
        "another's payload": f"{header}.{server.access.forbidden_token.split('.')[1]}.{signature}",
        "alg none": f"{none}.{payload}.",
        "another key": jwt.encode(claims, b"k" * 32, "HS256"),
        "another algorithm": jwt.encode(claims, b"k" * 64, "HS512"),
        "no expiry": jwt.encode({"sub": "x"}, b"k" * 32, "HS256"),
        "expired": server.access.expired_token,
        "no token": "x",
    }


def test_forged_and_expired_tokens_are_refused(server, body):
    for name, text in forged(server).items():
        answer = httpx.post(
            server.access.url + PATH, json=body, headers={"Authorization": f"Bearer {text}"}, trust_env=False
        )
        assert answer.status_code == 401, name
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] == 401


def test_a_role_without_rights_is_forbidden(server, body):
    headers = {"Authorization": f"Bearer {server.access.forbidden_token}"}
    answer = httpx.post(server.access.url + PATH, json=body, headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (403, 403)


def test_the_token_endpoint_of_rfc_6749(server):
    url, (identifier, secret) = f"{server.access.url}/api/v2/token", server.access.client
    form = {"grant_type": "client_credentials"}
    good = httpx.post(url, data=form, auth=(identifier, secret), trust_env=False)
    assert good.json()["token_type"] == "Bearer"
    assert good.headers["cache-control"] == "no-store"
    bad = httpx.post(url, data=form | {"client_id": identifier, "client_secret": "wrong"}, trust_env=False)
    assert (bad.status_code, bad.json()) == (401, {"error": "invalid_client"})
    other = httpx.post(url, data={"grant_type": "password"}, trust_env=False)
    assert other.json() == {"error": "unsupported_grant_type"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PATCH", PATH, 405),
        ("OPTIONS", PATH, 204),
        ("GET", "/nothing", 404),
        ("GET", f"{PATH}/no-uuid", 400),
        ("GET", f"{PATH}/{UNKNOWN}", 404),
        ("DELETE", f"{PATH}/{UNKNOWN}", 404),
    ],
)
def test_the_rest_of_http(method, path, status, api):
    answer = api.request(method, path)
    assert answer.status_code == status
    if status == 405:
        assert "POST" in answer.headers["allow"]


def test_workload_types_have_their_defaults(api):
    types = {found["name"]: found for found in api.get("/api/v1/workload-types").json()["types"]}
    assert types["Job"]["preemptibility"] == "preemptible"
    assert types["Deployment"]["preemptibility"] == "non-preemptible"


def test_it_ends_with_its_parent():
    done = subprocess.run(
        [*COMMAND, "--exit-with-parent"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr


def test_it_ends_quietly_on_sigterm():
    with subprocess.Popen([*COMMAND], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, b"")


def test_a_port_in_use_is_said_in_one_sentence(server, command):
    done = command("serve", "--port", server.access.url.rpartition(":")[2])
    assert done.returncode == 2
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr
