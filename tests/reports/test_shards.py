"""Shards of a run join into the whole of it, and only a whole set does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.reports import FEW, MUST, OTHER_MUST, report, result, waiver

from workloads_reports import (
    NOT_HERE,
    Coverage,
    Extent,
    ReportError,
    RunVerdict,
    Shards,
    Verdict,
    json_text,
    merge_reports,
    read_report,
    rule,
    summary,
)


def shard(number, *verdicts, of=3, plan="a" * 64, unreached=(), complete=True, **given):
    """The report of a shard, as a run makes it."""
    missing, coverage = given.pop("missing", ()), given.pop("coverage", ())
    made = report(*verdicts, run_id=f"run{number:03}", complete=complete, **given)
    held = Shards(of=of, numbers=(number,), plan=plan, unreached=unreached)
    extent = Extent(tests=9, cases=number, missing=missing, coverage=coverage, shards=held)
    verdict, reason = rule(made.requirements, complete=complete, plan=extent)
    return replace(made, plan=extent, verdict=verdict, reason=reason)


def merged(*parts, partial=False):
    return merge_reports([(f"shard-{number}.json", part) for number, part in enumerate(parts)], partial=partial)


def test_a_shard_alone_opens_no_gate_and_says_what_to_do():
    alone = shard(1)
    assert alone.verdict is RunVerdict.INCONCLUSIVE
    assert alone.reason == "2 shards of the run are missing (2, 3); merge the reports of all for a verdict."
    assert alone.objections
    assert alone.is_sound_part
    assert "shard 1 of 3" in summary(alone, width=100, colour=False)


@pytest.mark.parametrize(
    "part",
    [
        shard(1, result(MUST, Verdict.FAIL)),
        shard(1, result(MUST, Verdict.INCONCLUSIVE)),
        shard(1, result(MUST, Verdict.ERROR)),
        shard(1, complete=False),
        shard(1, missing=("a.b",)),
        shard(1, of=1),
        report(),
    ],
    ids=["failed", "undecided", "error", "cut off", "a test did not run", "the only one", "no shard"],
)
def test_what_is_against_the_whole_is_against_the_shard(part):
    assert not part.is_sound_part


def test_a_waiver_may_be_needed_in_another_shard():
    assert shard(1, waivers=[waiver(MUST)]).is_sound_part


def test_all_shards_together_are_the_whole(tmp_path):
    left = [result(one, Verdict.NOT_TESTED) for one in FEW[2:]]
    whole = merged(shard(2), shard(3, *left), shard(1))
    assert whole.verdict is RunVerdict.CONFORMANT
    assert whole.plan.shards == Shards(of=3, numbers=(1, 2, 3), plan="a" * 64)
    assert whole.plan.cases == 6
    (tmp_path / "report.json").write_text(json_text(whole), encoding="utf-8")
    assert read_report(tmp_path / "report.json") == whole


def test_shards_can_be_merged_in_steps():
    some = merged(shard(1), shard(3), partial=True)
    assert some.verdict is RunVerdict.INCONCLUSIVE
    assert merged(some, shard(2)) == merged(shard(1), shard(2), shard(3))


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([shard(2, of=5)], r"3 shards are missing of 5 \(3, 4, 5\)"),
        ([shard(2, of=3)], "shard 3 is missing of 3; give the reports of all, or --partial"),
        ([replace(shard(1), run=replace(shard(1).run, id="other"))], "both hold shard 1; give it once"),
        ([shard(2, plan="b" * 64)], "their plans differ; all shards need the same kinds"),
        ([report()], "only one of them is of a run that was split"),
    ],
)
def test_what_is_no_whole_set_is_refused(others, told):
    of = others[0].plan.shards.of if others[0].plan.shards else 3
    with pytest.raises(ReportError, match=told):
        merged(shard(1, of=of), *others)
    with pytest.raises(ReportError, match="one is of 3 shards, the other of 4"):
        merged(shard(1), shard(2, of=4))


def test_a_test_that_one_shard_did_not_end_is_missing_in_the_whole():
    parts = shard(1), shard(2, missing=("a.b",)), shard(3)
    with pytest.raises(ReportError, match=r"leave out 1 of the suite's tests, such as a\.b"):
        merged(*parts)
    assert merged(*parts, partial=True).plan.missing == ("a.b",)


def test_what_is_covered_in_several_shards_counts_once():
    def part(number, *items):
        return shard(number, coverage=(Coverage("steps", len(items), 4, items),))

    parts = part(1, "a" * 12, "b" * 12), part(2, "b" * 12, "c" * 12)
    some = merged(*parts, partial=True)
    assert [one.covered for one in some.plan.coverage] == [3]
    whole = merged(some, part(3, "a" * 12))
    assert whole.plan.coverage == (Coverage("steps", 3, 4),)


def test_what_violations_kept_from_one_shard_is_decided_by_another():
    def part(number, verdict, *unreached):
        return shard(number, result(MUST, Verdict.FAIL), result(OTHER_MUST, verdict), unreached=unreached)

    undecided = part(1, Verdict.INCONCLUSIVE, OTHER_MUST.id)
    by_id = lambda *parts: merged(*parts).requirements[1].verdict  # noqa: E731
    assert by_id(undecided, part(2, Verdict.PASS), part(3, Verdict.NOT_TESTED)) is Verdict.PASS
    assert by_id(undecided, part(2, Verdict.NOT_TESTED), part(3, Verdict.NOT_TESTED)) is Verdict.INCONCLUSIVE
    assert by_id(undecided, part(2, Verdict.INCONCLUSIVE), part(3, Verdict.PASS)) is Verdict.INCONCLUSIVE
    some = merged(undecided, part(2, Verdict.INCONCLUSIVE), partial=True)
    assert merged(some, part(3, Verdict.PASS)).requirements[1].verdict is Verdict.INCONCLUSIVE


def test_a_reason_is_told_by_a_shard_that_has_one():
    left = replace(result(MUST, Verdict.NOT_TESTED), reason=NOT_HERE)
    real = replace(result(MUST, Verdict.NOT_TESTED), reason="no second token was given")
    assert merged(shard(1, left), shard(2, real), shard(3, left)).requirements[0].reason == "no second token was given"
