"""How much of the plan the parts of a run went through together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from .errors import ReportError
from .escaping import one_line
from .model import Report
from .plan import Coverage, Extent, Selected, Shards
from .verdicts import Verdict


def check_shards(parts: Sequence[tuple[str, Report]], *, partial: bool) -> None:
    """Returns if the parts are shards of one run, or none of them is a shard.

    Args:
        parts: what to call each report in an error, and the report.
        partial: whether shards may be missing.

    Raises:
        ReportError: they are not, or a shard is there twice, or missing.
    """
    for (first, one), (second, other) in pairwise(parts):
        if problem := _differing(one.plan.shards, other.plan.shards):
            raise ReportError(f"{one_line(first)} and {one_line(second)} are not parts of one run: {problem}.")
    seen: dict[int, str] = {}
    for name, report in parts:
        for number in report.plan.shards.numbers if report.plan.shards else ():
            if number in seen:
                raise ReportError(
                    f"{one_line(seen[number])} and {one_line(name)} both hold shard {number}; give it once."
                )
            seen[number] = name
    shards = _joined([report for _, report in parts])
    if shards is not None and shards.absent and not partial:
        absent = shards.absent
        which = f"shard {absent[0]} is" if len(absent) == 1 else f"{len(absent)} shards are"
        more = f" ({', '.join(map(str, absent[:10]))}{', …' if len(absent) > 10 else ''})" if len(absent) > 1 else ""
        raise ReportError(
            f"{which} missing of {shards.of}{more}; give the reports of all, or --partial for a report that is "
            "inconclusive."
        )


def _differing(one: Shards | None, other: Shards | None) -> str:
    if one is None and other is None:
        return ""
    if one is None or other is None:
        return "only one of them is of a run that was split with --shard"
    if one.of != other.of:
        return f"one is of {one.of} shards, the other of {other.of}"
    if one.plan != other.plan:
        return (
            "their plans differ; all shards need the same kinds, the same choice of tests, and the same versions of "
            "Python and the libraries that draw cases"
        )
    return ""


def joined_extent(parts: Sequence[Report]) -> Extent:
    """Returns how much of the plan the parts went through together."""
    shards = _joined(parts)
    return Extent(
        tests=max(part.plan.tests for part in parts),
        cases=sum(part.plan.cases for part in parts),
        missing=missing_of(parts),
        coverage=_coverage(parts, open_=shards is not None and bool(shards.absent)),
        selected=_selected(parts),
        shards=shards,
    )


def missing_of(parts: Sequence[Report]) -> tuple[str, ...]:
    """Returns the tests of the plan that the parts together did not run to the end.

    Of shards, each has tests or cases of its own, and what one did not run is missing. Other parts of a run chose what
    they ran, and it is enough if one of them ran a test.
    """
    first, *others = (part.plan.missing for part in parts)
    if parts[0].plan.shards is not None:
        return tuple(dict.fromkeys(name for names in (first, *others) for name in names))
    return tuple(name for name in first if all(name in other for other in others))


def _selected(parts: Sequence[Report]) -> Selected | None:
    """Returns what the parts together were asked for; None if together they are the whole suite."""
    asked = [part.plan.selected for part in parts if part.plan.selected is not None]
    if not asked or (parts[0].plan.shards is None and not missing_of(parts)):
        return None
    how = " and ".join(dict.fromkeys(one.how for one in asked))
    return Selected(how, tuple(dict.fromkeys(name for one in asked for name in one.requirements)))


def _joined(parts: Sequence[Report]) -> Shards | None:
    held = [part.plan.shards for part in parts if part.plan.shards is not None]
    if not held:
        return None
    numbers = sorted(number for shards in held for number in shards.numbers)
    return Shards(of=held[0].of, numbers=tuple(numbers), plan=held[0].plan, unreached=_unreached(parts))


def _unreached(parts: Sequence[Report]) -> tuple[str, ...]:
    """Returns what was unreached in some part, and neither judged nor otherwise undecided in any."""
    found = dict.fromkeys(one for part in parts if part.plan.shards for one in part.plan.shards.unreached)
    for part in parts:
        assert part.plan.shards
        own = part.plan.shards.unreached
        for result in part.requirements:
            if result.verdict is not Verdict.NOT_TESTED and result.requirement.id not in own:
                found.pop(result.requirement.id, None)
    return tuple(found)


def _coverage(parts: Sequence[Report], *, open_: bool) -> tuple[Coverage, ...]:
    """Returns the coverage of the parts together; `open_` if more of them are to come.

    What is covered in several shards counts once. Other parts run whole tests, so one of them has all there is.
    """
    by_name: dict[str, list[Coverage]] = {}
    for coverage in (one for part in parts for one in part.plan.coverage):
        by_name.setdefault(coverage.what, []).append(coverage)
    return tuple(_sum(by_name[what], open_=open_) for what in sorted(by_name))


def _sum(found: Iterable[Coverage], *, open_: bool) -> Coverage:
    most = max(found, key=lambda one: one.covered)
    items = sorted({item for one in found for item in one.items})
    return Coverage(most.what, len(items) or most.covered, most.possible, tuple(items) if open_ else ())
