"""Which cases are started when: tests before their turn, and further rounds of drawn ones as long as a budget lasts."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from workloads_conformance.http import Client
from workloads_conformance.settings import Settings

from . import cases
from .cases import Redraw, Shorter
from .explore import Explorer
from .judges import Drawn, Fixed, InTurn, JudgingTest, Turn
from .outcome import Outcome
from .share import WHOLE, Share

_AHEAD = 48
"""Tests that are started before their turn: enough that one that has to wait keeps none from going on."""

_AHEAD_OF_THE_FIRST = 3
"""The same where the first failure ends the run: what was started before it has to end before it is repeated."""

_ROOM = 16
"""Live workloads of a run from which on some may be kept until its end, by tests that go on throughout it."""

_LONG = 10.0
"""Seconds after which a test is taken to wait for what may never come. All others are started then: some may have to
wait as it does, and do so with it."""


@dataclass(frozen=True, slots=True)
class Started:
    """A test whose cases are on their way. `smaller` looks for smaller ones; None where there are none."""

    test: JudgingTest
    scope: str
    smaller: Redraw | Shorter | None
    outcomes: Future[list[Outcome]]


class Schedule:
    """Starts the cases of the planned tests, in their order.

    Args:
        planned: the tests that will be run. One that is not among them is started when its turn comes.
        explorer: what runs the cases.
        client: what tells whether the target still answers.
        settings: the profile, the seed, and the budget that the drawn tests share.
        first: the cases that come first, by test, as `put_first` takes them.
        shares: what is run of each planned test, where it is not all of it.
    """

    def __init__(
        self,
        planned: Sequence[JudgingTest],
        explorer: Explorer,
        client: Client,
        settings: Settings,
        *,
        shares: Mapping[str, Share] = MappingProxyType({}),
        first: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self._planned, self._shares_of, self._first = list(planned), shares, first
        self._explorer, self._client, self._settings = explorer, client, settings
        self._ahead: dict[str, Started] = {}
        self._reach: int | None = _AHEAD_OF_THE_FIRST if settings.fail_fast else _AHEAD
        self._quick: set[str] = set()
        self._has_budget = cases.has_budget(settings)
        self._shares = sum(test.cases.share for test in planned if isinstance(test.cases, Drawn))
        self._search_until = time.monotonic() + (settings.budget if self._has_budget else 0)

    def rounds(self, test: JudgingTest) -> Iterator[Started]:
        """Yields the test with its cases, and again with others for as long as its share of the budget lasts."""
        place = next((index for index, planned in enumerate(self._planned) if planned is test), -1)
        del self._planned[: place + 1]
        if test.turn is Turn.USUAL:
            self._start_throughout()
        else:
            self._explorer.others_have_ended()
        started = self._ahead.pop(test.name, None) or self._start(test, 0)
        self._start_next(test.turn)
        self._start_all_beside(started)
        for number in self._numbers(test):
            yield self._start(test, number) if number else started

    @property
    def is_over(self) -> bool:
        """True if every planned test has had its turn."""
        return not self._planned

    def started_early(self) -> list[Started]:
        """Returns the tests whose turn has not come, when what was started of them has ended and disturbs nothing."""
        for started in self._ending():
            self._start_all_beside(started)
        ending = self._ending()
        for started in ending:
            self._explorer.wait(started.outcomes)
        return ending

    def _ending(self) -> list[Started]:
        """Returns what was started of tests whose turn has not come, but for those that wait for all others."""
        return [started for started in self._ahead.values() if started.test.turn is Turn.USUAL]

    def abandon(self) -> None:
        """Gives up what was started of tests whose turn will not come.

        Raises:
            TargetError: something of it does not end, though it had time for it.
        """
        self._ahead.clear()
        self._explorer.abandon()

    def _start_all_beside(self, started: Started) -> None:
        """Starts all other tests if one takes long; this is asked once of each."""
        if self._reach is None or started.scope in self._quick:
            return
        self._quick.add(started.scope)
        if self._client.transport.recorded(
            f"{started.scope}: takes long", lambda: not self._explorer.ends_within(started.outcomes, _LONG)
        ):
            self._reach = None
            self._start_next(started.test.turn)

    def _start_throughout(self) -> None:
        """Starts the tests that go on throughout the run, if it has room for what they keep alive."""
        if self._settings.max_live >= _ROOM:
            self._start_early(test for test in self._planned if test.turn is Turn.THROUGHOUT)

    def _start_next(self, turn: Turn) -> None:
        """Starts the tests that come next, so that one test's latency is another's time.

        Args:
            turn: that of the test whose turn it is: those that wait for all others are started when it is one of them.
        """
        self._start_early(
            test for test in self._planned[: self._reach] if turn is not Turn.USUAL or test.turn is Turn.USUAL
        )

    def _start_early(self, tests: Iterable[JudgingTest]) -> None:
        for test in tests:
            if test.name not in self._ahead and not self._client.lost:
                self._ahead[test.name] = self._start(test, 0)

    def _start(self, test: JudgingTest, number: int) -> Started:
        """Takes a test's cases and starts them."""
        scope, drawn = f"{test.name}/{number}", test.cases
        smaller: Redraw | Shorter | None = None
        if isinstance(drawn, Fixed):
            tried = self._ordered(test, test.listed(self._settings), number)
            if isinstance(drawn, InTurn) and drawn.shorter is not None:
                smaller = Shorter(drawn.shorter)
        else:
            draw_them = partial(cases.draw_round, drawn, self._settings, number)
            text = self._client.transport.recorded(
                f"{scope}: cases", lambda: cases.written(drawn, self._ordered(test, draw_them(), number))
            )
            tried = cases.read(drawn, text)
        places = self._shares_of.get(test.name, WHOLE).of_cases(len(tried))
        chosen = {place: tried[place] for place in places}
        if isinstance(drawn, Drawn):
            others = (cases.written(drawn, [case]) for place, case in enumerate(tried) if place not in chosen)
            smaller = Redraw(drawn, self._settings, number, frozenset(others))
        return Started(test, scope, smaller, self._explorer.start(scope, test.run, chosen))

    def _ordered(self, test: JudgingTest, found: Sequence[Any], number: int) -> Sequence[Any]:
        """Returns the cases of a round, those of the first one in the order that was asked for."""
        first = self._first.get(test.name, ()) if number == 0 else ()
        return cases.put_first(test, found, first, self._settings) if first else found

    def _numbers(self, test: JudgingTest) -> Iterator[int]:
        """Yields 0, and for drawn cases further numbers as long as the test's share of the budget lasts."""
        if isinstance(test.cases, Fixed):
            yield 0
            return
        left = self._search_until - time.monotonic()
        until = time.monotonic() + left * test.cases.share / max(self._shares, test.cases.share)
        self._shares -= test.cases.share
        yield 0
        for number in itertools.count(1):
            if not self._client.transport.recorded(f"{test.name}/{number}: is drawn", lambda: self._goes_on(until)):
                return
            yield number

    def _goes_on(self, until: float) -> bool:
        return time.monotonic() < until and not self._client.lost and self._client.transport.full is None
