"""summary.md: the report for the page of a CI job or a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workloads_specs import Level

from .escaping import block, markdown, markdown_block, markdown_code, one_line
from .model import Finding, Report, RequirementResult
from .verdicts import Verdict

_LINE, _BLOCK = 300, 1500
"""Characters of a text in running text, and in a block of its own."""

_MOST_SHOWN, _MOST_FINDINGS, _MOST_IDS = 10, 3, 30
"""Failed requirements that are told in full, and findings of each; ids in one list. A job's page takes a mebibyte."""


def markdown_text(report: Report) -> str:
    """Returns summary.md, in the Markdown of GitHub."""
    return "\n".join(_report(report)) + "\n"


def _report(report: Report) -> Iterator[str]:
    run, left = report.run, report.leftovers
    yield f"# Workloads V2 conformance: {report.verdict}" + (f" ({report.subject})" if report.subject else "")
    yield ""
    yield _short(report.reason)
    yield ""
    yield "| " + " | ".join(report.counts) + " | judgements | exchanges | leaked | unknown |"
    yield "| " + " | ".join(["---:"] * (len(report.counts) + 4)) + " |"
    numbers = (*report.counts.values(), report.judgements, report.exchanges, len(left.leaked), len(left.unknown))
    yield "| " + " | ".join(map(str, numbers)) + " |"
    yield ""
    yield (
        f"Target {markdown_code(report.target_url[:_LINE])}, profile {run.profile}, mode {run.mode}, seed {run.seed}, "
        f"{run.seconds:.1f} s, suite {markdown(report.suite_version)}{'' if run.complete else ', **incomplete**'}."
    )
    yield from _since(report)
    yield from _failed("Failed", report.having(Verdict.FAIL, Level.MUST))
    yield from _failed(
        "Warnings (SHOULD, no part of the verdict)", report.having(Verdict.FAIL, Level.SHOULD, Level.OBSERVE)
    )
    yield from _failed("Waived", report.having(Verdict.WAIVED))
    yield from _waivers(report)
    yield from _reasons("Errors of the suite", report, Verdict.ERROR)
    yield from _reasons("Undecided", report, Verdict.INCONCLUSIVE)
    yield from _reasons("Not tested", report, Verdict.NOT_TESTED)


def _failed(heading: str, results: tuple[RequirementResult, ...]) -> Iterator[str]:
    if not results:
        return
    yield from ("", f"## {heading}")
    for result in results[:_MOST_SHOWN]:
        requirement = result.requirement
        yield from ("", f"### {requirement.id} {_short(requirement.title)}", "")
        yield f"> {_short(requirement.source.clause)}"
        yield f"> ({_short(str(requirement.source))})"
        yield from ("", _short(result.reason))
        for finding in result.findings[:_MOST_FINDINGS]:
            yield from _finding(finding)
        if len(result.findings) > _MOST_FINDINGS:
            yield from ("", f"{len(result.findings) - _MOST_FINDINGS} more findings in report.json.")
    if len(results) > _MOST_SHOWN:
        yield from ("", f"And {_ids(results[_MOST_SHOWN:])}.")


def _finding(finding: Finding) -> Iterator[str]:
    yield from ("", f"**{_short(finding.message)}**")
    yield from ("", _short(f"{finding.code}, shown by {finding.test}" + (f" ({finding.case})" if finding.case else "")))
    yield from ("", "Expected:", "", _cut(finding.expected), "", "Observed:", "", _cut(finding.observed))
    if finding.reproduce:
        # The blank lines make the inside of the element Markdown again.
        yield from ("", f"<details><summary>Reproduce (repeated {markdown(finding.confirmed)})</summary>", "")
        yield from (_cut(finding.reproduce, most=2 * _BLOCK), "", "</details>")


def _since(report: Report) -> Iterator[str]:
    since = report.since
    if since is None:
        return
    yield from ("", "## Since the earlier run", "")
    yield (
        f"Run {markdown_code(since.run[:_LINE])} of {since.finished:%Y-%m-%d}, which was {since.verdict}: {since}"
        f"{f'; **regressions: {since.regressions}**' if since.regressions else ''}."
    )
    for one in since.circumstances:
        yield from ("", f"{_short(one.what)} was {_short(one.before)} and is {_short(one.after)}.")
    if since.changes:
        yield from ("", "| requirement | change | before | now |", "| --- | --- | --- | --- |")
    for changed in since.changes[:_MOST_IDS]:
        change = f"**{changed.change}**" if changed.regression else changed.change
        yield f"| {changed.requirement} | {change} | {changed.before or 'not there'} | {changed.after or 'gone'} |"
    if len(since.changes) > _MOST_IDS:
        yield from ("", f"And {len(since.changes) - _MOST_IDS} more in report.json.")


def _reasons(heading: str, report: Report, verdict: Verdict) -> Iterator[str]:
    by_reason = report.reasons(verdict)
    if by_reason:
        yield from ("", f"## {heading}", "")
        for reason, results in by_reason.items():
            yield f"- {_short(reason)}: {_ids(results)}"


def _waivers(report: Report) -> Iterator[str]:
    if report.waivers:
        yield from (
            "",
            "## Waivers",
            "",
            "| requirement | state | until | owner | reason |",
            "| --- | --- | --- | --- | --- |",
        )
    for use in report.waivers:
        waiver = use.waiver
        state = f"**{use.state}**" if use.objection else use.state
        reason = f"{_short(waiver.reason)} ({_short(waiver.link)})"
        yield f"| {waiver.requirement} | {state} | {waiver.expires} | {_short(waiver.owner)} | {reason} |"


def _ids(results: Iterable[RequirementResult]) -> str:
    identifiers = [result.requirement.id for result in results]
    more = f" and {len(identifiers) - _MOST_IDS} more" if len(identifiers) > _MOST_IDS else ""
    return ", ".join(identifiers[:_MOST_IDS]) + more


def _short(text: str) -> str:
    shown = one_line(text[:_LINE])[:_LINE]
    return markdown(shown) + ("…" if len(text) > _LINE else "")


def _cut(text: str, *, most: int = _BLOCK) -> str:
    shown = block(text[:most])[:most]
    return markdown_block(shown + ("\n… (cut; the rest is in report.json)" if len(text) > most else ""))
