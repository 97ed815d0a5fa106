"""Honest servers that speak HTTP in another way."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import jwt

from workloads_conformance.reference import app, serving, tokens
from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.exchanges import COLLECTION, App, Call, Filtered, InLines, Reply, error_reply
from workloads_conformance.selfcheck.patching import on_call, on_reply, put, wrap

# -- HTTP -----------------------------------------------------------------------------------------------------------


@variant(clashes=("service-is-unavailable-at-times",))
def rate_is_limited() -> None:
    """Every tenth request returns 429, with a time to wait."""
    _busy(429, 10)


@variant(clashes=("rate-is-limited",))
def service_is_unavailable_at_times() -> None:
    """Every fortieth request returns 503, with a time to wait."""
    _busy(503, 40)


def _busy(status: int, each: int) -> None:
    numbers = itertools.count(1)

    def before(call: Call) -> Call | Reply:
        if call.operation is None or next(numbers) % each:
            return call
        reply = error_reply(status, "try again")
        return replace(reply, headers=reply.headers | {b"retry-after": b"0"})

    on_call(before)


@variant()
def validators_are_left_out() -> None:
    """GET has no ETag."""
    on_reply(lambda _call, reply: replace(reply, headers={k: v for k, v in reply.headers.items() if k != b"etag"}))


@variant()
def validators_are_weak() -> None:
    """GET has a weak ETag, which is the same as long as the workload's name is."""
    put(app, "_validator", lambda body: f'W/"{json.loads(body)["workload"]["metadata"]["name"]}"')


@variant()
def expired_tokens_have_a_leeway() -> None:
    """A token is good for four minutes after it has expired, for clocks differ."""
    put(tokens, "jwt", SimpleNamespace(**vars(jwt) | {"decode": partial(jwt.decode, leeway=240)}))


@variant()
def connections_are_closed() -> None:
    """Every connection is closed after one answer."""
    on_reply(lambda _call, reply: replace(reply, headers=reply.headers | {b"connection": b"close"}))


@variant()
def head_and_options_are_405() -> None:
    """HEAD and OPTIONS are methods that no path has."""

    def before(call: Call) -> Call | Reply:
        if call.method not in ("HEAD", "OPTIONS"):
            return call
        reply = error_reply(405)
        return replace(reply, headers=reply.headers | {b"allow": b"GET, POST, PUT, DELETE"})

    on_call(before)


@variant()
def unknown_methods_are_501() -> None:
    """PATCH is a method that the server knows nowhere."""
    on_call(lambda call: error_reply(501) if call.method == "PATCH" and call.path.startswith(COLLECTION) else call)


@variant()
def media_type_has_parameters() -> None:
    """Answers are Application/JSON with a charset."""
    on_reply(
        lambda _call, reply: (
            replace(reply, headers=reply.headers | {b"content-type": b"Application/JSON; charset=utf-8"})
            if reply.headers.get(b"content-type") == b"application/json"
            else reply
        )
    )


@variant()
def json_is_written_otherwise() -> None:
    """JSON is indented, its members are in another order, and letters outside ASCII are escaped."""
    on_reply(
        lambda _call, reply: (
            reply.with_body(json.dumps(reply.json, indent=4, sort_keys=True).encode())
            if reply.headers.get(b"content-type") == b"application/json" and reply.body
            else reply
        )
    )


@variant(clashes=("bodies-are-compressed-in-members",))
def bodies_are_compressed() -> None:
    """Answers are in gzip where the client takes it."""
    _compressed(gzip.compress)


@variant(clashes=("bodies-are-compressed",))
def bodies_are_compressed_in_members() -> None:
    """Answers are in gzip of several members, as whoever compresses piece by piece sends them."""
    _compressed(lambda body: b"".join(gzip.compress(part) for part in (body[:100], body[100:], b"")))


def _compressed(compress: Callable[[bytes], bytes]) -> None:
    def after(call: Call, reply: Reply) -> Reply:
        if b"gzip" not in call.headers.get(b"accept-encoding", b"") or not reply.body:
            return reply
        coded = replace(reply, headers=reply.headers | {b"content-encoding": b"gzip", b"vary": b"Accept-Encoding"})
        return coded.with_body(compress(reply.body))

    on_reply(after)


@variant()
def bodies_are_chunked() -> None:
    """Answers do not announce their length beforehand."""
    on_reply(
        lambda _call, reply: replace(
            reply, headers={name: value for name, value in reply.headers.items() if name != b"content-length"}
        )
    )


@variant()
def several_schemes_are_offered() -> None:
    """401 offers Basic beside Bearer."""
    on_reply(
        lambda _call, reply: (
            replace(reply, headers=reply.headers | {b"www-authenticate": b'Basic realm="w", Bearer realm="w"'})
            if reply.status == 401
            else reply
        )
    )


@variant()
def lists_stand_in_several_lines() -> None:
    """WWW-Authenticate and Allow have a line for each challenge and each method, another scheme's before Bearer."""

    def after(_call: Call, reply: Reply) -> Reply:
        if reply.status != 401:
            return reply
        return replace(reply, headers=reply.headers | {b"www-authenticate": b'Basic realm="w", Bearer realm="w"'})

    def around(make: Callable[[Any, Any], App]) -> Callable[[Any, Any], App]:
        return lambda *parts: InLines(Filtered(make(*parts), after=after), b"www-authenticate", b"allow")

    wrap(serving, "make_app", around)


@variant()
def long_lines_are_refused_by_the_front() -> None:
    """A request line or a header of more than 1000 octets returns 414 or 431 by what is before the server."""

    def before(call: Call) -> Call | Reply:
        if len(call.path) + len(call.query) > _LONG_LINE:
            return Reply(414, {b"content-type": b"text/html"}, b"<h1>414</h1>").with_body(b"<h1>414</h1>")
        if any(len(value) > _LONG_LINE for value in call.headers.values()):
            return Reply(431, {b"content-type": b"text/html"}, b"").with_body(b"")
        return call

    on_call(before)


_LONG_LINE = 1000


@variant(clashes=("long-lines-are-refused-by-the-front",))
def long_ids_are_414() -> None:
    """A path of more than 200 characters is URI Too Long."""
    on_call(lambda call: error_reply(414) if len(call.path) > 200 else call)


@variant(clashes=("long-lines-are-refused-by-the-front",))
def tokens_in_queries_are_too_long() -> None:
    """A query of more than 100 characters returns 414, whoever asks."""
    on_call(lambda call: error_reply(414) if len(call.query) > 100 else call)
