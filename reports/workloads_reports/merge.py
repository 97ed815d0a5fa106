"""Joins the reports of one run's parts, which each judged some of the requirements, into the report of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from .errors import ReportError
from .escaping import one_line
from .extents import check_shards, joined_extent, missing_of
from .model import Finding, Leftovers, Report, RequirementResult, Timing, Waiver
from .ruling import NOT_HERE, counted, rule
from .sketch import Durations
from .verdicts import Verdict
from .waivers import apply_waivers, covers, without_waivers

_FIRST_WINS = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_TESTED)
"""The order in which verdicts on one requirement prevail, within a run as between its parts."""

_COUNTED = {Verdict.FAIL, Verdict.PASS}


def merge_reports(parts: Sequence[tuple[str, Report]], *, partial: bool = False) -> Report:
    """Returns the report of the run that these are parts of, whatever their order.

    What one part found violated is violated. Cases, findings, observations, leftovers and timings add up. The waivers
    are applied again, and the verdict is computed again.

    Args:
        parts: what to call each report in an error, such as its path, and the report.
        partial: also merge parts that leave out shards, or tests of the plan; the whole is then inconclusive at best.

    Raises:
        ReportError: they are not parts of one run: of another suite, contract, target or manner of running, or two are
            of the same run. It names the two, and the values. Or together they are not whole, and `partial` is false.
    """
    if not any(report.plan.shards for _, report in parts) and len(parts) < 2:  # two can be merged
        raise ReportError("one report is nothing to merge; give the reports of two parts or more.")
    named = sorted(parts, key=lambda part: (part[1].run.started, part[1].run.id))
    for (first, one), (second, other) in pairwise(named):
        _check_alike(first, one, second, other)
    _check_apart(named)
    check_shards(named, partial=partial)
    if (missing := missing_of([report for _, report in named])) and not partial:
        raise ReportError(
            f"the parts leave out {len(missing)} of the suite's tests, such as {one_line(missing[0])}; "
            "give all parts of the run, or --partial for a report that is inconclusive."
        )
    return _merged([report for _, report in named])


def _check_alike(first: str, one: Report, second: str, other: Report) -> None:
    values, others = _has_to_agree(one), _has_to_agree(other)
    for what, value in values.items():
        if value != others[what]:
            raise ReportError(
                f"{_named(first)} and {_named(second)} are not parts of one run: {what} is {_shown(value)} in the one "
                f"and {_shown(others[what])} in the other."
            )
    if [result.requirement for result in one.requirements] != [result.requirement for result in other.requirements]:
        raise ReportError(f"{_named(first)} and {_named(second)} are not parts of one run: their requirements differ.")
    if differing := {use.waiver for use in one.waivers} ^ {use.waiver for use in other.waivers}:
        waiver = min(differing, key=str)
        raise ReportError(
            f"{_named(first)} and {_named(second)} are not parts of one run: only one of them was given the waiver of "
            f"{waiver.requirement} by {one_line(waiver.owner)}."
        )


def _check_apart(parts: Iterable[tuple[str, Report]]) -> None:
    seen: dict[str, str] = {}
    for name, report in parts:
        for identifier in report.run.id.split("+"):
            if identifier in seen:
                raise ReportError(
                    f"{_named(seen[identifier])} and {_named(name)} both hold run {_shown(identifier)}; give each once."
                )
            seen[identifier] = name


def _has_to_agree(report: Report) -> dict[str, object]:
    return {
        "the suite's version": report.suite_version,
        "the contract's version": report.spec.version,
        "the contract's sha256": report.spec.sha256,
        "the target": report.subject or report.target_url,
        "the implementation": report.implementation,
        "the seed": report.run.seed,
        "the profile": report.run.profile,
        "the mode": report.run.mode,
    }


def _merged(parts: Sequence[Report]) -> Report:
    first = parts[0]
    run = replace(
        first.run,
        id="+".join(sorted(identifier for part in parts for identifier in part.run.id.split("+"))),
        finished=max(part.run.finished for part in parts),
        concurrency=max(part.run.concurrency for part in parts),
        complete=all(part.run.complete for part in parts),
    )
    observations = _observations(parts)
    given = [use.waiver for use in first.waivers]
    columns = zip(*(without_waivers(part.requirements) for part in parts), strict=True)
    unreached = [part.plan.shards.unreached if part.plan.shards else () for part in parts]
    folded = [_folded(column, observations.get(column[0].requirement.id, {}), given, unreached) for column in columns]
    results, waivers = apply_waivers(folded, given, on=run.finished.date())
    plan = joined_extent(parts)
    verdict, reason = rule(results, complete=run.complete, plan=plan)
    return replace(
        first,
        verdict=verdict,
        reason=reason,
        run=run,
        exchanges=sum(part.exchanges for part in parts),
        requirements=results,
        observations=observations,
        timings=_timings(parts),
        leftovers=Leftovers(
            created=sum(part.leftovers.created for part in parts),
            removed=sum(part.leftovers.removed for part in parts),
            leaked=tuple(identifier for part in parts for identifier in part.leftovers.leaked),
            unknown=tuple(one for part in parts for one in part.leftovers.unknown),
        ),
        waivers=waivers,
        since=None,
        plan=plan,
    )


def _folded(
    results: Sequence[RequirementResult],
    answers: Mapping[str, int],
    waivers: Sequence[Waiver],
    unreached: Sequence[Sequence[str]],
) -> RequirementResult:
    told = zip(results, unreached, strict=True)
    deciding, _ = min(told, key=lambda pair: _rank(*pair))
    cases, violated = sum(result.cases for result in results), sum(result.violated for result in results)
    counts = counted(cases=cases, violated=violated, answers=answers)
    return replace(
        deciding,
        reason=counts if deciding.verdict in _COUNTED else deciding.reason,
        cases=cases,
        violated=violated,
        seconds=round(sum(result.seconds for result in results), 3),
        findings=_findings((finding for result in results for finding in result.findings), waivers),
    )


def _rank(result: RequirementResult, unreached: Sequence[str]) -> tuple[float, bool]:
    """Returns the place of a verdict, the lowest of which prevails.

    What violations kept the cases of a shard from is decided by any shard that judged it.
    """
    place = _FIRST_WINS.index(result.verdict)
    last = _FIRST_WINS.index(Verdict.NOT_TESTED)
    return last - 0.5 if result.requirement.id in unreached else place, result.reason == NOT_HERE


def _findings(found: Iterable[Finding], waivers: Sequence[Waiver]) -> tuple[Finding, ...]:
    """The findings, one of each code, as the earliest part told it; one that is waived must not stand for others."""
    by_code: dict[tuple[str, tuple[bool, ...]], Finding] = {}
    for finding in found:
        key = (finding.code, tuple(covers(waiver, finding.code, finding.message) for waiver in waivers))
        known = by_code.get(key)
        by_code[key] = replace(known, occurrences=known.occurrences + finding.occurrences) if known else finding
    return tuple(by_code.values())


def _observations(parts: Sequence[Report]) -> dict[str, dict[str, int]]:
    sums: dict[str, Counter[str]] = {}
    for part in parts:
        for identifier, answers in part.observations.items():
            sums.setdefault(identifier, Counter()).update(answers)
    order = [result.requirement.id for result in parts[0].requirements]
    return {one: dict(sorted(sums[one].items(), key=lambda item: (-item[1], item[0]))) for one in order if one in sums}


def _timings(parts: Sequence[Report]) -> dict[str, Timing]:
    names = sorted({name for part in parts for name in part.timings})
    return {name: _timing([part.timings[name] for part in parts if name in part.timings]) for name in names}


def _timing(parts: Iterable[Timing]) -> Timing:
    durations = Durations()
    for part in parts:
        durations.add_all(part)
    return durations.timing


def _named(name: str) -> str:
    return one_line(name)


def _shown(value: object) -> str:
    text = one_line(str(value))
    return repr(text if len(text) <= 120 else f"{text[:120]}…")  # a sentence has to stay one
