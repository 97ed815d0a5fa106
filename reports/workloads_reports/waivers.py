"""Waivers: which failures somebody answers for, and what became of each waiver in a run."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from workloads_specs import Level

from .escaping import one_line
from .model import Finding, RequirementResult, Waiver, WaiverState, WaiverUse
from .verdicts import Verdict

_JUDGED = {Verdict.PASS, Verdict.FAIL, Verdict.WAIVED}

_DRAFT = """\
# Waivers of the failures of a run. Fill in who answers for each, why, where it is dealt with, and the last day (UTC) on
# which it holds; or delete the entry. Without `code`, an entry would cover whatever its requirement fails in.
"""


def covers(waiver: Waiver, code: str, message: str) -> bool:
    """True if a waiver of a requirement is meant for its finding of this code and message, whatever the day."""
    return waiver.code in ("", one_line(code)) and waiver.finding in one_line(message)


def apply_waivers(
    results: Sequence[RequirementResult], waivers: Sequence[Waiver], *, on: date
) -> tuple[tuple[RequirementResult, ...], tuple[WaiverUse, ...]]:
    """Returns the results with waived failures as `waived`, and what became of each waiver.

    A failure is waived if every finding of it is covered by a waiver that has not expired `on` that day. A finding that
    none covers leaves it a failure, which then says what was waived of it and what had expired.
    """
    by_requirement: defaultdict[str, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        by_requirement[waiver.requirement].append(waiver)
    waived = tuple(_waived(result, by_requirement[result.requirement.id], on) for result in results)
    by_id = {result.requirement.id: result for result in waived}
    return waived, tuple(WaiverUse(waiver=one, state=_state(one, by_id[one.requirement], on)) for one in waivers)


def without_waivers(results: Iterable[RequirementResult]) -> tuple[RequirementResult, ...]:
    """Returns the results with every waived failure as the failure that it is."""
    return tuple(
        replace(result, verdict=Verdict.FAIL) if result.verdict is Verdict.WAIVED else result for result in results
    )


def draft_waivers(results: Iterable[RequirementResult]) -> str:
    """Returns a waiver file, as TOML, with an entry for each finding of each MUST that failed and is not waived.

    It is a draft: owner, reason, link and expiry are empty, and it is refused until they are filled in. The text is
    empty if nothing is to be waived.
    """
    entries = [
        _entry(result, finding)
        for result in results
        if result.verdict is Verdict.FAIL and result.requirement.level is Level.MUST
        for finding in result.findings
    ]
    return "\n".join([_DRAFT, *entries]) if entries else ""


def _waived(result: RequirementResult, waivers: Sequence[Waiver], on: date) -> RequirementResult:
    if result.verdict is not Verdict.FAIL:
        return result
    live = [waiver for waiver in waivers if waiver.expires >= on]
    used = [waiver for waiver in live if _applies(waiver, result)]
    bare = [
        finding
        for finding in result.findings
        if not any(covers(waiver, finding.code, finding.message) for waiver in live)
    ]
    if used and not bare:
        return replace(result, verdict=Verdict.WAIVED, reason="; ".join([result.reason, *map(str, used)]))
    partly = [f"of {len(result.findings)} findings, {len(result.findings) - len(bare)} waived"] if used else []
    expired = [f"the waiver of {one.owner} expired on {one.expires}" for one in waivers if one.expires < on]
    return replace(result, reason="; ".join([result.reason, *partly, *expired]))


def _applies(waiver: Waiver, result: RequirementResult) -> bool:
    return any(covers(waiver, finding.code, finding.message) for finding in result.findings)


def _state(waiver: Waiver, result: RequirementResult, on: date) -> WaiverState:
    if waiver.expires < on:
        return WaiverState.EXPIRED
    if _applies(waiver, result):
        return WaiverState.APPLIED
    return WaiverState.UNNEEDED if result.verdict in _JUDGED else WaiverState.UNDECIDED


def _entry(result: RequirementResult, finding: Finding) -> str:
    requirement = result.requirement
    return "\n".join(
        [
            f"# {requirement.id}: {one_line(requirement.title)}",
            f"# {one_line(finding.message)}",
            "[[waiver]]",
            f"requirement = {_quoted(requirement.id)}",
            f"code = {_quoted(finding.code)}",
            'owner = ""',
            'reason = ""',
            'link = ""',
            'expires = ""  # such as 2030-01-31',
            "",
        ]
    )


def _quoted(text: str) -> str:
    # What `one_line` leaves is printable, and of that JSON and TOML escape the same two characters.
    return json.dumps(one_line(text), ensure_ascii=False)
