"""Verdicts, rates and pages."""

from __future__ import annotations

import json

import pytest

from workloads_conformance.selfcheck.judging import ServerOutcome
from workloads_conformance.selfcheck.space.judging import PointOutcome
from workloads_conformance.selfcheck.space.points import all_points, counts
from workloads_conformance.selfcheck.space.proxy import Ending
from workloads_conformance.selfcheck.space.rendering import html_text, json_text, markdown_text, text
from workloads_conformance.selfcheck.space.scoring import PointResult, PointVerdict, Rate, SpaceCheck

NASTY = "<script>alert(1)</script> \x1b[31m"
FAULT = all_points()["GET 404 status / accepted / always"]
LEGAL = all_points()["GET effect / a little behind / always"]


def outcome(*failed: str, hits: int = 1, unaffected: int = 0, left: tuple[str, ...] = (), **others) -> PointOutcome:
    ending = Ending(hits=hits, unaffected=unaffected, removed=0, left=left)
    return PointOutcome(failed=dict.fromkeys(failed, NASTY), ending=ending, **others)


def check(*results: PointResult, bar: float = 95, **others) -> SpaceCheck:
    given = {"waiting": 0, "space": dict(counts()), "seed": 1, "jobs": 2, "profile": "smoke", "seconds": 3.0, "why": {}}
    return SpaceCheck(results=results, bar=bar, **{**given, **others})


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (outcome("WV2-GET-004"), PointVerdict.KILLED),
        (outcome("WV2-LIFE-006"), PointVerdict.KILLED),  # by another clause
        (outcome("WV2-GET-008"), PointVerdict.SURVIVED),  # an OBSERVE is no finding
        (outcome(), PointVerdict.SURVIVED),
        (outcome(hits=0), PointVerdict.NEVER_WRONG),
        (outcome(problem="refused"), PointVerdict.STOPPED),
        (outcome(undecided={"WV2-GET-004": "2/3"}), PointVerdict.STOPPED),
        (outcome(undecided={"WV2-LIFE-006": "2/3"}), PointVerdict.SURVIVED),  # a SHOULD closes no gate
        (outcome(undecided={"WV2-GET-004": "2/3"}, hits=0), PointVerdict.NEVER_WRONG),
        (ServerOutcome(problem="it took too long"), PointVerdict.NOT_JUDGED),
    ],
)
def test_the_verdict_on_a_fault(found, verdict):
    assert PointResult(FAULT, found).verdict is verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (outcome(), PointVerdict.ACCEPTED),
        (outcome(hits=0), PointVerdict.NEVER_DIFFERENT),
        (outcome("WV2-LIFE-006"), PointVerdict.BLAMED),
        (outcome(undecided={"WV2-GET-004": "2/3"}), PointVerdict.UNDECIDED),
        (outcome(problem="refused"), PointVerdict.UNDECIDED),
        (ServerOutcome(problem="it took too long"), PointVerdict.NOT_JUDGED),
    ],
)
def test_the_verdict_on_a_legal_point(found, verdict):
    assert PointResult(LEGAL, found).verdict is verdict


def test_a_fault_in_what_the_target_does_not_have_to_show_is_not_counted():
    optional = all_points()["GET 404 details / retyped / always"]
    unseen = PointResult(optional, outcome(hits=0))
    assert unseen.verdict is PointVerdict.NOT_SHOWN
    assert PointResult(optional, outcome()).verdict is PointVerdict.SURVIVED
    assert check(unseen).killed == Rate(0, 0)


def test_a_value_of_the_target_s_own_that_is_too_short_to_be_cut_is_not_counted():
    own, clients = (
        all_points()[f"DELETE 202 metadata.{name} / truncated at 8 / always"] for name in ("projectName", "name")
    )
    unaffected = outcome(hits=0, unaffected=3)
    assert PointResult(own, unaffected).verdict is PointVerdict.NOT_SHOWN
    assert PointResult(own, outcome(hits=0)).verdict is PointVerdict.NEVER_WRONG  # no such answer came
    assert PointResult(clients, unaffected).verdict is PointVerdict.NEVER_WRONG  # the suite could send a longer one


@pytest.mark.parametrize(
    ("count", "of", "below", "above"),
    [(0, 10, 0.0, 27.75), (10, 10, 72.25, 100.0), (81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05)],
)
def test_the_interval_is_wilsons(count, of, below, above):
    """The last two are the examples of Newcombe (1998), method 3."""
    assert Rate(count, of).interval == pytest.approx((below, above), abs=0.006)


def test_nothing_judged_shows_nothing():
    assert Rate(0, 0).interval == (0.0, 100.0)
    assert not check().passed


def test_what_was_not_judged_or_not_in_effect_is_not_counted():
    found = check(
        PointResult(FAULT, outcome("WV2-GET-004")),
        PointResult(FAULT, outcome(hits=0)),
        PointResult(FAULT, ServerOutcome(problem="it took too long")),
        PointResult(LEGAL, outcome()),
        PointResult(LEGAL, outcome(hits=0)),
    )
    assert (found.killed, found.named, found.blamed) == (Rate(1, 2), Rate(1, 2), Rate(0, 1))


KILLED, FAIR = PointResult(FAULT, outcome("WV2-GET-004")), PointResult(LEGAL, outcome())


@pytest.mark.parametrize(
    ("results", "passed"),
    [
        ((KILLED, FAIR), True),
        ((KILLED, PointResult(LEGAL, outcome("WV2-LIFE-006"))), False),
        ((KILLED, PointResult(FAULT, outcome())), False),
        ((KILLED, PointResult(LEGAL, outcome(left=("an id",)))), False),
    ],
)
def test_it_passes_if_the_bar_is_reached_nobody_is_blamed_and_nothing_is_left(results, passed):
    assert check(*results).passed is passed


FULL = check(
    KILLED,
    PointResult(FAULT, outcome(hits=0)),
    PointResult(LEGAL, outcome("WV2-LIFE-006", left=(NASTY,))),
    PointResult(LEGAL, outcome(undecided={"WV2-GET-004": NASTY}, problem=NASTY)),
    why={FAULT.id: "mode is dry-run"},
    waiting=4,
    target="https://runai.example.com",
    already=("WV2-GET-007",),
)


def test_pages_escape_what_a_target_says():
    shown = html_text(FULL)
    assert "<script" not in shown
    assert "\x1b" not in shown
    assert "mode is dry-run" in shown
    assert "\x1b" not in text(FULL)
    assert "\x1b" not in markdown_text(FULL)


def test_the_text_says_what_was_not_seen_and_why():
    shown = text(FULL)
    assert f"never wrong: {FAULT.id}" in shown
    assert "because mode is dry-run" in shown
    assert "would have stopped 1 of 2 such regressions of https://runai.example.com" in shown
    assert shown.endswith("self-check: failed\n")


def test_json_has_every_point():
    found = json.loads(json_text(FULL))
    assert [point["verdict"] for point in found["points"]] == ["killed", "never wrong", "blamed", "undecided"]
    assert found["rates"]["killed"] == {"count": 1, "of": 2, "percent": 50.0, "interval": [9.45, 90.55]}
