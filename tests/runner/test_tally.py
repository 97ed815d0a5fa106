"""From what was counted to a verdict on a requirement."""

from __future__ import annotations

from support.reports import MUST, finding

from workloads_conformance.runner.tally import MOST_FINDINGS, Known, Tally
from workloads_reports import Verdict
from workloads_specs import load_catalogue

CATALOGUE = load_catalogue()


def verdict(tally):
    return next(one for one in tally.results(lambda _: "nothing tried") if one.requirement == MUST)


def test_what_was_broken_and_never_repeated_is_not_passed():
    """The run was interrupted between the first case and its repetitions."""
    tally = Tally(CATALOGUE)
    tally.satisfied(MUST.id)
    tally.violated(MUST.id, 1)
    result = verdict(tally)
    assert (result.verdict, result.cases, result.violated) == (Verdict.INCONCLUSIVE, 2, 1)
    assert result.reason == "violated in 1 of 2 cases, but the run ended before it was repeated"


def test_findings_of_interest_are_few_and_waived_ones_take_no_place_from_others():
    tally = Tally(CATALOGUE, lambda known: known.message.startswith("waived"))

    def wants(message):
        return tally.wants(Known(MUST.id, finding(message).code, message))

    for number in range(MOST_FINDINGS):
        assert wants(f"waived {number}")
        tally.find(MUST.id, finding(f"waived {number}"))
    assert not wants("waived too")
    for number in range(MOST_FINDINGS):
        assert wants(f"new {number}")
        tally.find(MUST.id, finding(f"new {number}"))
    assert not wants("new too")
    assert not wants("new 1")


def test_a_finding_is_known_by_its_code_and_not_by_its_wording():
    tally = Tally(CATALOGUE, lambda known: known.message == "waived")
    tally.find(MUST.id, finding("a wording", code="refused-update/changed:rawManifest"))
    assert not tally.wants(Known(MUST.id, "refused-update/changed:rawManifest", "another wording"))
    assert tally.wants(Known(MUST.id, "refused-update/changed:category", "a wording"))
    assert tally.wants(Known(MUST.id, "refused-update/changed:rawManifest", "waived"))


def test_the_first_exchange_that_showed_a_breach_counts_once_there_is_a_finding():
    """Trials end in any order, and what does not repeat was not shown."""
    tally = Tally(CATALOGUE)
    for exchange in (7, 3, 5):
        tally.violated(MUST.id, exchange)
    assert tally.first_shown(MUST.id) is None
    tally.find(MUST.id, finding("broken"))
    assert tally.first_shown(MUST.id) == 3
