"""How tests are run: rounds within a budget, names that follow from the trial, an early start, errors of the suite."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from support.servers import Changed, serving

from workloads_conformance.reference.store import Store
from workloads_conformance.runner import Drawn, Turn, UndecidedError, judges, schedule
from workloads_conformance.session import RequirementViolatedError, Selection, Session
from workloads_conformance.settings import load_settings
from workloads_reports import Verdict

CASES: list[int] = []
NAMES: list[str] = []
SLOW = {"seconds": 0.3}
LONG: Counter[str] = Counter()
ORDER: list[str] = []


@judges("WV2-GET-004", over=Drawn(lambda _settings: st.integers(0, 10**9), share=0.1))
async def drawn(trial, case) -> None:
    """Draws two numbers a round."""
    CASES.append(case)
    trial.status("WV2-GET-004", await trial.get(trial.unknown_id()), 404, "GET")


@judges("WV2-GET-004", over=range(5))
async def named(trial, case) -> None:
    """Uses two names and an id."""
    NAMES.append(f"{case} {trial.name()} {trial.name()} {trial.unknown_id()}")


@judges("WV2-GET-003")
async def slow(trial) -> None:
    """Takes a third of a second, or as long as it has to."""
    await asyncio.sleep(SLOW["seconds"])
    trial.status("WV2-GET-003", await trial.get(trial.unknown_id()), 404, "GET")


@judges("WV2-LIFE-007", turn=Turn.THROUGHOUT)
async def throughout(trial) -> None:
    """Begins before the others, and ends after them."""
    ORDER.append("throughout begins")
    await trial.until_others_end()
    ORDER.append("throughout ends")
    trial.status("WV2-LIFE-007", await trial.get(trial.unknown_id()), 200, "GET of what was left alone")


@judges("WV2-LIFE-009", turn=Turn.LAST)
async def last(_trial) -> None:
    """Comes after the others."""
    ORDER.append("last")


@judges("WV2-GET-003")
async def usual(trial) -> None:
    """One of the others; it fails, and is repeated."""
    trial.status("WV2-GET-003", await trial.get(trial.unknown_id()), 200, "GET of what is not there")
    ORDER.append("usual")


async def wait_in_vain(trial, who: str, requirement: str) -> None:
    LONG[who] += 1
    await trial.get(trial.unknown_id())
    await asyncio.sleep(2.1)
    answer = await trial.get(trial.unknown_id())
    trial.status(requirement, answer, 200, f"GET of what {who} for")


@judges("WV2-GET-003")
async def waits(trial) -> None:
    """Waits for what does not come."""
    await wait_in_vain(trial, "waits", "WV2-GET-003")


@judges("WV2-DELETE-003")
async def waits_too(trial) -> None:
    """Waits for what does not come."""
    await wait_in_vain(trial, "waits too", "WV2-DELETE-003")


@judges("WV2-GET-003")
async def makes(trial) -> None:
    """Makes a workload, and waits for what does not come."""
    await trial.existing()
    await wait_in_vain(trial, "makes", "WV2-GET-003")


@judges("WV2-DELETE-004")
async def goes_on(trial) -> None:
    """Waits for what does not come, and where it is repeated for so long that nobody waits for it."""
    await asyncio.sleep(600 * trial.attempt.repeats)
    await wait_in_vain(trial, "goes on", "WV2-DELETE-004")


class Keeping(Store):
    """Accepts deletions, and does none."""

    def delete(self, identifier, _principal):
        return self.get(identifier)


@judges("WV2-GET-003")
async def faulty(_trial) -> None:
    """Has a mistake of its own."""
    raise ZeroDivisionError("a mistake of the suite")


@pytest.fixture
def session(tmp_path):
    def make(target, plan=(), **flags) -> Session:
        given = {**target.flags, "report-dir": str(tmp_path), "settle": "1", **flags}
        made = Session(load_settings(given, target.environ), target.environ)
        made.plan(Selection(tuple(plan)))
        made.open()
        return made

    with serving(Changed()) as target:
        sessions = []

        def opened(*plan, **flags) -> Session:
            sessions.append(make(target, plan, **flags))
            return sessions[-1]

        yield opened
        for one in sessions:
            one.clean_up()
            one.close()


def test_thorough_goes_on_for_its_budget(session):
    CASES.clear()
    drawn(session(drawn.judging, profile="thorough", budget="3.0"))
    assert len(set(CASES)) > drawn.judging.cases.count("standard"), "more than one round, however slow the machine"


def test_without_a_budget_there_is_one_round(session):
    CASES.clear()
    drawn(session(profile="thorough"))
    assert len(CASES) == drawn.judging.cases.count("thorough") == 25


def test_names_and_ids_follow_from_run_and_trial(session):
    """The same trials of two runs differ in the run's code alone; two trials of a run share nothing."""
    sent = []
    for _ in range(2):
        NAMES.clear()
        run = session()
        named(run)
        sent.append(sorted(NAMES))
    codes = [[word.split("-", 2)[2] for line in names for word in line.split()[1:3]] for names in sent]
    assert codes[0] == codes[1]
    words = [word for names in sent for line in names for word in line.split()[1:]]
    assert len(words) == len(set(words))


def test_tests_that_come_next_are_started_early(session):
    """Whatever comes after a test that waits is done when it ends."""
    run = session(slow.judging, named.judging)
    NAMES.clear()
    slow(run)
    assert len(NAMES) == 5
    named(run)
    assert len(NAMES) == 5


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, (len(CASES), len(NAMES))
        time.sleep(0.01)


def run_a_slow_test_before_many(session) -> None:
    """Runs it, and the first of 50 others; after those comes one that uses names."""
    others = [replace(drawn.judging, name=f"drawn {number}") for number in range(50)]
    run = session(slow.judging, *others, named.judging)
    CASES.clear()
    NAMES.clear()
    slow(run)
    run.run_test(others[0])


def test_beside_a_test_that_waits_for_long_all_others_are_started(session, monkeypatch):
    monkeypatch.setattr(schedule, "_LONG", 0.1)
    monkeypatch.setitem(SLOW, "seconds", 4.0)  # the others are drawn while it goes on
    run_a_slow_test_before_many(session)
    until(lambda: len(NAMES) == 5)


def test_beside_other_tests_those_that_come_next_are_started(session):
    run_a_slow_test_before_many(session)
    until(lambda: len(CASES) == 49 * drawn.judging.cases.count("standard"))
    assert not NAMES


@pytest.mark.parametrize(("room", "before"), [("16", ["throughout begins"]), ("15", [])])
def test_what_goes_on_throughout_ends_after_all_others_also_where_they_fail(session, room, before):
    """With little room it is not started before its turn, as it would take the others' room until then."""
    ORDER.clear()
    run = session(usual.judging, last.judging, throughout.judging, **{"max-live": room})
    with pytest.raises(RequirementViolatedError):
        usual(run)
    assert [*before, *["usual"] * 4] == ORDER, "it is repeated three times"
    last(run)
    with pytest.raises(RequirementViolatedError):
        throughout(run)
    assert Counter(ORDER) == {"usual": 4, "last": 1, "throughout begins": 4, "throughout ends": 4}


def test_what_goes_on_throughout_does_not_outlast_a_run_that_ends_before_its_turn(session):
    ORDER.clear()
    run = session(usual.judging, throughout.judging)
    with pytest.raises(RequirementViolatedError):
        usual(run)
    run.clean_up()
    assert "throughout ends" not in ORDER


def test_what_takes_long_is_repeated_together(session):
    """When the first of two tests that wait in vain has been repeated, so has the second."""
    LONG.clear()
    run = session(waits.judging, waits_too.judging)
    with pytest.raises(RequirementViolatedError):
        waits(run)
    assert LONG == {"waits": 4, "waits too": 4}
    with pytest.raises(RequirementViolatedError):
        waits_too(run)
    assert LONG == {"waits": 4, "waits too": 4}
    assert [finding.confirmed for one in run.report().having(Verdict.FAIL) for finding in one.findings] == ["3/3"] * 2


def test_a_mistake_of_the_suite_is_no_fault_of_the_target(session):
    run = session()
    faulty(run)
    report = run.report()
    [found] = report.having(Verdict.ERROR)
    assert found.requirement.id == "WV2-GET-003"
    assert "a mistake of the suite" in found.reason
    assert "test_exploration.py" in found.reason


TRIES = itertools.count()


@judges("WV2-GET-002")
async def makes_way(trial) -> None:
    """Lets others go first, as where there is no room, more often than a disturbed case is tried."""
    if next(TRIES) < 8:
        trial.made_way = True
        raise UndecidedError("others need room, too")
    await trial.get((await trial.existing()).id)


def test_a_case_that_makes_way_for_others_does_not_use_up_its_attempts(judge):
    report = judge(Changed(), makes_way)
    [found] = [one for one in report.requirements if one.requirement.id == "WV2-GET-002"]
    assert found.verdict is Verdict.PASS


def test_what_is_given_up_is_not_waited_for_where_what_stays_is_looked_at(tmp_path):
    """A run that ends early has repetitions under way: they are cancelled, and the clean-up judges what it sees."""
    with serving(Changed(store=Keeping(0.05, 0.05))) as target:
        given = {**target.flags, "report-dir": str(tmp_path), "settle": "1"}
        session = Session(load_settings(given, target.environ), target.environ)
        session.plan(Selection((makes.judging, goes_on.judging)))
        try:
            session.open()
            with contextlib.suppress(RequirementViolatedError):
                makes(session)
            session.clean_up()
            report = session.report()
        finally:
            session.close()
    assert [one.requirement.id for one in report.having(Verdict.FAIL)] == ["WV2-GET-003", "WV2-DELETE-003"]
    assert LONG["goes on"] == 1, "it was started, and repeated in vain"
