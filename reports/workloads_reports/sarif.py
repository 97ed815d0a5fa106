"""report.sarif: the report for code scanning (SARIF 2.1.0): requirements are its rules, findings its results."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from workloads_specs import Level, Requirement

from .escaping import block, markdown, markdown_block, one_line
from .json_report import SUITE, document_text
from .model import Finding, Report, RequirementResult
from .verdicts import RunVerdict, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
_LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.OBSERVE: "note"}
_NOTICES = {Verdict.ERROR: "error", Verdict.INCONCLUSIVE: "warning", Verdict.NOT_TESTED: "note"}
_LONGEST = 4000
"""Characters of one text; readers of SARIF show less."""


def sarif_text(report: Report) -> str:
    """Returns report.sarif.

    Its results are what failed, a waived failure with its suppression; what passed has none. What could not be told,
    and why, is among the notifications of the run.
    """
    return document_text(_log(report))


def _log(report: Report) -> dict[str, Any]:
    rules = [result.requirement for result in report.requirements]
    indices = {requirement.id: index for index, requirement in enumerate(rules)}
    failed = [result for result in report.requirements if result.verdict in (Verdict.FAIL, Verdict.WAIVED)]
    run = {
        "tool": {
            "driver": {
                "name": SUITE,
                "version": report.suite_version,
                "rules": [_rule(requirement) for requirement in rules],
            }
        },
        "automationDetails": {"id": f"{SUITE}/{report.run.profile}/"},
        "invocations": [_invocation(report)],
        "results": [
            _result(result, finding, indices, place) | {"locations": [_location(result.requirement, report.run.config)]}
            for result in failed
            for place, finding in _findings(result)
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "verdict": report.verdict,
            "reason": _text(report.reason),
            "target": report.subject or _text(report.target_url),
            "counts": report.counts,
            "exchanges": report.exchanges,
            "judgements": report.judgements,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(requirement: Requirement) -> dict[str, Any]:
    where, quoted = one_line(str(requirement.source)), one_line(requirement.source.clause)
    rationale = one_line(requirement.rationale)
    text = f"“{quoted}” ({where})" + (f" {rationale}" if rationale else "")
    styled = f"> {markdown(quoted)}\n\n{markdown(where)}" + (f"\n\n{markdown(rationale)}" if rationale else "")
    return {
        "id": requirement.id,
        "shortDescription": {"text": one_line(requirement.title)},
        "fullDescription": {"text": f"{requirement.level}: {one_line(requirement.title)}. “{quoted}”"},
        "help": {"text": text, "markdown": styled},
        "defaultConfiguration": {"level": _LEVELS[requirement.level]},
        "properties": {"tags": [requirement.level, requirement.operation, requirement.area]},
    }


def _findings(result: RequirementResult) -> Iterator[tuple[int, Finding | None]]:
    """Yields each finding, and which one of its code it is: a waived one may be beside another."""
    seen: Counter[str] = Counter()
    for finding in result.findings:
        seen[finding.code] += 1
        yield seen[finding.code], finding
    if not result.findings:
        yield 1, None


def _result(result: RequirementResult, finding: Finding | None, indices: dict[str, int], place: int) -> dict[str, Any]:
    requirement = result.requirement
    message = finding.message if finding else result.reason
    code = finding.code if finding else ""
    key = hashlib.sha256(f"{requirement.id}\0{code}".encode("utf-8", "backslashreplace")).hexdigest()
    made: dict[str, Any] = {
        "ruleId": requirement.id,
        "ruleIndex": indices[requirement.id],
        "level": _LEVELS[requirement.level],
        "message": _message(message, finding),
        # The first is the one that GitHub tells alerts apart by.
        "partialFingerprints": {"primaryLocationLineHash": f"{key[:16]}:{place}", "requirementAndCode/v1": key},
    }
    if finding:
        made["occurrenceCount"] = max(1, finding.occurrences)
        made["properties"] = {
            "code": _text(finding.code),
            "test": _text(finding.test),
            "case": _text(finding.case),
            "confirmed": one_line(finding.confirmed),
            "reproduce": _text(finding.reproduce),
        }
    if result.verdict is Verdict.WAIVED:
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _text(result.reason)}]
    return made


def _message(message: str, finding: Finding | None) -> dict[str, str]:
    if finding is None:
        return {"text": _text(message)}
    expected, observed = _text(finding.expected), _text(finding.observed)
    return {
        "text": f"{_text(message)}\nexpected: {expected}\nobserved: {observed}",
        "markdown": f"{markdown(message[:_LONGEST])}\n\nExpected:\n\n{markdown_block(finding.expected[:_LONGEST])}\n\n"
        f"Observed:\n\n{markdown_block(finding.observed[:_LONGEST])}",
    }


def _location(requirement: Requirement, config: str) -> dict[str, Any]:
    """Where the run is configured: the code of the target is not known. GitHub wants a file of the repository.

    The clause is its logical location.
    """
    source = requirement.source
    return {
        "physicalLocation": {"artifactLocation": {"uri": quote(config)}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": one_line(f"{source.document}#{source.location}")}],
    }


def _invocation(report: Report) -> dict[str, Any]:
    return {
        "executionSuccessful": report.run.complete and report.verdict is not RunVerdict.ERROR,
        "startTimeUtc": _instant(report.run.started),
        "endTimeUtc": _instant(report.run.finished),
        "toolExecutionNotifications": [
            {
                "level": _NOTICES[result.verdict],
                "message": {"text": f"{result.verdict}: {_text(result.reason)}"},
                "associatedRule": {"id": result.requirement.id},
            }
            for result in report.requirements
            if result.verdict in _NOTICES
        ],
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(text: str) -> str:
    return block(text[:_LONGEST]) + (" … (cut; the rest is in report.json)" if len(text) > _LONGEST else "")
