"""HTTP and JSON around the operations: media types, methods, encodings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from workloads_conformance.reference import app
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import COLLECTION, Call, Reply, error_reply
from workloads_conformance.selfcheck.patching import change_reply, edit_workload, on_call, on_reply, put

_BROKEN = ("WV2-*",)


def _media_type(text: bytes | None, *operations: str) -> None:
    def change(reply: Reply) -> Reply:
        others = {name: value for name, value in reply.headers.items() if name != b"content-type"}
        return replace(reply, headers=others | ({b"content-type": text} if text else {}))

    change_reply(change, *operations)


@fault("WV2-HTTP-001")
def media_type_is_missing() -> None:
    """Answers to POST have no Content-Type."""
    _media_type(None, "create")


@fault("WV2-HTTP-001")
def media_type_is_text() -> None:
    """GET answers JSON as text/plain, and browsers and clients do not parse it."""
    _media_type(b"text/plain; charset=utf-8", "get")


@fault("WV2-HTTP-001")
def media_type_is_text_json() -> None:
    """DELETE answers as text/json."""
    _media_type(b"text/json", "delete")


def _bytes(change: Callable[[bytes], bytes], *operations: str) -> None:
    change_reply(lambda reply: reply.with_body(change(reply.body)) if reply.body else reply, *operations)


@fault("WV2-HTTP-002", also=_BROKEN)
def body_is_cut() -> None:
    """The last byte of answers to GET is missing."""
    _bytes(lambda body: body[:-1], "get")


@fault("WV2-HTTP-002", also=_BROKEN)
def body_has_a_byte_order_mark() -> None:
    """Answers to POST begin with a byte order mark, which RFC 8259 forbids."""
    _bytes(lambda body: b"\xef\xbb\xbf" + body, "create")


@fault("WV2-HTTP-002", also=_BROKEN)
def body_is_utf_16() -> None:
    """Answers to PUT are in UTF-16."""
    _bytes(lambda body: body.decode().encode("utf-16"), "update")


@fault("WV2-HTTP-002", also=_BROKEN)
def body_is_latin_1() -> None:
    """Answers are in Latin-1: a letter with an accent breaks them."""
    edit_workload(lambda workload: workload.update(note="é"))
    _bytes(lambda body: json.dumps(json.loads(body), ensure_ascii=False).encode("latin-1", "replace"))


@fault("WV2-HTTP-002", also=_BROKEN)
def body_has_nan() -> None:
    """Answers to GET hold NaN, which is not JSON."""
    edit_workload(lambda workload: workload.update(progress=float("nan")), "get")


@fault("WV2-HTTP-002", also=_BROKEN)
def body_is_two_values() -> None:
    """Answers to DELETE are two JSON values, one after the other."""
    _bytes(lambda body: body + b"\n{}", "delete")


@fault("WV2-HTTP-002", also=_BROKEN)
def body_is_python() -> None:
    """Answers to POST are Python's notation of a dictionary: single quotes, None, True."""
    _bytes(lambda body: repr(json.loads(body)).encode(), "create")


@fault("WV2-HTTP-003")
def member_stands_twice() -> None:
    """Answers to GET have `workload` twice, and parsers choose differently."""
    _bytes(lambda body: b'{"syncInfo":{"status":"Synced"},' + body[1:], "get")


@fault("WV2-HTTP-003")
def id_stands_twice() -> None:
    """The metadata in answers to POST have the id twice."""
    _bytes(lambda body: body.replace(b'"metadata": {', b'"metadata": {"id": "0",', 1).replace(
        b'"metadata":{', b'"metadata":{"id":"0",', 1), "create")  # fmt: skip


# -- methods --------------------------------------------------------------------------------------------------------


@fault("WV2-HTTP-005")
def allow_is_missing() -> None:
    """405 comes without Allow."""
    on_reply(
        lambda _call, reply: (
            replace(reply, headers={name: value for name, value in reply.headers.items() if name != b"allow"})
            if reply.status == 405
            else reply
        )
    )


def _allow(methods: Callable[[bytes], bytes]) -> None:
    on_reply(
        lambda _call, reply: (
            replace(reply, headers=reply.headers | {b"allow": methods(reply.headers[b"allow"])})
            if b"allow" in reply.headers
            else reply
        )
    )


@fault("WV2-HTTP-005")
def allow_names_what_is_refused() -> None:
    """Allow lists PATCH in the 405 to it: a client tries it again and again."""
    _allow(lambda methods: methods + b", PATCH")


@fault("WV2-HTTP-005")
def allow_lacks_a_method() -> None:
    """Allow leaves DELETE out: a client that asks first never deletes."""
    _allow(lambda methods: methods.replace(b", DELETE", b""))


@fault("WV2-HTTP-005")
def allow_of_the_collection_is_that_of_a_workload() -> None:
    """Allow of the collection is a constant, and POST is not in it."""
    _allow(lambda methods: methods.replace(b"POST", b"GET, PUT, DELETE"))


@fault("WV2-HTTP-005")
def allow_is_in_small_letters() -> None:
    """Allow has the methods in small letters, and their names are case-sensitive."""
    _allow(bytes.lower)


@fault("WV2-HTTP-005")
def head_is_refused_and_named() -> None:
    """HEAD returns 405 with an Allow that lists it: a cache that asks first is sent in circles."""
    headers = {b"allow": b"GET, HEAD, PUT, DELETE", b"content-type": b"application/json"}
    on_call(lambda call: Reply(405, headers, b"") if call.method == "HEAD" else call)


@fault("WV2-HTTP-005")
def patch_is_404() -> None:
    """PATCH of a workload that exists returns 404."""
    on_call(lambda call: error_reply(404) if call.method == "PATCH" else call)


@fault("WV2-HTTP-005")
def patch_is_accepted() -> None:
    """PATCH returns 200 and does nothing."""
    on_call(lambda call: Reply(200, {b"content-type": b"application/json"}, b"{}") if call.method == "PATCH" else call)


@fault("WV2-HTTP-011", also=("WV2-*",))
def head_deletes() -> None:
    """HEAD is routed to what DELETE does."""
    on_call(lambda call: replace(call, method="DELETE") if call.method == "HEAD" else call)


@fault("WV2-HTTP-011", also=("WV2-*",))
def options_updates() -> None:
    """OPTIONS is routed to what PUT does with an empty body."""

    def before(call: Call) -> Call:
        if call.method != "OPTIONS" or not call.path.startswith(COLLECTION + "/"):
            return call
        headers = call.headers | {b"content-type": b"application/json"}
        return replace(call, method="PUT", headers=headers).with_json({"metadata": {"priority": "very-low"}})

    on_call(before)


# -- negotiation ----------------------------------------------------------------------------------------------------


def _header(call: Call, name: bytes) -> str:
    return call.headers.get(name, b"").decode("latin-1")


@fault("WV2-HTTP-008", also=("WV2-*",))
def accept_is_compared_word_for_word() -> None:
    """An Accept that is not exactly application/json or */* returns 406: no browser gets an answer."""
    on_call(lambda call: error_reply(406) if _header(call, b"accept") not in ("", "*/*", "application/json") else call)


@fault("WV2-HTTP-008", also=("WV2-*",))
def accept_with_a_quality_is_refused() -> None:
    """An Accept with a quality value returns 406."""
    on_call(lambda call: error_reply(406) if "q=" in _header(call, b"accept") else call)


@fault("WV2-HTTP-009", also=("WV2-*",))
def charset_is_refused() -> None:
    """application/json; charset=utf-8 returns 415, and most clients send it."""
    on_call(lambda call: error_reply(415) if "charset" in _header(call, b"content-type").lower() else call)


@fault("WV2-HTTP-009", also=("WV2-*",))
def media_type_is_case_sensitive() -> None:
    """Application/JSON returns 415."""
    on_call(lambda call: error_reply(415) if "JSON" in _header(call, b"content-type") else call)


@fault("WV2-HTTP-015")
def validators_outlive_updates() -> None:
    """GET has the ETag of the workload's id, and a cache goes on showing what was there before."""
    put(app, "_validator", lambda body: f'"{json.loads(body)["workload"]["metadata"]["id"]}"')
