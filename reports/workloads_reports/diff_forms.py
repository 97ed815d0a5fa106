"""The difference of two reports as text, as Markdown and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .changes import Transition
from .diff import (
    REGRESSION_RULE,
    TIMING_RULE,
    ObservationChange,
    ReportDifference,
    RequirementChange,
    TimingChange,
)
from .escaping import one_line
from .json_report import document_text, published_schema
from .model import Report, Timing

FORMAT = "workloads-conformance-diff/2"
"""The value of the `format` member of a difference in JSON."""

_HEADINGS = {
    Transition.NEWLY_FAILING: "newly failing",
    Transition.NO_LONGER_JUDGED: "no longer judged",
    Transition.STILL_FAILING: "still failing",
    Transition.FIXED: "fixed",
    Transition.NEWLY_JUDGED: "judged for the first time",
    Transition.ADDED: "requirements that the old report does not have",
    Transition.GONE: "requirements that the new report does not have",
}


def diff_json(difference: ReportDifference) -> str:
    """Returns the difference as JSON that is valid against `diff_schema()`."""
    return document_text(_value(difference))


def diff_schema() -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of a difference. Treat it as read-only: it is shared."""
    return published_schema("diff")


def diff_text(difference: ReportDifference) -> str:
    """Returns the difference as plain lines; the last one says whether there is a regression."""
    lines = [one_line(f"old: {_run(difference.old)}"), one_line(f"new: {_run(difference.new)}")]
    for section in _sections(difference):
        lines += ["", section.heading]
        for row in section.rows:
            lines += [f"  {_plain_row(row)}", *(f"      {name}: {one_line(text)}" for name, text in row.details)]
    return "\n".join([*lines, "", f"result: {_result(difference)}"]) + "\n"


def diff_markdown(difference: ReportDifference) -> str:
    """Returns the difference as Markdown, in which no text of a report can act as markup."""
    lines = [
        f"## Conformance: {_result(difference)}",
        "",
        f"- old: {_code(_run(difference.old))}",
        f"- new: {_code(_run(difference.new))}",
    ]
    for section in _sections(difference):
        lines += ["", f"### {section.heading.capitalize()}", ""]
        for row in section.rows:
            mark = " **regression**" if row.mark else ""
            lines += [f"- {_code(row.name)} {_code(row.text)}{mark}"]
            lines += [f"  - {name}: {_code(text)}" for name, text in row.details]
    return "\n".join([*lines, "", f"<sub>{REGRESSION_RULE}; {TIMING_RULE}.</sub>"]) + "\n"


# -- what text and Markdown share -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    text: str
    details: tuple[tuple[str, str], ...] = ()
    mark: bool = False


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    rows: tuple[_Row, ...]


def _sections(difference: ReportDifference) -> Iterator[_Section]:
    made = [_Section("the runs differ", tuple(map(_circumstance, difference.circumstances)))]
    if difference.old.run.id == difference.new.run.id:
        made.append(_Section("both reports are of the same run", (_Row("run", difference.old.run.id),)))
    made += [
        _Section(heading, tuple(map(_requirement, difference.having(kind)))) for kind, heading in _HEADINGS.items()
    ]
    made.append(_Section("observations that changed", tuple(map(_observation, difference.observations))))
    made.append(_Section("timings that changed", tuple(map(_timing, difference.timings))))
    yield from (section for section in made if section.rows)


def _circumstance(values: tuple[str, str, str]) -> _Row:
    what, before, after = values
    return _Row(what, f"{before or 'not given'} -> {after or 'not given'}")


def _requirement(change: RequirementChange) -> _Row:
    requirement = change.requirement
    details = [("reason", change.reason)]
    if change.before is not None and change.after is not None:
        details += [("new finding", str(one)) for one in change.new_findings]
        details += [("no longer found", str(one)) for one in change.gone_findings]
    if change.reworded:
        details.append(("note", "the two reports do not word this requirement alike"))
    verdicts = f"{change.before or 'absent'} -> {change.after or 'absent'}"
    return _Row(
        requirement.id, f"{requirement.level} {requirement.title}: {verdicts}", tuple(details), change.regression
    )


def _observation(change: ObservationChange) -> _Row:
    details = [("appeared", text) for text in change.appeared] + [("vanished", text) for text in change.vanished]
    return _Row(change.requirement, "other answers than before", tuple(details))


def _timing(change: TimingChange) -> _Row:
    before, after = change.before, change.after
    direction = "slower" if change.slower else "faster"
    medians = f"median {before.median * 1000:.1f} ms -> {after.median * 1000:.1f} ms"
    percentiles = f"p95 {before.p95 * 1000:.1f} ms -> {after.p95 * 1000:.1f} ms"
    return _Row("timing", f"{change.name} is {direction}: {medians}, {percentiles}")


def _run(report: Report) -> str:
    run, target = report.run, report.subject or report.target_url
    return f"{report.verdict}, run {run.id} of {run.started:%Y-%m-%d %H:%M:%S} UTC on {target}"


def _result(difference: ReportDifference) -> str:
    count = len(difference.regressions)
    return f"{count} regression{'s' if count != 1 else ''}" if count else "no regression"


def _plain_row(row: _Row) -> str:
    return one_line(f"{row.name} {row.text}") + ("  [regression]" if row.mark else "")


def _code(text: str) -> str:
    """Returns a code span, in which neither markup nor links nor names of people mean anything."""
    shown = one_line(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


# -- JSON -------------------------------------------------------------------------------------------------------------


def _value(difference: ReportDifference) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "regression": bool(difference.regressions),
        "rules": {"regression": REGRESSION_RULE, "timings": TIMING_RULE},
        "old": _identity(difference.old),
        "new": _identity(difference.new),
        "circumstances": [
            {"what": what, "before": before, "after": after} for what, before, after in difference.circumstances
        ],
        "requirements": [_change(change) for change in difference.requirements],
        "observations": [asdict(change) for change in difference.observations],
        "timings": [
            {
                "name": change.name,
                "slower": change.slower,
                "before": _distribution(change.before),
                "after": _distribution(change.after),
            }
            for change in difference.timings
        ],
    }


def _distribution(timing: Timing) -> dict[str, Any]:
    return {name: value for name, value in asdict(timing).items() if name != "sketch"}


def _identity(report: Report) -> dict[str, Any]:
    return {
        "run": report.run.id,
        "started": report.run.started.isoformat().replace("+00:00", "Z"),
        "target": report.target_url,
        "verdict": report.verdict,
        "reason": report.reason,
    }


def _change(change: RequirementChange) -> dict[str, Any]:
    requirement = change.requirement
    return {
        "id": requirement.id,
        "title": requirement.title,
        "level": requirement.level,
        "change": change.change,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "regression": change.regression,
        "new_findings": [asdict(one) for one in change.new_findings],
        "gone_findings": [asdict(one) for one in change.gone_findings],
        "reworded": change.reworded,
    }


DIFF_FORMS: Mapping[str, Callable[[ReportDifference], str]] = {
    "text": diff_text,
    "markdown": diff_markdown,
    "json": diff_json,
}
"""What a difference can be printed as."""
