"""Whatever a server answers: nothing foreign is touched, nothing but the contract's paths is asked for, all is told."""

from __future__ import annotations

from contextlib import suppress

import pytest
from support import foreign
from support.foreign import ATTACKS, IDS, LYING, Foreign
from support.servers import serving

from workloads_conformance.errors import ConformanceError
from workloads_conformance.session import RequirementViolatedError, Session
from workloads_conformance.settings import load_settings
from workloads_conformance.suite import test_create, test_delete, test_dry_run, test_life, test_update
from workloads_reports import Report, RunVerdict, Verdict

pytestmark = pytest.mark.slow

TESTS = (
    test_create.test_a_repeated_create_conflicts,
    test_create.test_a_prefix_is_followed_by_random_characters,
    test_create.test_each_priority_is_accepted,
    test_delete.test_a_deleted_workload_goes_away,
    test_delete.test_a_second_delete,
    test_delete.test_a_malformed_id_is_refused,
    test_dry_run.test_a_valid_create_is_accepted,
    test_dry_run.test_what_is_no_boolean_is_refused,
    test_life.test_a_workload_at_rest,
    test_update.test_priority_and_category_are_updated,
    test_update.test_a_refused_update_changes_nothing,
)


def judged(server: Foreign, tmp_path, **flags: str) -> Report:
    """Runs some tests that create, update and delete, as a run does, cleaning up included."""
    with serving(server) as target:
        given = {**target.flags, "report-dir": str(tmp_path), "settle": "3", "deadline": "10", **flags}
        session = Session(load_settings(given, target.environ), target.environ)
        try:
            with suppress(ConformanceError):
                session.open()
                for test in TESTS:
                    with suppress(RequirementViolatedError):
                        test(session)
            session.clean_up()
            return session.report()
        finally:
            session.close()


@pytest.mark.parametrize("identifier", IDS.values(), ids=IDS)
def test_an_id_steers_no_request(identifier, tmp_path):
    server = Foreign(attack=foreign.answers_id(identifier))
    report = judged(server, tmp_path)
    assert server.strays == []
    assert server.touched == []
    assert server.alive == [], "what was created without a usable id is found by its name, and removed"
    assert (report.leftovers.leaked, report.leftovers.unknown) == ((), ())
    assert report.leftovers.created == report.leftovers.removed > 0


def told(report: Report) -> int:
    return len(report.leftovers.leaked) + len(report.leftovers.unknown)


@pytest.mark.parametrize(("attack", "before"), ATTACKS.values(), ids=ATTACKS)
def test_nothing_foreign_is_touched_and_nothing_stays(attack, before, tmp_path):
    server = Foreign()
    server.attack, server.before = attack or server.attack, before or server.before
    report = judged(server, tmp_path)
    assert server.strays == []
    assert server.touched == []
    assert len(server.alive) == told(report)
    assert server.alive == [] or attack is foreign.lists_foreign_ids, "which hides some behind ids that are not theirs"


@pytest.mark.parametrize(("attack", "before"), LYING.values(), ids=LYING)
def test_what_is_left_is_told(attack, before, tmp_path):
    server = Foreign()
    server.attack, server.before = attack or server.attack, before or server.before
    report = judged(server, tmp_path)
    assert server.strays == []
    assert server.touched == []
    assert len(server.alive) == told(report) > 0
    assert set(server.alive) == {*report.leftovers.leaked, *report.leftovers.unknown}
    assert list(tmp_path.glob("ledger-*.jsonl")), "for `sweep`"


@pytest.mark.parametrize("attack", [foreign.answers_foreign_ids, foreign.loses_ids, foreign.gives_up])
def test_without_a_list_what_cannot_be_found_is_told_as_unknown(attack, tmp_path):
    def without_a_list(server, call, reply):
        return foreign.has_no_list(server, call, attack(server, call, reply))

    server = Foreign(attack=without_a_list)
    report = judged(server, tmp_path)
    assert server.strays == []
    assert server.touched == []
    assert len(server.alive) == told(report) > 0


def test_a_list_without_end_ends(tmp_path):
    server = Foreign(attack=foreign.lists_without_end)
    report = judged(server, tmp_path)
    assert server.alive == []
    assert report.leftovers.removed > 0
    assert sum(path.startswith("/api/v1/workloads") for _, path in server.requests) <= 200


def test_mode_dry_run_stops_where_a_dry_run_creates(tmp_path):
    server = Foreign(before=foreign.creates_in_dry_runs)
    report = judged(server, tmp_path, mode="dry-run")
    creates = [path for method, path in server.requests if method == "POST"]
    assert len(creates) == 4, "one, and the three times that it is repeated"
    assert server.alive == []
    assert report.leftovers.removed == 4
    [found] = [result for result in report.requirements if result.verdict is Verdict.FAIL]
    assert found.requirement.id == "WV2-DRYRUN-002"
    assert report.verdict is RunVerdict.NONCONFORMANT
    assert any("mode dry-run is not safe on this target" in result.reason for result in report.requirements)


def test_mode_dry_run_leaves_nothing_on_an_honest_server(tmp_path):
    server = Foreign()
    report = judged(server, tmp_path, mode="dry-run")
    assert report.leftovers.created == 0
    assert {method for method, _ in server.requests} <= {"GET", "POST"}
