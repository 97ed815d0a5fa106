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
