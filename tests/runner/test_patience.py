"""What does not come is waited for once."""

from __future__ import annotations

from workloads_conformance.runner.patience import Patience


def test_the_settle_time_is_given_until_something_did_not_come_within_it():
    patience = Patience(60)
    assert patience.of("visible") == 60
    patience.came("visible", 2.5)
    assert patience.of("visible") == 60
    patience.did_not_come("visible")
    assert patience.of("visible") == 7.5
    assert patience.of("gone") == 60, "another thing to wait for"


def test_where_it_never_came_a_second_is_enough():
    patience = Patience(60)
    patience.did_not_come("visible")
    assert patience.of("visible") == 1


def test_it_is_never_more_than_the_settle_time():
    patience = Patience(3)
    patience.came("visible", 2.9)
    patience.did_not_come("visible")
    assert patience.of("visible") == 3
    assert Patience(0.5).of("x") == 0.5


def test_what_was_in_vain_is_not_worth_waiting_for_again():
    patience = Patience(60)
    patience.came("visible", 2.5)
    assert patience.longest == 60, "nothing was in vain"
    patience.did_not_come("gone")
    assert patience.longest == 7.5


def test_the_first_look_comes_when_others_had_come():
    patience = Patience(60)
    assert patience.head_start("visible") == 0
    patience.looked("visible", 0.0, 2.0)
    assert patience.head_start("visible") == 2
    assert patience.head_start("gone") == 0, "another thing to wait for"


def test_what_is_there_at_the_first_look_is_looked_for_sooner_the_next_time():
    patience = Patience(60)
    patience.looked("visible", 0.0, 2.0)
    waits = []
    while wait := patience.head_start("visible"):
        waits.append(wait)
        patience.looked("visible", wait, 0.0)
    assert waits == sorted(waits, reverse=True)
    assert len(waits) < 100, "where it comes at once nothing is waited for"


def test_a_head_start_is_no_longer_than_what_is_worth_waiting_for():
    patience = Patience(60)
    patience.looked("visible", 0.0, 50.0)
    patience.came("visible", 2.0)
    patience.did_not_come("visible")
    assert patience.head_start("visible") == 6
