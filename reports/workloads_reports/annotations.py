"""What failed as GitHub annotations: workflow commands on standard output, which a job's page shows at its top."""

from __future__ import annotations

from collections.abc import Iterator

from workloads_specs import Level

from .escaping import workflow_property, workflow_value
from .model import Report, RequirementResult
from .verdicts import Verdict

_MOST = 10
"""Annotations of one kind that GitHub shows for a step."""

_LONGEST = 1000


def annotations_text(report: Report) -> str:
    """Returns workflow commands, one a line; where GitHub would drop some of a kind, the last one counts them.

    An error stands for a failed MUST, an error of the suite or a waiver that is not in order; a warning for a failed
    SHOULD or a waived failure; a notice for a MUST that is undecided.
    """
    kinds = {
        "error": report.having(Verdict.FAIL, Level.MUST) + report.having(Verdict.ERROR),
        "warning": report.having(Verdict.FAIL, Level.SHOULD, Level.OBSERVE) + report.having(Verdict.WAIVED),
        "notice": report.having(Verdict.INCONCLUSIVE, Level.MUST),
    }
    told = {
        kind: [(f"{one.requirement.id} {one.requirement.title}", _told(one)) for one in results]
        for kind, results in kinds.items()
    }
    told["error"] += [(f"waiver of {use.waiver.requirement}", use.objection) for use in report.waivers if use.objection]
    lines = [line for kind, texts in told.items() for line in _commands(kind, texts)]
    return "".join(line + "\n" for line in lines)


def _commands(kind: str, texts: list[tuple[str, str]]) -> Iterator[str]:
    shown = texts if len(texts) <= _MOST else texts[: _MOST - 1]
    for title, text in shown:
        yield f"::{kind} title={workflow_property(title)}::{workflow_value(text)}"
    if len(texts) > len(shown):
        yield f"::{kind} title=and {len(texts) - len(shown)} more::The report has all of them."


def _told(result: RequirementResult) -> str:
    if not result.findings or result.verdict is Verdict.WAIVED:
        return f"{result.verdict}: {result.reason[:_LONGEST]}"
    first = result.findings[0]
    more = f"\n{len(result.findings) - 1} more findings" if len(result.findings) > 1 else ""
    expected, observed = first.expected[:_LONGEST], first.observed[:_LONGEST]
    return f"{first.message[:_LONGEST]}\ncode: {first.code}\nexpected: {expected}\nobserved: {observed}{more}"
