"""What a stranger sends is looked at within bounds of time and memory; what honest servers send is looked at whole."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.servers import raw_server

from workloads_conformance.api import TOKEN_ENDPOINTS, Inventory, NoLedger, Safety, UniversalChecks, WorkloadCustody
from workloads_conformance.api.checks.internals import shows_internals
from workloads_conformance.errors import TargetError
from workloads_conformance.http import Client, ClientCredentials, Exchange, Request, Response, Wire, claims
from workloads_conformance.http import wire as wires
from workloads_conformance.http.decode import MAX_PARTS, decode_json, parts, size_in_memory
from workloads_conformance.http.memory import Memory
from workloads_conformance.http.waiting import retry_after
from workloads_conformance.output import Redactor
from workloads_conformance.settings import Mode, load_settings
from workloads_specs import load_contract

MIB = 1024 * 1024
SIZE = 8 * MIB
CHECKS = UniversalChecks(load_contract())
json_values = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def filled(text: str) -> bytes:
    return (text * (SIZE // len(text.encode()))).encode()


def error(message: str) -> bytes:
    return json.dumps({"code": 400, "message": message}, ensure_ascii=False).encode()[:SIZE]


WRONG = ("id", "name", "gvk", "projectName", "createdAt", "tenantId", "departmentName", "updatedAt", "clusterId")
BODIES = {
    "line ends": error("\n" * 4_000_000),
    "lines of white space": error(" \n" * 2_000_000),
    "raw line ends": filled("\n"),
    "almost frames": error(("   at " + "a in " * 400 + "\n") * 2_000),
    "almost frames of Node": error(("   at " + "x /a.js:1 " * 200 + "\n") * 2_000),
    "almost frames of the JVM": error(("   at " + "a.b" * 700 + "\n") * 2_000),
    "almost statements": error("SELECT a FROM " * 500_000),
    "verbs alone": error("UPDATE " * 1_000_000),
    "almost panics": error("thread 'a" * 800_000),
    "names twice": b"{" + b",".join(b'"name%d":1,"name%d":2' % (number, number) for number in range(60_000)) + b"}",
    "one name often": b"{" + b",".join([b'"name":1'] * 100_000) + b"}",
    "wide": json.dumps({f"k{number}": number for number in range(80_000)}).encode(),
    "long names": json.dumps({"k" * 4_000_000: 1, "metadata": {"k" * 4_000_000: None}}).encode(),
    "arrays": b"[" + b"[]," * (SIZE // 3) + b"[]]",
    "arrays within bounds": json.dumps({"workload": {"metadata": [[]] * 120_000}}).encode(),
    "objects within bounds": json.dumps({"workload": {"metadata": [{"": 0}] * 80_000}}).encode(),
    "depth": b"[" * 100_000 + b"]" * 100_000,
    "depth of 190, often": json.dumps([json.loads("[" * 190 + "]" * 190)] * 600).encode(),
    "quotes": b'"' * SIZE,
    "backslashes": b'"' + b"\\" * (SIZE - 1),
    "escaped quotes without an end": b'"' + b'\\"' * (SIZE // 2),
    "surrogates": b'"' + b"\\ud83d" * (SIZE // 6) + b'"',
    "pairs of surrogates": b'"' + b"\\ud83d\\ude80" * (SIZE // 12) + b'"',
    "wide characters": json.dumps({"message": "🚀" * 2_000_000}, ensure_ascii=False).encode(),
    "integers of 900 digits": b"[" + b",".join([b"9" * 900] * 9_000) + b"]",
    "a long integer": b"9" * SIZE,
    "a long fraction": b"0." + b"9" * SIZE,
    "a long exponent": b"1e" + b"9" * SIZE,
    "white space": b" " * SIZE,
    "commas": filled(","),
    "wrong everywhere": json.dumps({"workload": {"metadata": dict.fromkeys(WRONG, "x" * 700_000)}}).encode(),
    "almost a DNS label": json.dumps({"workload": {"metadata": {"projectName": "a" * 7_000_000 + "!"}}}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("status", [200, 400])
def test_judging_takes_no_longer_than_the_body_is_long(name, status):
    """The worst of these takes half a second of a processor; what is quadratic takes minutes."""
    request = Request(method="GET", path="/api/v2/workloads/0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11")
    started = time.thread_time()
    answer = Response(status, (("content-type", "application/json"),), BODIES[name])
    size_in_memory(answer.body)
    judged = list(CHECKS.judge(Exchange(request, answer, None, 0.1)))
    assert time.thread_time() - started < 20
    for found in judged:
        assert len(found.message) <= 501
        assert len(found.expected) + len(found.observed) <= 16_002


@given(json_values)
def test_structure_is_counted_outside_texts(value):
    text = json.dumps(value)
    plain = json.dumps(blank(value))
    exact = sum(map(plain.count, "[{,:"))
    assert parts(text.encode(), exact) == exact
    assert parts(text.encode(), exact - 1) > exact - 1
    assert parts(text.encode()) >= exact


def blank(value):
    """The same structure without texts; names stay different."""
    if isinstance(value, dict):
        return {str(number): blank(item) for number, item in enumerate(value.values())}
    if isinstance(value, list):
        return [blank(item) for item in value]
    return "" if isinstance(value, str) else value


def test_the_largest_that_an_honest_server_sends_is_read():
    """Lists of 1,000, depth 60, texts of 1 MiB full of what JSON is made of, twice in one answer."""
    deep: object = "end"
    for _ in range(60):
        deep = {"a": [deep]}
    manifest = {
        "args": ["x"] * 1000, "env": [{"name": f"N{number}", "value": "v"} for number in range(1000)],
        "deep": deep, "text": '[{,:"\\' * (MIB // 6),
    }  # fmt: skip
    body = json.dumps({"workloadManifest": manifest, "rawManifest": manifest}).encode()
    assert decode_json(body).value == {"workloadManifest": manifest, "rawManifest": manifest}


def test_more_structure_is_declined_and_never_blamed():
    body = b"[" + b"[]," * MAX_PARTS + b"[]]"
    assert "members and elements" in str(decode_json(body).limit)
    answer = Response(200, (("content-type", "application/json"),), body)
    request = Request(method="GET", path="/api/v2/workloads/0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11")
    assert all(found.satisfied for found in CHECKS.judge(Exchange(request, answer, None, 0.1)))


@pytest.mark.parametrize("depth", [150, 250, 500, 20_000])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_whose_answer_it_is_is_known_however_deep_it_goes(opens, closes, depth):
    """Brackets in texts, escaped quotes and values after what is left out among it."""
    deep = f'{opens * depth}"]}}\\"[{{"{closes * depth}'
    found = decode_json(f'{{"a": "[{{", "deep": {deep}, "b": {{"c": [1, {deep}, 2]}}}}'.encode())
    if found.readable:
        assert found.outline == found.value
    else:
        assert found.value is None
        assert (found.outline["a"], found.outline["b"]["c"][::2]) == ("[{", [1, 2])


def test_an_integer_that_is_too_long_is_0_in_an_outline():
    found = decode_json(b'{"a": -%s, "b": {"c": "%s"}}' % (b"9" * 5000, b"8" * 2000))
    assert "digits" in str(found.limit)
    assert found.outline == {"a": 0, "b": {"c": "8" * 2000}}


@pytest.mark.parametrize("text", ['{"a": ' + "[" * 500, "]" * 500 + "[" * 500, "[" * 300 + "}" * 300 + "x"])
def test_what_is_no_json_has_no_outline(text):
    assert decode_json(text.encode()).outline is None


def test_names_that_stand_twice_are_told_up_to_ten():
    names = [f"{number:03}" + "x" * 500 for number in range(50)]
    found = decode_json(b"{" + b",".join(b'"%s":1,"%s":2' % (name.encode(), name.encode()) for name in names) + b"}")
    assert found.duplicates == tuple(name[:100] + "…" for name in names[:10])


SHOWN = [
    'Traceback (most recent call last)\n  File "a.py"', "x\n\tat com.acme.Foo.bar(Foo.java:12)",
    "  at a.b.<init>(Main.kt:3)", "  at A.B() in C:\\x\\y.cs:line 12", "  at Object.<anonymous> (/srv/app.js:1:2)",
    "  at async x file:///srv/app.mjs:10:20", "goroutine 1 [running]:", "a panic: runtime error: x",
    "thread 'main' panicked at src/main.rs", "near SELECT a, b FROM users", "UPDATE t SET a = 1", "INSERT INTO t",
    "DELETE FROM t WHERE", "SQLSTATE[42000]", "x\n\nat a.B.c(D.scala:9)",
]  # fmt: skip
NOT_SHOWN = [
    "look at this (Foo.java:12)", "at com.acme.Foo.bar(Foo.java:12)", "SELECT one FROM", "select a from b",
    "please UPDATE the SETTING of", "goroutine x [running]", "thread 'main' has panicked", "  at home in London",
    "SELECT a\nFROM t", "",
]  # fmt: skip


@pytest.mark.parametrize("text", SHOWN)
def test_internals_are_seen(text):
    assert shows_internals(text.encode(), None)
    assert shows_internals(b"", {"details": [{"message": text}]})


@pytest.mark.parametrize("text", NOT_SHOWN)
def test_other_texts_are_no_internals(text):
    assert not shows_internals(text.encode(), {"message": text})


# -- memory and headers -----------------------------------------------------------------------------------------------


def exchanges(url: str, number: int, keep: list[Exchange]) -> list[Exchange]:
    settings = load_settings({"target": url, "project-id": "1", "token-env": "T"}, {"T": "x.y.z"})

    async def send() -> None:
        async with Wire(settings, url, lambda *_: None) as wire:
            keep.extend([await wire.send(Request(method="GET", path="/x"), None) for _ in range(number)])

    asyncio.run(send())
    return keep


def answer(body: bytes, *lines: str):
    head = "\r\n".join(["HTTP/1.1 200 OK", "Connection: close", f"Content-Length: {len(body)}", *lines, "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


def test_answers_that_are_held_leave_no_room_for_large_ones_and_always_for_small(monkeypatch):
    monkeypatch.setattr(wires, "MOST", 5 * MIB)
    held: list[Exchange] = []
    with raw_server(answer(b'"' + b"a" * MIB + b'"')) as url:
        flaws = [found.response.flaw for found in exchanges(url, 4, held)]
    assert flaws[:2] == [None, None]
    assert flaws[2] == flaws[3] == f"the answers that are judged at a time hold {5 * MIB} bytes already"
    assert len(held[3].response.body) == 8192
    with raw_server(answer(b'"' + b"a" * 8000 + b'"')) as url:
        assert not any(found.response.flaw for found in exchanges(url, 4, []))


@pytest.mark.parametrize("escape", [b"\\", b"\\u0041", b"\\ud83d\\ude80", b"%41", b"%2541", b"&amp;", b"&#x41;"])
def test_secrets_are_looked_for_behind_no_more_escapes_than_are_honest(escape):
    body = escape * (SIZE // len(escape))
    with raw_server(answer(body)) as url:
        [found] = exchanges(url, 1, [])
    assert found.response.flaw == "it has more than 100000 escapes"
    assert len(found.response.body) <= 8192
    redactor = Redactor()
    redactor.add("eyJhbGciOiJub25lIn0.a-secret-of-many-characters", "TOKEN")
    started = time.thread_time()
    redactor.data(escape * (100_000 // sum(map(escape.count, (b"\\", b"%", b"&")))))
    assert time.thread_time() - started < 20


def test_what_is_given_up_makes_room():
    memory = Memory(100)
    one = memory.lease()
    assert one.grow(100)
    assert not memory.lease().grow(1)
    response = Response(200, (), b"", lease=one)
    brief = response.brief()
    del one, response
    assert memory.lease().grow(100)
    assert brief.size == 0


def test_header_lines_without_end_are_a_flaw():
    for lines in ([f"X{number}: y" for number in range(300)], ["X: " + "y" * 40_000]):
        with raw_server(answer(b"{}", *lines)) as url:
            [found] = exchanges(url, 1, [])
        assert "header lines" in str(found.response.flaw)
        assert sum(len(name) + len(value) for name, value in found.response.headers) <= 32_768
        assert len(found.response.headers) <= 200


# -- tokens -----------------------------------------------------------------------------------------------------------


class Endpoint:
    """A token endpoint in the place of the wire."""

    def __init__(self, body: bytes) -> None:
        self.body, self.asked = body, 0

    async def send(self, _request: Request, _authorization: str | None) -> Exchange:
        self.asked += 1
        return Exchange(_request, Response(200, (), self.body), None, 0.1)


def credentials(endpoint: Endpoint) -> ClientCredentials:
    return ClientCredentials(endpoint, Redactor(), ("id", "a secret of many characters"), TOKEN_ENDPOINTS["v1"])


@pytest.mark.parametrize(
    "life", ["0", "-1", "true", '"3600"', "null", "[]", "1" + "0" * 400, "0.0001", "1e300", "-1" + "0" * 400, "60"]
)
def test_a_token_is_not_asked_for_at_each_request(life):
    endpoint = Endpoint(b'{"accessToken": "abcdefgh", "expiresIn": %s}' % life.encode())
    source = credentials(endpoint)
    assert [asyncio.run(source.token()) for _ in range(50)] == ["abcdefgh"] * 50
    assert endpoint.asked == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"accessToken": "' + b"a" * 20_000 + b'"}', "a token of 20000 characters"),
        (b'{"accessToken": "two words"}', "a token of 9 characters"),
        (b'{"accessToken": "\\n"}', "a token of 1 characters"),
        (b'{"accessToken": "abcdefgh", "expiresIn": NaN}', "without a token"),
        (b"[" * 100_000, "could not be read: nested"),
        (BODIES["names twice"], "without a token"),
    ],
)
def test_what_is_no_token_is_refused_in_one_sentence(body, said):
    with pytest.raises(TargetError, match=said) as caught:
        asyncio.run(credentials(Endpoint(body)).token())
    assert len(str(caught.value)) < 300


def test_a_token_that_cannot_be_renewed_is_used_until_the_target_refuses_it(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    endpoint = Endpoint(b'{"accessToken": "abcdefgh", "expiresIn": 60}')
    source = credentials(endpoint)
    asyncio.run(source.token())
    endpoint.body = b"{}"
    for later in (1050.0, 1050.1, 1055.0, 1061.0):
        now = later
        assert asyncio.run(source.token()) == "abcdefgh"
    assert endpoint.asked == 4


def test_a_token_made_of_brackets_does_no_harm():
    assert claims("e30." + "W1tb" * 5_000 + ".x") == {}


# -- 429 and 503 ------------------------------------------------------------------------------------------------------


class Busy:
    """A transport on which every answer is 429, and time passes only in pauses."""

    began, full, gone = 1_767_225_600.0, None, ""

    def __init__(self, said: str) -> None:
        self.said, self.now = said, 0.0
        self.came: list[float] = []

    async def send(self, request: Request, _authorization: str | None, _trial: str) -> Exchange:
        self.came.append(self.now)
        return Exchange(request, Response(429, (("Retry-After", self.said),), b""), None, 0.0, self.now)

    async def pause(self, seconds: float) -> None:
        self.now += seconds


def repeated(said: str, patience: float) -> list[float]:
    transport = Busy(said)

    async def token() -> str:
        return "t"

    inventory = Inventory("wlc-abc123-", NoLedger())
    safety = Safety(Mode.FULL, "http://x", inventory)
    custody = WorkloadCustody(safety, inventory)
    client = Client(transport, SimpleNamespace(token=token), custody, patience=patience)
    asyncio.run(client.send(Request(method="GET", path="/api/v2/workloads/x")))
    return transport.came


@pytest.mark.parametrize("said", ["0", "0.0", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "²", "٣", "", "x" * 10_000])
def test_no_pause_at_all_is_a_few_requests_a_second(said):
    came = repeated(said, 60)
    assert max(sum(start <= time < start + 1 for time in came) for start in came) <= 4
    assert came[-1] > 50
    assert len(repeated(said, 86_400)) <= 101


def test_a_pause_that_is_asked_for_is_kept():
    came = repeated("7", 30)
    assert len(came) >= 4
    assert all(7 <= after - before <= 8.75 for before, after in itertools.pairwise(came)), "not all at one time"
    assert repeated("9" * 400, 30) == [0]


@given(
    st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,5} [0-9:]{1,9} [-+A-Z0-9]*")
)
def test_any_retry_after_is_a_number_of_seconds(value):
    assert retry_after(Response(429, (("Retry-After", value),), b""), 0.0) >= 0
