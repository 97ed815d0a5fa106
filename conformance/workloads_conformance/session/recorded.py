"""An exchange as the report keeps it: text without secrets, the bodies cut."""

from __future__ import annotations

from collections.abc import Iterable
from http.client import responses

from workloads_conformance.http import Exchange
from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import Snippets
from workloads_reports import Message, RecordedExchange

_LONGEST = 4000
"""Characters of a body that the report keeps."""

_HIDDEN = {"set-cookie"}
"""Headers whose values are credentials unknown to the redactor."""


def recorded(exchange: Exchange, snippets: Snippets, redactor: Redactor) -> RecordedExchange:
    """Returns the exchange for the report."""
    request, answer = exchange.request, exchange.response.public if exchange.response else None
    body = request.body or b""
    sent = _message(
        f"{request.method} {request.target} HTTP/1.1", snippets.headers(request), body, redactor, size=len(body)
    )
    received = None
    if answer is not None:
        start = _status_line(answer.status)
        received = _message(start, answer.headers, answer.body, redactor, size=answer.size)
    flaw = answer.flaw if answer else exchange.failure
    return RecordedExchange(
        request=sent, response=received, failure=redactor.text(flaw or ""), seconds=round(exchange.seconds, 4)
    )


def _message(start: str, headers: Iterable[tuple[str, str]], body: bytes, redactor: Redactor, *, size: int) -> Message:
    # Secrets go before the cut, which could leave the half of one.
    text = redactor.text(body.decode("utf-8", "backslashreplace"))
    return Message(
        start=redactor.text(start),
        headers=tuple(
            (redactor.text(name), "(hidden)" if name.lower() in _HIDDEN else redactor.text(value))
            for name, value in headers
        ),
        body=text[:_LONGEST],
        size=size,
        cut=len(text) > _LONGEST or len(body) < size,
    )


def _status_line(status: int) -> str:
    # The phrase that the target sent is not kept; the registered one is what readers know the status by.
    return f"HTTP/1.1 {status} {responses.get(status, '')}".rstrip()
