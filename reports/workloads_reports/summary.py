"""The summary that ends a run on a terminal: what failed and how to see it, then the verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from workloads_specs import Level

from .escaping import lines, one_line
from .model import Finding, Report, RequirementResult
from .verdicts import Verdict

_LONGEST = 2000
_MOST_IDS = 12
_MOST_LEFT = 5
_RED, _YELLOW, _GREEN, _BOLD = "31", "33", "32", "1"
_LABEL = 10
_WIDE = 14
"""Columns of a label, with two more after it; and of the labels of counts, which are longer."""


def summary(report: Report, *, width: int, colour: bool) -> str:
    """Returns the summary as lines of at most `width` characters, unless a word or a command to paste is longer.

    The last line is `verdict: ` and the verdict. Without `colour` there is no control character but line ends.
    """
    return "\n".join(_Writer(width, colour=colour).report(report)) + "\n"


class _Writer:
    def __init__(self, width: int, *, colour: bool) -> None:
        self._width, self._colour = max(width, 40), colour

    def report(self, report: Report) -> Iterator[str]:
        yield ""
        yield from self._failed("failed", _RED, report.having(Verdict.FAIL, Level.MUST))
        yield from self._failed(
            "warnings (SHOULD, no part of the verdict)", _YELLOW, report.having(Verdict.FAIL, Level.SHOULD)
        )
        yield from self._failed("waived", _YELLOW, report.having(Verdict.WAIVED))
        yield from self._reasons("errors of the suite, please report them", report.reasons(Verdict.ERROR))
        yield from self._reasons("undecided", report.reasons(Verdict.INCONCLUSIVE))
        yield from self._reasons("not tested", report.reasons(Verdict.NOT_TESTED))
        counts = ", ".join(f"{count} {verdict}" for verdict, count in report.counts.items() if count)
        rate = report.exchanges / report.run.seconds if report.run.seconds else 0
        yield from self._wrapped("requirements:", counts, _WIDE)
        yield from self._wrapped(
            "run:",
            f"{report.judgements} judgements, {report.exchanges} exchanges in {report.run.seconds:.1f} s "
            f"({rate:.0f}/s), profile {report.run.profile}, mode {report.run.mode}, seed {report.run.seed}",
            _WIDE,
        )
        yield from self._plan(report)
        left = report.leftovers
        unknown = f", {len(left.unknown)} unknown" if left.unknown else ""
        yield from self._wrapped(
            "workloads:", f"{left.created} created, {left.removed} removed, {len(left.leaked)} leaked{unknown}", _WIDE
        )
        for what, found in (("leaked", left.leaked), ("unknown", left.unknown)):
            for one in found[:_MOST_LEFT]:
                yield from self._wrapped("", f"{what}: {one_line(one)}", _WIDE)
            if len(found) > _MOST_LEFT:
                yield from self._wrapped("", f"{what}: {len(found) - _MOST_LEFT} more, in report.json", _WIDE)
        if left.leaked or left.unknown:
            yield from self._wrapped(
                "", "`workloads-conformance sweep` tries again, with the options that `run` was given", _WIDE
            )
        if report.since:
            worse = f"; regressions: {report.since.regressions}" if report.since.regressions else ""
            since = f"{report.since}{worse} (run {report.since.run} of {report.since.finished:%Y-%m-%d})"
            yield from self._wrapped("since:", one_line(since))
        for use in report.waivers:
            if use.objection:
                yield from self._wrapped("waiver:", use.objection)
        yield from self._wrapped("because:", report.reason)
        if report.waivers:
            yield f"gate:       {'closed' if report.objections else 'passed'}"
        shade = {"conformant": _GREEN, "nonconformant": _RED}.get(report.verdict, _YELLOW)
        about = f" ({report.subject})" if report.subject else ""
        yield "verdict: " + self._painted(report.verdict, shade) + about

    def _plan(self, report: Report) -> Iterator[str]:
        if report.plan.tests:
            ran = report.plan.tests - len(report.plan.missing)
            yield from self._wrapped("plan:", f"{ran} of {report.plan.tests} tests, {report.plan.cases} cases", _WIDE)
        if report.plan.shards:
            yield from self._wrapped("", str(report.plan.shards), _WIDE)
        for coverage in report.plan.coverage:
            yield from self._wrapped("", f"{coverage.covered} of {coverage.possible} {one_line(coverage.what)}", _WIDE)
        if report.selected:
            yield from self._wrapped("selected:", one_line(report.selected), _WIDE)

    def _failed(self, heading: str, shade: str, results: Iterable[RequirementResult]) -> Iterator[str]:
        for index, result in enumerate(results):
            if index == 0:
                yield self._painted(heading, f"{_BOLD};{shade}")
                yield ""
            requirement = result.requirement
            title = self._lines(one_line(requirement.title), len(requirement.id) + 1)
            yield f"{self._painted(requirement.id, shade)} {next(title)}"
            yield from (f"{'':<{_LABEL + 2}}{line}" for line in title)
            yield from self._wrapped("  clause:", f'"{requirement.source.clause}" ({requirement.source})')
            if requirement.rationale:
                yield from self._wrapped("  read as:", requirement.rationale)
            if result.verdict is Verdict.WAIVED:
                yield from self._wrapped("  waived:", result.reason)
            for finding in result.findings:
                yield from self._finding(finding)
            yield ""

    def _finding(self, finding: Finding) -> Iterator[str]:
        yield from self._wrapped("  found:", finding.message)
        yield from self._wrapped("  code:", finding.code)
        yield from self._wrapped("  test:", f"{finding.test} ({finding.case})" if finding.case else finding.test)
        yield from self._wrapped("  expected:", finding.expected)
        yield from self._wrapped("  observed:", finding.observed)
        seen = f", in {finding.occurrences} cases" if finding.occurrences > 1 else ""
        yield f"  repeated: {finding.confirmed}{seen}; to reproduce:"
        for line in lines(finding.reproduce):
            yield f"    {line}"

    def _reasons(self, heading: str, by_reason: Mapping[str, Sequence[RequirementResult]]) -> Iterator[str]:
        if not by_reason:
            return
        yield self._painted(heading, f"{_BOLD};{_YELLOW}")
        for reason, results in by_reason.items():
            identifiers = [result.requirement.id for result in results]
            yield from self._wrapped("  because:", reason)
            more = f" and {len(identifiers) - _MOST_IDS} more" if len(identifiers) > _MOST_IDS else ""
            yield from self._wrapped("", ", ".join(identifiers[:_MOST_IDS]) + more)
        yield ""

    def _lines(self, text: str, taken: int) -> Iterator[str]:
        """Yields a text in lines, of which the first has `taken` characters before it, and the others `_LABEL` + 2."""
        made = textwrap.wrap(
            text, self._width, break_long_words=False, break_on_hyphens=False,
            initial_indent=" " * taken, subsequent_indent=" " * (_LABEL + 2),
        )  # fmt: skip
        yield from (line.strip() for line in made or [""])

    def _wrapped(self, label: str, text: str, column: int = _LABEL + 2) -> Iterator[str]:
        shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "… (the rest is in report.json)"
        indent = " " * column
        first = f"{label:<{column}}"
        for line in lines(shown):
            wrapped = textwrap.wrap(line, self._width - column, break_long_words=False, break_on_hyphens=False) or [""]
            for piece in wrapped:
                yield (first + piece).rstrip()
                first = indent

    def _painted(self, text: str, shade: str) -> str:
        return f"\x1b[{shade}m{text}\x1b[0m" if self._colour else text
