"""code-quality.json: what failed, for a merge request of GitLab (the issues of Code Climate, as GitLab reads them)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from workloads_specs import Level

from .escaping import block, one_line
from .json_report import document_text
from .model import Finding, Report, RequirementResult
from .verdicts import Verdict

_SEVERITIES = {Level.MUST: "critical", Level.SHOULD: "minor", Level.OBSERVE: "info"}
_LONGEST = 1000


def code_quality_text(report: Report) -> str:
    """Returns code-quality.json. What is waived is not an issue; an issue is at the clause, not in the target's code.

    GitLab compares issues by fingerprint: requirement and code, so that a new wording makes no new issue.
    """
    return document_text([issue for result in report.having(Verdict.FAIL) for issue in _issues(result)])


def _issues(result: RequirementResult) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for finding in result.findings:
        if finding.code not in seen:
            seen.add(finding.code)
            yield _issue(result, finding)


def _issue(result: RequirementResult, finding: Finding) -> dict[str, Any]:
    requirement = result.requirement
    key = f"{requirement.id}\0{finding.code}".encode("utf-8", "backslashreplace")
    return {
        "description": one_line(f"{requirement.id}: {finding.message}")[:_LONGEST],
        "check_name": requirement.id,
        "fingerprint": hashlib.sha256(key).hexdigest(),
        "severity": _SEVERITIES[requirement.level],
        "location": {"path": one_line(requirement.source.document), "lines": {"begin": 1}},
        "content": {"body": block(f"expected: {finding.expected[:_LONGEST]}\nobserved: {finding.observed[:_LONGEST]}")},
    }
