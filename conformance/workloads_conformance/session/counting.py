"""What each case showed, counted for the report: what it judged, observed, and waited for, and why not the rest."""

from __future__ import annotations

from workloads_conformance.output import Redactor
from workloads_conformance.runner import Judgement, JudgingTest, Outcome, Tally


def count(test: JudgingTest, outcome: Outcome, tally: Tally, redactor: Redactor, *, exchanges: int) -> None:
    """Adds what a case showed to the tally; `exchanges` is how many the run has had."""
    trial = outcome.trial
    judged = {judgement.requirement for judgement in trial.judgements}
    judged |= {requirement for requirement, _ in trial.observations}
    _count_judgements(outcome, tally, exchanges)
    for requirement, answer in trial.observations:
        tally.observe(requirement, redactor.text(answer))
    for what, item in trial.covered:
        tally.cover(what, item)
    for name, seconds in trial.durations:
        tally.took(name, seconds)
    for exchange in trial.exchanges:
        tally.took(exchange.request.method, exchange.seconds)
    for requirement in judged:
        tally.spent(requirement, sum(exchange.seconds for exchange in trial.exchanges))
    for requirement in test.requirements:
        _note_why_not(test, outcome, requirement, tally, redactor, judged=requirement in judged)


def _count_judgements(outcome: Outcome, tally: Tally, exchanges: int) -> None:
    """Adds what a case judged, once for each requirement, however often it read: how often is a matter of time."""
    trial = outcome.trial
    violations: dict[str, Judgement] = {}
    for judgement in trial.judgements:
        if not judgement.satisfied:
            violations.setdefault(judgement.requirement, judgement)
    for requirement in dict.fromkeys(judgement.requirement for judgement in trial.judgements):
        if (violation := violations.get(requirement)) is None:
            tally.satisfied(requirement)
        else:
            last = max((exchange.number for exchange in trial.exchanges), default=exchanges)
            tally.violated(requirement, violation.exchange.number if violation.exchange else last)


def _note_why_not(
    test: JudgingTest, outcome: Outcome, requirement: str, tally: Tally, redactor: Redactor, *, judged: bool
) -> None:
    """Records why a case did not judge a requirement of its test, if it did not."""
    if outcome.error:
        tally.error(requirement, redactor.text(outcome.error))
    elif outcome.inconclusive and not judged:
        # What a violation keeps one case from, others may have judged.
        cut_short = any(not judgement.satisfied for judgement in outcome.trial.judgements)
        note = tally.cut_short if cut_short else tally.inconclusive
        note(requirement, redactor.text(_not_reached(test, outcome) if cut_short else outcome.inconclusive))
    elif outcome.untestable:
        tally.untestable(requirement, redactor.text(outcome.untestable))
    elif not judged:
        tally.untestable(requirement, redactor.text(_not_reached(test, outcome)))


def _not_reached(test: JudgingTest, outcome: Outcome) -> str:
    """Returns why a case did not come to a requirement: what it found before."""
    violated = next((judgement for judgement in outcome.trial.judgements if not judgement.satisfied), None)
    if violated is None:
        return f"no case of {test.name} reached it"
    return f"{test.name} did not reach it: {violated.requirement}: {violated.message}"
