"""Errors of the wrong shape, mostly in one place only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply
from workloads_conformance.selfcheck.patching import change_reply, edit_error, on_reply

_ERRORS = range(400, 600)
_SHAPE = ("WV2-ERROR-*", "WV2-HTTP-001", "WV2-HTTP-002")


def _typed(reply: Reply, media_type: bytes, body: bytes | None = None) -> Reply:
    changed = replace(reply, headers=reply.headers | {b"content-type": media_type})
    return changed if body is None else changed.with_body(body)


@fault("WV2-ERROR-001")
def code_is_missing() -> None:
    """Errors have no code."""
    edit_error(lambda body: body.pop("code", None), status=_ERRORS)


@fault("WV2-ERROR-001")
def code_is_a_text() -> None:
    """An error's code is a text."""
    edit_error(lambda body: body.update(code=str(body.get("code"))), status=_ERRORS)


@fault("WV2-ERROR-001")
def code_is_a_word() -> None:
    """An error's code is a word such as CONFLICT, on conflicts only."""
    edit_error(lambda body: body.update(code="CONFLICT"), status=(409,))


@fault("WV2-ERROR-001")
def message_is_missing() -> None:
    """404 has no message."""
    edit_error(lambda body: body.pop("message", None), status=(404,))


@fault("WV2-ERROR-001")
def message_is_null() -> None:
    """403 has the message null."""
    edit_error(lambda body: body.update(message=None), status=(403,))


@fault("WV2-ERROR-001")
def message_is_a_list() -> None:
    """400 has a list of messages where one is asked for."""
    edit_error(lambda body: body.update(message=[body.get("message")]), status=(400,))


@fault("WV2-ERROR-001")
def details_are_an_object() -> None:
    """An error's details are an object by member, and no text."""
    edit_error(lambda body: body.update(details={"field": body["details"]}) if "details" in body else 0, status=(400,))


@fault("WV2-ERROR-001")
def details_are_a_list() -> None:
    """An error's details are a list."""
    edit_error(lambda body: body.update(details=[]), "update", status=_ERRORS)


@fault("WV2-ERROR-001")
def details_are_null() -> None:
    """An error's details are null where there are none, which the schema does not allow."""
    edit_error(lambda body: body.setdefault("details", None), status=_ERRORS)


@fault("WV2-ERROR-001")
def error_is_wrapped() -> None:
    """Errors of DELETE are wrapped in a member `error`."""
    change_reply(lambda reply: reply.with_json({"error": reply.json}), "delete", status=_ERRORS)


@fault("WV2-ERROR-001")
def error_is_of_rfc_9457() -> None:
    """Errors have title, status and detail, as RFC 9457 has them, and not what the contract has."""
    change_reply(
        lambda reply: reply.with_json({"title": "Error", "status": reply.status, "detail": "no"}), status=_ERRORS
    )


@fault("WV2-ERROR-001")
def error_is_a_text() -> None:
    """404 is a JSON text."""
    change_reply(lambda reply: reply.with_json("not found"), status=(404,))


@fault("WV2-ERROR-001", also=_SHAPE)
def error_is_empty() -> None:
    """401 has no body."""
    change_reply(lambda reply: reply.with_body(b""), status=(401,))


@fault("WV2-ERROR-001", "WV2-HTTP-001", also=_SHAPE)
def not_found_is_html() -> None:
    """404 is a page of HTML, from the proxy in front."""
    change_reply(lambda reply: _typed(reply, b"text/html", b"<html><h1>Not found</h1></html>"), status=(404,))


@fault("WV2-ERROR-001", "WV2-HTTP-001", also=_SHAPE)
def delete_not_found_is_plain() -> None:
    """404 to DELETE is plain text; other operations answer in JSON."""
    change_reply(lambda reply: _typed(reply, b"text/plain", b"404 page not found"), "delete", status=(404,))


@fault("WV2-HTTP-001")
def errors_are_problem_json() -> None:
    """Errors come as application/problem+json."""
    change_reply(lambda reply: _typed(reply, b"application/problem+json"), status=_ERRORS)


@fault("WV2-ERROR-002")
def code_is_one_of_its_own() -> None:
    """An error's code is the number of the platform's message, and not the status."""
    edit_error(lambda body: body.update(code=599), status=_ERRORS)


@fault("WV2-ERROR-002")
def code_is_400_for_all() -> None:
    """An error's code is 400 whatever the status is."""
    edit_error(lambda body: body.update(code=400), status=_ERRORS)


@fault("WV2-ERROR-001")
def code_is_out_of_range() -> None:
    """An error's code is 4004, which is not a status at all."""
    edit_error(lambda body: body.update(code=4004), status=(404,))


@fault("WV2-ERROR-002")
def code_of_conflicts_is_400() -> None:
    """The code of 409 is 400."""
    edit_error(lambda body: body.update(code=400), status=(409,))


def _trace(text: str, shows: Callable[[Call, Reply], bool]) -> None:
    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        shown = call.operation and shows(call, reply) and isinstance(body, dict)
        return reply.with_json(body | {"details": text}) if shown and isinstance(body, dict) else reply

    on_reply(after)


@fault("WV2-ERROR-003")
def python_trace_is_shown() -> None:
    """400 shows a stack trace of Python."""
    _trace('Traceback (most recent call last):\n  File "/srv/app.py", line 3', lambda _call, reply: reply.status == 400)


@fault("WV2-ERROR-003")
def go_trace_is_shown() -> None:
    """404 shows a stack trace of Go."""
    _trace(
        "panic: runtime error: invalid memory address\n\ngoroutine 41 [running]:\nmain.get(0x0)\n\t/src/get.go:71",
        lambda _call, reply: reply.status == 404,
    )


@fault("WV2-ERROR-003")
def java_trace_is_shown() -> None:
    """409 shows a stack trace of Java."""
    _trace(
        "java.lang.IllegalStateException: duplicate key\n\tat ai.run.Store.insert(Store.java:41)",
        lambda _call, reply: reply.status == 409,
    )


@fault("WV2-ERROR-003")
def statement_is_shown() -> None:
    """409 shows the SQL statement that failed, with the names of tables and columns."""
    _trace(
        'ERROR: duplicate key value violates unique constraint "workloads_name_key" (SQLSTATE 23505): '
        "INSERT INTO workloads (name, project_id) VALUES ($1, $2)",
        lambda _call, reply: reply.status == 409,
    )


@fault("WV2-ERROR-001", also=("WV2-HTTP-001",))
def unknown_workload_is_an_empty_404() -> None:
    """404 to PUT has no body at all."""
    change_reply(lambda reply: Reply(404, {b"content-length": b"0"}, b"") if reply else reply, "update", status=(404,))


def _error_of(*operations: str) -> Callable[[Callable[[dict[str, Any]], object]], None]:
    return lambda edit: edit_error(edit, *operations, status=_ERRORS)


@fault("WV2-ERROR-001")
def errors_of_get_are_shouted() -> None:
    """Errors of GET have the members Code and Message, in capitals."""
    _error_of("get")(lambda body: body.update(Code=body.pop("code", 0), Message=body.pop("message", "")))
