"""Whether a report agrees with itself: everything in it that follows from something else in it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .json_report import to_json
from .model import Report, RequirementResult
from .ruling import rule
from .sketch import counted_in
from .verdicts import Verdict
from .waivers import apply_waivers, without_waivers

_VIOLATED = {Verdict.FAIL, Verdict.WAIVED}


def disagreement(report: Report, value: Mapping[str, Any]) -> str:
    """Returns the first thing in which the report disagrees with itself, in words; empty if there is none.

    Args:
        report: the report.
        value: the JSON value that it was read from, which has what the report derives.
    """
    return next(_disagreements(report, value), "")


def _disagreements(report: Report, value: Mapping[str, Any]) -> Iterator[str]:
    for result in report.requirements:
        yield from (f"{result.requirement.id}: {problem}" for problem in _in_result(result))
    identifiers = [result.requirement.id for result in report.requirements]
    known = set(identifiers)
    if len(known) < len(identifiers):
        yield "a requirement is duplicated in it"
        return
    asked = report.plan.selected.requirements if report.plan.selected else ()
    for named in (*asked, *report.observations, *(use.waiver.requirement for use in report.waivers)):
        if named not in known:
            yield f"a selection, an observation or a waiver names {named!r}, which is none of its requirements"
            return
    yield from _waivers(report)
    verdict, _ = rule(report.requirements, complete=report.run.complete, plan=report.plan)
    if verdict is not report.verdict:
        yield f"its verdict is {report.verdict} where its requirements make it {verdict}"
    for name, timing in report.timings.items():
        if not timing.minimum <= timing.median <= timing.p95 <= timing.maximum:
            yield f"the timing {name!r} is not ordered from minimum to maximum"
        if counted_in(timing.sketch) != timing.count:
            yield f"the sketch of the timing {name!r} does not hold {timing.count} durations"
    yield from _shards(report)
    left = report.leftovers
    if left.removed + len(left.leaked) + len(left.unknown) != left.created:
        unknown = f", {len(left.unknown)} unknown" if left.unknown else ""
        yield f"{left.created} workloads were created, {left.removed} removed and {len(left.leaked)} leaked{unknown}"
    yield from _since(report)
    yield from _derived(report, value)


def _shards(report: Report) -> Iterator[str]:
    shards = report.plan.shards
    if shards is not None and (list(shards.numbers) != sorted(set(shards.numbers)) or shards.numbers[-1] > shards.of):
        yield f"it is on the shards {list(shards.numbers)} of {shards.of}"


def _since(report: Report) -> Iterator[str]:
    verdicts = {result.requirement.id: result.verdict for result in report.requirements}
    for one in report.since.changes if report.since else ():
        now = verdicts.get(one.requirement)
        if one.after is not now:
            yield f"{one.requirement} is said to have become {one.after} since the run before, and is {now}"


def _derived(report: Report, value: Mapping[str, Any]) -> Iterator[str]:
    """Compares the members that writing derives with those that were read."""
    written = to_json(report)
    for table, name in (("run", "seconds"), ("counts", "judgements"), ("gate", "passed"), ("gate", "objections")):
        if written[table][name] != value[table][name]:
            yield f"{table}.{name} is {str(value[table][name])[:80]} where the rest makes it {written[table][name]}"
    for verdict, count in written["counts"]["requirements"].items():
        told = value["counts"]["requirements"][verdict]
        if told != count:
            yield f"it counts {told} requirements as {verdict} and lists {count}"


def _in_result(result: RequirementResult) -> Iterator[str]:
    if (result.verdict in _VIOLATED) != bool(result.findings):
        yield f"its verdict is {result.verdict}, with {'a finding' if result.findings else 'no finding'}"
    violated, cases = result.violated, result.cases
    if (
        violated > cases
        or (result.verdict in _VIOLATED and not violated)
        or (result.verdict is Verdict.PASS and violated)
    ):
        yield f"its verdict is {result.verdict}, violated in {violated} of {cases} cases"
    if result.verdict is Verdict.PASS and not cases:
        yield "it passed without a case"
    for finding in result.findings:
        again, times = map(int, finding.confirmed.split("/"))
        if again > times:
            yield f"a finding was confirmed {again} of {times} times"


def _waivers(report: Report) -> Iterator[str]:
    """Applies the waivers again."""
    given = [use.waiver for use in report.waivers]
    results, uses = apply_waivers(without_waivers(report.requirements), given, on=report.run.finished.date())
    for found, again in zip(report.requirements, results, strict=True):
        if found.verdict is not again.verdict:
            yield f"{found.requirement.id} is {found.verdict} where its waivers make it {again.verdict}"
    for use, made in zip(report.waivers, uses, strict=True):
        if use.state is not made.state:
            yield f"the waiver of {use.waiver.requirement} is {use.state} where its requirement makes it {made.state}"
