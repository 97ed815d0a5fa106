"""report.html: the report for people, one file that loads nothing and runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from workloads_specs import Level

from .elements import ElementCoverage
from .model import Report, RequirementResult
from .plots import Scale, duration
from .texts import Texts
from .verdicts import Verdict

_MOST_FINDINGS = 10
"""Findings of one requirement that the page shows; report.json has all of them."""

_MARKS = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✕",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_TESTED: "\N{EN DASH}",
    Verdict.WAIVED: "~",
    Verdict.ERROR: "!",
}


@dataclass(frozen=True, slots=True)
class _Group:
    """Requirements that are under one heading of the page."""

    name: str
    heading: str
    explanation: str
    results: tuple[RequirementResult, ...]


def html_text(report: Report) -> str:
    """Returns report.html. Every text is escaped; the content security policy forbids all but its style and script."""
    folder = files("workloads_reports").joinpath("templates")
    style, script = (folder.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    texts = Texts()
    return _template().render(
        report=report,
        texts=texts,
        line=texts.line,
        block=texts.block,
        plain=texts.plain,
        duration=duration,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_hash(style),
        script_hash=_hash(script),
        groups=[group for group in _groups(report) if group.results],
        marks=_MARKS,
        segments=_segments(report),
        scale=Scale(report.timings),
        most_findings=_MOST_FINDINGS,
        titles={result.requirement.id: result.requirement.title for result in report.requirements},
        ElementCoverage=ElementCoverage,
        Verdict=Verdict,
        Level=Level,
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = files("workloads_reports").joinpath("templates", "report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _groups(report: Report) -> tuple[_Group, ...]:
    """Every requirement once, what needs somebody's attention first."""
    return (
        _Group(
            "failed",
            "Failed",
            "Requirements of level MUST that the target violated, also in the repetitions of the smallest case.",
            report.having(Verdict.FAIL, Level.MUST),
        ),
        _Group(
            "warnings",
            "Warnings",
            "Requirements of level SHOULD: inference from prose, or an RFC that the contract leans on. "
            "They are not part of the verdict.",
            report.having(Verdict.FAIL, Level.SHOULD, Level.OBSERVE),
        ),
        _Group(
            "errors",
            "Errors of the suite",
            "Please report these.",
            report.having(Verdict.ERROR),
        ),
        _Group(
            "undecided",
            "Undecided",
            "What was seen allows no judgement: a refusal without a control, or a failure that did not repeat.",
            report.having(Verdict.INCONCLUSIVE),
        ),
        _Group(
            "waived",
            "Waived",
            "Failures that somebody answers for. None of them is a pass.",
            report.having(Verdict.WAIVED),
        ),
        _Group("not-tested", "Not tested", "What this run does not show, and why.", report.having(Verdict.NOT_TESTED)),
        _Group("passed", "Passed", "", report.having(Verdict.PASS)),
    )


def _segments(report: Report) -> list[tuple[Verdict, float, float]]:
    """The share of each verdict as a part of a bar 1000 units long: verdict, start, length."""
    whole = max(1, len(report.requirements))
    ends = accumulate((1000 * count / whole for count in report.counts.values()), initial=0.0)
    return [
        (verdict, round(start, 2), round(end - start, 2))
        for verdict, (start, end) in zip(report.counts, pairwise(ends), strict=True)
        if end > start
    ]
