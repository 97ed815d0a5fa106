"""The entries of a record, and how an exchange becomes one and comes back.

`run` is the first: what was judged, how and with what. `body` precedes the exchanges that refer to it by digest.
`exchange` has the trial, the request as it was sent, and what came. `recorded_value` is a value that a replay cannot
compute. `test` says that a test's turn came, `finding` what was found, and `end` is the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from workloads_conformance.http import Authorization, Exchange, Request, Response
from workloads_conformance.output import Redactor

from .hidden import HiddenShapes, restored, stand_ins

LINE = ("stale", "away", "outages", "gone")
"""What an entry says, where there is something to say, of the line on which the exchange was."""

RECORD_FORMAT = "workloads-conformance-record/1"


def request_entry(request: Request, redactor: Redactor, body: str | None) -> dict[str, Any]:
    """Returns a request without secrets; `body` is the digest of its body.

    Credentials stand as a command would write them (`Bearer $TOKEN`): an altered token is told by how it was altered,
    for the rest of it would give the token away.
    """
    entry: dict[str, Any] = {"method": request.method, "path": redactor.text(request.path)}
    if request.query:
        entry["query"] = [[redactor.text(name), redactor.text(value)] for name, value in request.query]
    if request.headers:
        entry["headers"] = [[name, redactor.text(value)] for name, value in request.headers]
    if request.without:
        entry["without"] = sorted(request.without)
    if request.authorization is not None:
        shell = request.authorization.shell
        entry["authorization"] = None if shell is None else redactor.text(shell)
    if body is not None:
        entry["body"] = body
    return entry


def response_entry(exchange: Exchange, body: str | None) -> dict[str, Any]:
    """Returns what came of a request, without secrets; `body` is the digest of the answer's body."""
    entry: dict[str, Any] = {"started": exchange.started, "seconds": exchange.seconds}
    answer = exchange.response
    if answer is None:
        entry["failure"] = exchange.failure
    else:
        entry |= {"status": answer.status, "reply_headers": answer.public.headers, "reply_body": body}
        if answer.flaw is not None:
            entry["flaw"] = answer.flaw
    entry |= {name: getattr(exchange, name) for name in LINE if getattr(exchange, name)}
    return entry


def hidden_entry(answer: Response, redacted: Response, shapes: HiddenShapes) -> dict[str, Any]:
    """Returns the shapes of what was hidden of an answer; nothing where that cannot be known."""
    try:
        parts = {
            "headers": shapes.parts(_header_text(answer), _header_text(redacted)),
            "body": shapes.parts(answer.body.decode("latin-1"), redacted.body.decode("latin-1")),
        }
    except ValueError:
        return {}
    return {"hidden": parts}


def _header_text(answer: Response) -> str:
    return "\n".join(f"{name}\0{value}" for name, value in answer.headers)


def shown_of(entry: Mapping[str, Any], body: Callable[[str], bytes]) -> tuple[Response | None, str | None]:
    """Returns the response in an entry as it may be shown, or why there was none; `body` finds a body by its digest."""
    if "failure" in entry:
        return None, entry["failure"]
    headers = tuple((name, value) for name, value in entry["reply_headers"])
    return Response(entry["status"], headers, body(entry["reply_body"]), entry.get("flaw")), None


def response_of(
    entry: Mapping[str, Any], body: Callable[[str], bytes], redactor: Redactor
) -> tuple[Response | None, str | None]:
    """Returns the response in an entry as it is judged, or why there was none; `body` finds a body by its digest.

    What was hidden of it is there again as a text of the same shape, which the redactor hides from now on.
    """
    shown, failure = shown_of(entry, body)
    if shown is None or "hidden" not in entry:
        return shown, failure
    head, text = _header_text(shown), shown.body.decode("latin-1")
    try:
        in_head, in_body = stand_ins(entry["hidden"]["headers"], head), stand_ins(entry["hidden"]["body"], text)
    except ValueError:  # of another answer: somebody has altered the record
        return shown, None
    for place, there in (*in_head, *in_body):
        if place != there:
            redactor.add(there.encode("latin-1").decode("utf-8", "replace"), place.removeprefix("$"))
    lines = restored(head, in_head).split("\n") if head else []
    pairs = tuple((name, value) for name, _, value in (line.partition("\0") for line in lines))
    return replace(shown, headers=pairs, body=restored(text, in_body).encode("latin-1"), redacted=shown), None


def request_of(entry: Mapping[str, Any], body: Callable[[str], bytes]) -> Request:
    """Returns the request in an entry, as it can be shown: secrets stand as `$NAME`."""
    shell = entry.get("authorization")
    return Request(
        method=entry["method"],
        path=entry["path"],
        query=tuple((name, value) for name, value in entry.get("query", ())),
        headers=tuple((name, value) for name, value in entry.get("headers", ())),
        without=frozenset(entry.get("without", ())),
        authorization=Authorization(shell, shell) if "authorization" in entry else None,
        body=body(entry["body"]) if "body" in entry else None,
    )
