"""Whatever a server does, an exchange ends within its deadline and within 64 MiB, as an answer, a flaw or a failure."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path

import pytest
from support.sampled import sampled
from support.servers import raw_server

from workloads_conformance.http import Exchange, Request, Wire
from workloads_conformance.settings import load_settings

DEADLINE = 2.0
ALLOWED = 64 * 1024
"""KiB."""


def memory() -> int:
    """The process's peak of resident memory since it was last reset, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def exchange(url: str, deadline: float = DEADLINE) -> Exchange:
    settings = load_settings(
        {"target": url, "project-id": "1", "token-env": "T", "deadline": str(deadline)}, {"T": "x.y.z"}
    )

    async def send() -> Exchange:
        async with Wire(settings, url, lambda *_: None) as wire:
            return await wire.send(Request(method="GET", path="/api/v2/workloads/x"), "Bearer planted-token")

    return asyncio.run(send())


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *lines, "", ""]).encode()


def whole(body: bytes, *lines: str) -> bytes:
    return head(f"Content-Length: {len(body)}", *lines) + body


def sends(data: bytes):
    return lambda connection: connection.sendall(data)


def endless(connection: socket.socket) -> None:
    connection.sendall(head("Transfer-Encoding: chunked"))
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    while True:
        connection.sendall(chunk)


def slowly(data: bytes):
    def answer(connection: socket.socket) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(0.3)

    return answer


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


HOSTILE = {
    "gzip bomb": (sends(whole(gzip.compress(b"a" * 400_000_000, 1), "Content-Encoding: gzip")), "larger than"),
    "damaged gzip": (sends(whole(b"\x1f\x8bnonsense", "Content-Encoding: gzip")), "damaged"),
    "unasked coding": (sends(whole(b"x", "Content-Encoding: br")), "not asked for"),
    "endless body": (endless, "larger than"),
    "a byte a second": (slowly(head("Content-Length: 100") + b"{" * 100), "no complete answer within"),
    "endless header": (lambda connection: [connection.sendall(b"X: y\r\n" * 1000) for _ in range(10_000)], "broke off"),
    "silence": (lambda _: time.sleep(DEADLINE + 3), "no complete answer within"),
    "reset": (reset, "broke off"),
    "closed at once": (lambda _: None, "broke off"),
    "closed half-way": (sends(head("Content-Length: 100") + b"{"), "broke off"),
    "no HTTP": (sends(b"220 smtp.example.com ready\r\n"), "broke off"),
    "deep JSON": (sends(whole(b"[" * 100_000 + b"]" * 100_000)), "nested"),
    "deep objects": (sends(whole(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)), "nested"),
    "huge integer": (sends(whole(b"9" * 5000)), "digits"),
    "invalid UTF-8": (sends(whole(b'"\xff\xfe"')), "not UTF-8"),
    "NaN": (sends(whole(b"NaN")), "NaN"),
}


HONEST = {
    "half of a surrogate pair (RFC 8259, 8.2)": (b'["\\ud800x", "\\ud83d\\ude80"]', ["\ufffdx", "🚀"]),
    "half of a pair as a name": (b'{"\\udc00": "\\ud800\\ud800"}', {"\ufffd": "\ufffd\ufffd"}),
}


@pytest.mark.parametrize("name", HONEST)
def test_json_by_its_grammar_is_read(name):
    sent, read = HONEST[name]
    with raw_server(sends(whole(sent))) as url:
        response = exchange(url).response
    assert response is not None
    assert (response.json.error, response.json.limit, response.json.value) == (None, None, read)
    json.dumps(response.json.value, ensure_ascii=False).encode()


TEXT = b'{"a": "' + b"x" * 100_000 + b'"}'
MEMBERS = {
    "one member": gzip.compress(TEXT),
    "two members": gzip.compress(TEXT[:10]) + gzip.compress(TEXT[10:]),
    "a member for each piece, some empty": b"".join(
        gzip.compress(TEXT[at : at + 999]) for at in range(0, 101_000, 999)
    ),
}


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("coding", ["gzip", "x-gzip"])
def test_gzip_is_a_series_of_members(name, coding):
    """RFC 1952, 2.2."""
    with raw_server(sends(whole(MEMBERS[name], f"Content-Encoding: {coding}"))) as url:
        response = exchange(url).response
    assert response is not None
    assert (response.flaw, response.body) == (None, TEXT)


@pytest.mark.parametrize(
    ("sent", "flaw"),
    [
        (gzip.compress(TEXT) + b"\x1f\x8bnonsense", "damaged"),
        (gzip.compress(TEXT) + gzip.compress(TEXT)[:-5], "ends too early"),
        (gzip.compress(b"a" * 5_000_000) * 2, "larger than"),
        (gzip.compress(b"") * 100_000 + gzip.compress(b"a" * 9_000_000), "larger than"),
    ],
    ids=["damaged", "cut", "too large together", "many empty ones before what is too large"],
)
def test_a_later_member_is_held_to_the_limits_too(sent, flaw):
    with raw_server(sends(whole(sent, "Content-Encoding: gzip"))) as url:
        response = exchange(url, deadline=60).response
    assert response is not None
    assert flaw in (response.flaw or "")


@pytest.mark.parametrize("name", HOSTILE)
def test_an_exchange_ends_and_says_why(name):
    answer, said = HOSTILE[name]
    with raw_server(answer) as url:
        Path("/proc/self/clear_refs").write_text("5")
        before, started = memory(), time.monotonic()
        result = exchange(url)
        passed, grown = time.monotonic() - started, memory() - before
    response = result.response
    told = [result.failure, *((response.flaw, response.json.error, response.json.limit) if response else ())]
    assert any(said in text for text in told if text), told
    assert passed < DEADLINE + 30, "far more than any machine takes"
    assert grown < ALLOWED


def test_control_characters_in_the_reason_phrase_do_no_harm():
    with raw_server(sends(b"HTTP/1.1 200 \x1b[2J\x07O\tK\r\nContent-Length: 2\r\n\r\n{}")) as url:
        result = exchange(url)
    assert result.failure is None or "broke off" in result.failure
    assert "\x1b" not in (result.failure or "")


def test_no_redirect_is_followed_and_no_header_of_ours_leaves():
    seen: list[bool] = []
    with raw_server(lambda _: seen.append(True)) as other:
        redirect = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {other}/api\r\nContent-Length: 0\r\n\r\n".encode()
        with raw_server(sends(redirect)) as url:
            result = exchange(url)
    assert result.response is not None
    assert result.response.status == 307
    assert not seen


@pytest.mark.parametrize(
    "name", sampled(["gzip bomb", "a byte a second", "deep JSON", "reset", "invalid UTF-8", "no HTTP"], 3)
)
def test_a_run_against_it_ends_inconclusive_with_one_sentence(name, command):
    answer, _ = HOSTILE[name]
    with raw_server(answer) as url:
        done = command(
            *("run", "--target", url, "--project-id", "1", "--token-env", "T", "--deadline", "1", "--settle", "1"),
            environ={"T": "x.y.z"},
        )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    [sentence] = [line for line in done.stderr.splitlines() if line.startswith("workloads-conformance:")]
    assert url in sentence


def test_the_listener_is_gone_afterwards():
    """The helper itself: a server that stayed would make the next test judge the wrong one."""
    with raw_server(reset) as url:
        pass
    host, port = url.removeprefix("http://").split(":")
    with suppress(ConnectionRefusedError), socket.create_connection((host, int(port)), 1):
        pytest.fail("still listening")
