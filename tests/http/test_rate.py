"""The rate and the number of requests in flight follow from what the target does, by a clock of the test."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from workloads_conformance.http import Authorization, Exchange, Request, Response
from workloads_conformance.http.flight import Flight
from workloads_conformance.http.governor import Governor
from workloads_conformance.http.rate import Rate
from workloads_conformance.http.unserved import Unserved


def rates(takes: Callable[[float, float], bool], seconds: float, most: float = math.inf) -> tuple[Rate, int, int]:
    """Sends as fast as the rate allows, 500 a second at most; returns the rate, and what was taken and refused.

    `takes` says whether the target takes a request, by the time and by how many it took in the last second.
    """
    now = 0.0
    rate = Rate(most, lambda: now)
    last: list[float] = []
    refused = taken = 0
    while now < seconds:
        now += max(rate.delay(), 1 / 500)
        rate.leave()
        last = [one for one in last if one > now - 1]
        if takes(now, len(last)):
            last.append(now)
            taken += 1
            rate.taken()
        else:
            refused += 1
            rate.refused(1.0)
    return rate, taken, refused


@pytest.mark.parametrize("limit", [5, 20, 100])
def test_a_limit_is_learned_and_used(limit):
    rate, taken, refused = rates(lambda _, last: last < limit, 60)
    assert rate.learned == pytest.approx(limit, rel=0.25)
    assert taken > 0.75 * 60 * limit
    assert refused < 500 + 0.2 * taken


def test_what_the_user_allows_is_kept():
    _, taken, _ = rates(lambda *_: True, 60, most=7)
    assert 7 * 60 * 0.95 < taken <= 7 * 60 + 1


def test_refusals_at_any_rate_do_not_slow_a_run_down():
    """A target that is busy at random takes no more where it is asked for less."""
    count = iter(range(10**6))
    rate, taken, _ = rates(lambda *_: next(count) % 10 != 0, 60)
    assert rate.learned is None
    assert taken > 60 * 200


def test_a_limit_that_is_lifted_is_forgotten():
    rate, _, _ = rates(lambda now, last: now > 20 or last < 5, 80)
    assert rate.now > 50


@pytest.mark.parametrize(
    ("remaining", "reset", "limit", "delay"), [(50, 10, 100, 0), (9, 10, 100, 1), (0, 10, 100, 10), (0, 1e9, 100, 60)]
)
def test_what_is_left_of_a_limit_is_spread(remaining, reset, limit, delay):
    rate = Rate(clock=lambda: 1000.0)
    rate.told(remaining, reset, limit, in_flight=2)
    assert rate.delay() == pytest.approx(delay)


def flights(seconds: Callable[[int], float], most: int = 64) -> int:
    flight = Flight(most)
    for _ in range(3000):
        flight.answered(seconds(flight.limit), flight.limit)
    return flight.limit


def test_more_are_in_flight_as_long_as_answers_do_not_slow_down():
    assert flights(lambda _: 1.0) == 64
    assert flights(lambda _: 0.2, most=10) == 10


def test_fewer_are_in_flight_where_answers_slow_down():
    assert flights(lambda in_flight: 0.1 if in_flight <= 20 else 0.1 * in_flight / 5) <= 45
    assert flights(lambda in_flight: 0.05 * in_flight) >= 6, "tests of races send six at once"


def test_refusals_leave_two_in_flight():
    flight = Flight(64)
    for _ in range(100):
        flight.refused()
    assert flight.limit == 2


WRONG = Authorization("Bearer x", "Bearer x")


@pytest.mark.parametrize("authorization", [None, WRONG])
def test_whoever_is_locked_out_for_wrong_credentials_learns_nothing_of_the_rate(authorization):
    governor = Governor(8, math.inf)
    limits = (("ratelimit-limit", "10"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "1"))
    request = Request(method="GET", path="/", authorization=authorization)
    governor.learn(Exchange(request, Response(429, limits, b""), None, 0.01), 0.0)
    assert (governor.learned is None) == (authorization is WRONG)


def get(path: str) -> Request:
    return Request(method="GET", path=path)


@pytest.mark.parametrize(
    ("ones", "others", "expected"),
    [
        ("aaaaa", "bbbbb", [False, False, True, True, True]),  # half a request a second was left of such runs
        ("aaaaa", "", [False] * 5),  # nothing is taken: it may be too many
        ("acdef", "bbbbb", [False] * 5),
        ("aaaaa", "aaaaa", [False] * 5),  # it is taken now and then
    ],
)
def test_one_request_that_is_always_refused_is_told_from_too_many(ones, others, expected):
    unserved = Unserved()
    seen = []
    for number, one in enumerate(ones):
        seen.append(unserved.refused(get(one)))
        if others:
            unserved.taken(get(others[number]))
    assert seen == expected


@pytest.mark.parametrize("has_started", [True, False])
def test_a_target_that_is_starting_says_nothing_of_the_rate(has_started):
    """A run went down to a request in seven seconds while a target started, and took a minute to come back."""
    now = 0.0
    governor = Governor(8, math.inf, lambda: now)
    if has_started:
        governor.learn(Exchange(get("b"), Response(200, (), b""), None, 0.01), now)
    for number in range(400):
        now += 0.05
        governor.learn(Exchange(get(f"a{number}"), Response(503, (), b""), None, 0.01), now)
        if governor.learned is not None:
            break
    assert (governor.learned is not None) is has_started
