"""The entries of a record, and how an exchange becomes one and comes back.

`run` is the first: what was judged, how and with what. `body` precedes the exchanges that refer to it by digest.
`exchange` tells the trial, the request as it was sent, and what came. `fact` is what only the moment told. `test` says
that a test's turn came, `finding` what was found, and `end` is the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workloads_conformance.client import Authorization, Exchange, Redactor, Request, Response

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
    """Returns what came of a request, which holds no secrets any more; `body` is the digest of the answer's body."""
    entry: dict[str, Any] = {"started": exchange.started, "seconds": exchange.seconds}
    answer = exchange.response
    if answer is None:
        entry["failure"] = exchange.failure
    else:
        entry |= {"status": answer.status, "reply_headers": answer.headers, "reply_body": body}
        if answer.flaw is not None:
            entry["flaw"] = answer.flaw
    if exchange.stale:
        entry["stale"] = True
    return entry


def response_of(entry: Mapping[str, Any], body: Callable[[str], bytes]) -> tuple[Response | None, str | None]:
    """Returns the response in an entry, or why there was none; `body` finds a body by its digest."""
    if "failure" in entry:
        return None, entry["failure"]
    headers = tuple((name, value) for name, value in entry["reply_headers"])
    return Response(entry["status"], headers, body(entry["reply_body"]), entry.get("flaw")), None


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
