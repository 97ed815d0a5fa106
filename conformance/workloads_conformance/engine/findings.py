"""From a broken requirement and its smallest case to the finding that the report shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from workloads_conformance.client import Exchange, Redactor, Shell, Snippets
from workloads_reports import Finding

from .explore import Examined
from .recorded import recorded

_READS = {"GET", "HEAD", "OPTIONS"}
_TEXTS = ("message", "expected", "observed", "reproduce", "reproduce_httpx", "reproduce_http")
_SHORT = 500
"""Characters of a text of a finding that has to be short."""


def finding_of(
    examined: Examined, shell: Shell, snippets: Snippets, redactor: Redactor, *, occurrences: int
) -> Finding:
    """Returns the finding, without secrets; `occurrences` is how many cases of its test showed it."""
    judgement = examined.judgement
    exchanges = examined.outcome.trial.exchanges
    shown = relevant(exchanges, judgement.exchange) if judgement.exchange else exchanges[-1:]
    return Finding(
        message=redactor.text(judgement.message),
        expected=redactor.text(judgement.expected),
        observed=redactor.text(judgement.observed),
        reproduce=redactor.text(shell.script(shown)),
        confirmed=f"{examined.repeated}/{examined.repetitions}",
        occurrences=occurrences,
        reproduce_httpx=redactor.text(snippets.httpx(shown)),
        reproduce_http=redactor.text(snippets.http(shown)),
        exchange=recorded(shown[-1], snippets, redactor) if shown else None,
    )


def size_of(finding: Finding) -> int:
    """Returns the characters of a finding's texts, roughly."""
    exchange = finding.exchange
    messages = (exchange.request, exchange.response) if exchange is not None else ()
    return sum(len(getattr(finding, name)) for name in _TEXTS) + sum(
        len(message.body) + sum(len(name) + len(value) for name, value in message.headers)
        for message in messages
        if message is not None
    )


def shortened(finding: Finding) -> Finding:
    """Returns the finding with the beginnings of its texts but the message, by which it is known; no exchange."""
    cut = {name: text[:_SHORT] + "…" for name in _TEXTS[1:] if len(text := getattr(finding, name)) > _SHORT}
    return replace(finding, exchange=None, **cut)


def relevant(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns the exchanges that led to `last`: the writes to the same workload, or of the same name, and itself."""
    end = next((index for index, exchange in enumerate(exchanges) if exchange is last), len(exchanges))
    identifier = last.request.path.rpartition("/")[2] if last.request.path.count("/") > 3 else None  # noqa: PLR2004
    name = _name(last)
    before = [
        exchange
        for exchange in exchanges[:end]
        if exchange.request.method not in _READS
        and (
            (identifier is not None and (identifier in exchange.request.path or identifier == _made(exchange)))
            or (name is not None and name == _name(exchange))
        )
    ]
    return [*before, last]


def _made(exchange: Exchange) -> str | None:
    return exchange.response.identifier if exchange.response else None


def _name(exchange: Exchange) -> str | None:
    try:
        name = json.loads(exchange.request.body or b"")["metadata"]["name"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return name if isinstance(name, str) else None
