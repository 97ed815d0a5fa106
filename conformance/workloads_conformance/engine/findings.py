"""From a broken requirement and its smallest case to the finding that the report shows."""

from __future__ import annotations

from workloads_conformance.client import Redactor, Shell, Snippets
from workloads_reports import Finding

from .explore import Examined
from .recorded import recorded
from .relevance import relevant


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
