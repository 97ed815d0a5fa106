"""From a violated requirement and its smallest case to the finding that the report shows."""

from __future__ import annotations

from dataclasses import replace

from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import Shell, Snippets
from workloads_conformance.runner import Drawn, Examined, Judgement, JudgingTest, Known, brief_code
from workloads_conformance.runner.cases import cut, in_words, written
from workloads_reports import Finding

from .recorded import recorded

_TEXTS = ("message", "expected", "observed", "reproduce", "reproduce_httpx", "reproduce_http")
_SHORT = 500
"""Characters of a text of a finding that has to be short."""

_LONGEST = 4000
"""Characters of a drawn case that a finding has; a larger one is drawn again by the seed."""


def known(judgement: Judgement, redactor: Redactor) -> Known:
    """Returns what a finding of a judgement would be known by."""
    code = brief_code(redactor.text(judgement.code))
    return Known(judgement.requirement, code, redactor.text(judgement.message))


def finding_of(
    examined: Examined, test: JudgingTest, shell: Shell, snippets: Snippets, redactor: Redactor, *, occurrences: int
) -> Finding:
    """Returns the finding, without secrets; `occurrences` is how many cases of its test showed it."""
    judgement = examined.judgement
    trial = examined.outcome.trial
    widely = examined.widely or (trial.is_whole and not judgement.alone)
    shown = trial.leading_to(judgement.exchange, widely=widely) if judgement.exchange else trial.exchanges[-1:]
    by = known(judgement, redactor)
    return Finding(
        code=by.code,
        test=test.name,
        case=_case_of(examined, test, redactor),
        drawn=_drawn_of(examined, test, redactor),
        message=", ".join(filter(None, (by.message, examined.where))),
        expected=redactor.text(judgement.expected),
        observed=redactor.text(judgement.observed),
        reproduce=redactor.text(shell.script(shown)),
        confirmed=f"{examined.repeated}/{examined.repetitions}",
        occurrences=occurrences,
        reproduce_httpx=redactor.text(snippets.httpx(shown)),
        reproduce_http=redactor.text(snippets.http(shown)),
        exchange=recorded(shown[-1], snippets, redactor) if shown else None,
    )


def _case_of(examined: Examined, test: JudgingTest, redactor: Redactor) -> str:
    """Returns the smallest case in words, with the kind of workload where the test has several to choose from."""
    smallest = examined.smallest
    return cut(redactor.text(in_words(test, smallest.case, smallest.trial.kind)))


def _drawn_of(examined: Examined, test: JudgingTest, redactor: Redactor) -> str:
    """Returns the smallest case as JSON, if it was drawn, is not too long, and holds no secret."""
    if not isinstance(test.cases, Drawn):
        return ""
    text = written(test.cases, [examined.smallest.case])
    return text if len(text) <= _LONGEST and redactor.text(text) == text else ""


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
    """Returns the finding with the beginnings of its texts but the message; no exchange."""
    cut = {name: text[:_SHORT] + "…" for name in _TEXTS[1:] if len(text := getattr(finding, name)) > _SHORT}
    return replace(finding, exchange=None, **cut)
