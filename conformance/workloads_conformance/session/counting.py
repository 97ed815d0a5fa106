"""What each case showed, counted for the report: judgements, observations, times, and why nothing was judged."""

from __future__ import annotations

from workloads_conformance.output import Redactor
from workloads_conformance.runner import JudgingTest, Outcome, Record


def count(test: JudgingTest, outcome: Outcome, record: Record, redactor: Redactor, *, exchanges: int) -> None:
    """Adds what a case showed to the record; `exchanges` is how many the run has had."""
    trial = outcome.trial
    judged = {judgement.requirement for judgement in trial.judgements}
    judged |= {requirement for requirement, _ in trial.observations}
    for judgement in trial.judgements:
        if judgement.kept:
            record.kept(judgement.requirement)
        else:
            last = max((exchange.number for exchange in trial.exchanges), default=exchanges)
            record.broken(judgement.requirement, judgement.exchange.number if judgement.exchange else last)
    for requirement, answer in trial.observations:
        record.observe(requirement, redactor.text(answer))
    for what, item in trial.covered:
        record.cover(what, item)
    for name, seconds in trial.durations:
        record.took(name, seconds)
    for exchange in trial.exchanges:
        record.took(exchange.request.method, exchange.seconds)
    for requirement in test.requirements:
        _note_why_not(test, outcome, requirement, record, redactor, judged=requirement in judged)


def _note_why_not(
    test: JudgingTest, outcome: Outcome, requirement: str, record: Record, redactor: Redactor, *, judged: bool
) -> None:
    """Records why a case did not judge a requirement of its test, if it did not."""
    if outcome.fault:
        record.fault(requirement, redactor.text(outcome.fault))
    elif outcome.doubt and not judged:
        record.doubt(requirement, redactor.text(outcome.doubt))
    elif outcome.untestable:
        record.untestable(requirement, redactor.text(outcome.untestable))
    elif not judged:
        record.untestable(requirement, redactor.text(_not_reached(test, outcome)))


def _not_reached(test: JudgingTest, outcome: Outcome) -> str:
    """Returns why a case did not come to a requirement: what it found before."""
    broken = next((judgement for judgement in outcome.trial.judgements if not judgement.kept), None)
    if broken is None:
        return f"no case of {test.name} came to it"
    return f"{test.name} did not come to it: {broken.requirement}: {broken.message}"
