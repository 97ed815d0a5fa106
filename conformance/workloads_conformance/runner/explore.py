"""Runs a test over its cases: all at once first, then, where one fails, again to find the smallest case that does.

Pass 1 draws the cases without any I/O and sends them concurrently, so that latency does not set the pace. Only for a
requirement that a case violated does pass 2 run the same seed again, answering from pass 1 up to the failing case and
shrinking it live. Then it is repeated: a failure counts when it repeats. What a single exchange showed is repeated as
that request, after the writes that led to it; only where that does not show it, and for what a test made of several
answers, is it the case, in which the same has to be wrong at the same place.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent import futures
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Protocol

from workloads_conformance.errors import NotPermittedError
from workloads_conformance.http import TargetLostError

from .attempt import Attempt
from .cases import Redraw, Shorter
from .confirming import (
    OTHERS,
    STIRS,
    Approach,
    Test,
    approaches,
    examined,
    goes_on,
    is_sometimes,
    live,
    nearest,
    shown_again,
    shown_instead,
    stir,
)
from .context import Context
from .judgement import Judgement
from .loop import LoopThread
from .outcome import MORE_REPETITIONS, REPETITIONS, Examined, Outcome
from .shrinking import Shrinking, StillFailsError
from .trial import Trial
from .undecided import UndecidedError, UntestableError

_ATTEMPTS, _PAUSE, _LONGEST_PAUSE = 4, 0.1, 2.0
"""How often a case is tried that is disturbed each time, and seconds until it is tried again, at first and at most."""

_MOST_ATTEMPTS = 16
"""How often a case is tried that makes way for others each time, which says nothing about the target."""


class Trials(Protocol):
    """Makes the trials of a run, of a class that knows what is tested; the arguments are those of `Trial`."""

    def __call__(self, scope: str, part: str, attempt: Attempt) -> Trial:
        """Returns a new trial."""
        ...


class Explorer:
    """Runs tests on cases. Tests that are started together share the slots: so many trials go on at a time."""

    def __init__(self, loop: LoopThread, context: Context, trials: Trials, *, slots: int) -> None:
        self._loop, self._context, self._trials = loop, context, trials
        self._slots = asyncio.Semaphore(slots)
        self._repeating: dict[str, Future[list[Outcome]]] = {}

    def start(
        self, scope: str, test: Test, cases: Mapping[int, Any], *, repeats: bool = False
    ) -> Future[list[Outcome]]:
        """Starts to run a test on cases, by place, all at once, and returns; `wait` gives the outcomes.

        Names and ids follow from a case's place among all of the test.
        """
        return self._loop.start(self._run_all(scope, test, cases, repeats=repeats))

    def wait(self, started: Future[list[Outcome]]) -> list[Outcome]:
        """Returns the outcomes of what was started."""
        return self._loop.wait(started)

    def ends_within(self, started: Future[list[Outcome]], seconds: float) -> bool:
        """True if what was started ends in time; waits no longer than that."""
        return bool(futures.wait([started], seconds).done)

    def run_again(self, scope: str, test: Test, cases: Sequence[Any]) -> list[Outcome]:
        """Returns the outcome of each case, run concurrently, to repeat or to shrink what another has shown.

        `scope` names the test and the stage; it is used once in a run.
        """
        return self.wait(self.start(scope, test, dict(enumerate(cases)), repeats=True))

    def others_have_ended(self) -> None:
        """Lets the trials go on that wait until all others have ended."""
        self._loop.run(self._context.stays.end())

    async def _run_all(self, scope: str, test: Test, cases: Mapping[int, Any], *, repeats: bool) -> list[Outcome]:
        """Returns the outcome of each case, run concurrently; one that judged nothing is tried again."""

        async def run(index: int, case: object) -> Outcome:
            async with self._slots:
                attempt, disturbed = Attempt(is_last=False, repeats=repeats), 0
                while True:
                    outcome = await self._try(self._trials(scope, f"{index}", attempt), test, case)
                    if not self._is_tried_again(outcome, attempt):
                        return outcome
                    await self._context.client.transport.pause(min(_PAUSE * 2**attempt.number, _LONGEST_PAUSE))
                    if outcome.trial.left_early:
                        await self._context.stays.others_ended.wait()
                    number, disturbed = attempt.number + 1, disturbed + (not outcome.trial.made_way)
                    is_last = disturbed == _ATTEMPTS - 1 or number == _MOST_ATTEMPTS - 1
                    attempt = replace(attempt, number=number, is_last=is_last)

        try:
            return list(await asyncio.gather(*itertools.starmap(run, cases.items())))
        finally:
            await self._forget_controls(scope)

    def _is_tried_again(self, outcome: Outcome, attempt: Attempt) -> bool:
        """True for a case that was disturbed, and, once, for one that judged nothing."""
        if attempt.is_last or self._context.client.lost:
            return False
        if outcome.trial.was_disturbed:
            return True
        shown = any(not judgement.satisfied for judgement in outcome.trial.judgements)
        return attempt.number == 0 and outcome.inconclusive is not None and not (outcome.final or shown)

    async def _try(self, trial: Trial, test: Test, case: object) -> Outcome:
        outcome = Outcome(case, trial)
        try:
            await test(trial, case)
        except UndecidedError as error:
            outcome.inconclusive, outcome.final = str(error), error.final
        except TargetLostError as error:
            outcome.inconclusive = str(error)
        except (UntestableError, NotPermittedError) as error:
            outcome.untestable = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a test's own code raises is an error of the suite
            where = traceback.extract_tb(error.__traceback__)[-1]
            outcome.error = f"{type(error).__name__}: {error} ({where.filename.rpartition('/')[2]}:{where.lineno})"
        finally:
            await trial.tidy()
        trial.end()
        return outcome

    async def _forget_controls(self, scope: str) -> None:
        for control in self._context.controls.forget(scope):
            found = (await asyncio.gather(control, return_exceptions=True))[0]
            if isinstance(found, tuple):
                await found[0].tidy()

    def smallest(
        self,
        scope: str,
        test: Test,
        smaller: Redraw | Shorter,
        outcomes: Sequence[Outcome],
        violation: Judgement,
        found: Outcome,
    ) -> Outcome:
        """Returns the smallest case found that violates the requirement as `violation` does.

        `outcomes` are those of pass 1, and `found` is that of them which `violation` is of.
        """
        if isinstance(smaller, Redraw):
            return self._shrunk(scope, test, smaller, outcomes, violation)
        return found if violation.alone else self._shortest(scope, test, smaller, violation, found)

    def _shrunk(
        self, scope: str, test: Test, redraw: Redraw, outcomes: Sequence[Outcome], violation: Judgement
    ) -> Outcome:
        """Returns the smallest case that hypothesis finds as `redraw` draws those of pass 1 again."""
        first = next(outcome for outcome in outcomes if outcome.violation(violation.requirement, violation.code))
        stage = f"{scope}/shrink {violation.requirement} {violation.code} of {first.trial.part}"
        transport = self._context.client.transport
        shrinking = Shrinking(
            outcomes,
            violation,
            run=lambda number, case: self.run_again(f"{stage} {number}", test, [case])[0],
            goes_on=lambda number, until: transport.recorded(
                f"{stage} {number}: in time", lambda: time.monotonic() <= until
            ),
        )

        def search() -> str:
            with contextlib.suppress(Exception):  # a target that answers differently each time confuses hypothesis
                redraw.shrink(lambda case: shrinking.check(redraw.read(redraw.written([case]))[0]))
            return redraw.written(shrinking.tried)

        # A replay goes through the cases that were tried, and draws none.
        tried = transport.recorded(f"{stage}: tried", search)
        if not shrinking.tried:
            for case in redraw.read(tried):
                with contextlib.suppress(StillFailsError):
                    shrinking.check(case)
        return shrinking.best

    def _shortest(self, scope: str, test: Test, shorter: Shorter, violation: Judgement, found: Outcome) -> Outcome:
        """Returns the outcome of the first of the shorter cases that violates the requirement, or else `found`."""
        stage = f"{scope}/shorten {violation.requirement} {violation.code} of {found.trial.part}"
        for number, group in enumerate(shorter.of(found.case)):
            for outcome in self.run_again(f"{stage} {number}", test, group):
                if outcome.violation(violation.requirement, violation.code) is not None:
                    return outcome
        return found

    def repeat_early(self, scope: str, test: Test, outcome: Outcome, violation: Judgement) -> None:
        """Starts, if a case takes long, the repetitions that `confirm` will wait for."""
        stage = _confirming(scope, outcome, violation)
        if outcome.takes_long and stage not in self._repeating:
            approach = nearest(test, outcome, violation)
            cases = dict(enumerate([approach.case] * REPETITIONS))
            self._repeating[stage] = self.start(stage, approach.test, cases, repeats=True)

    def abandon(self) -> None:
        """Cancels all that goes on: nobody waits for it any more.

        Raises:
            TargetError: something does not end, though it had time for it.
        """
        self._repeating.clear()
        self._loop.cancel()

    def still(self) -> None:
        """Waits until what is repeated early has come to its end."""
        for started in self._repeating.values():
            self.wait(started)

    def repeats(self, scope: str, test: Test, outcome: Outcome, violation: Judgement) -> bool:
        """True if what a case showed shows again at least once: smaller cases are then worth a search."""
        approach = nearest(test, outcome, violation)
        stage = f"{_confirming(scope, outcome, violation)} before shrinking"
        again = self.run_again(stage, approach.test, [approach.case] * REPETITIONS)
        return any(shown_again(found, outcome, violation) for found in again)

    def confirm(self, scope: str, test: Test, outcome: Outcome, violation: Judgement) -> Examined:
        """Returns how often what the case showed shows again, in the shortest way in which it does each time.

        `violation` may be of a larger case that showed the same. What no way shows each time, and one does sometimes,
        is repeated more often in that approach. Of what does not show again at all, the result has what its case shows
        in its place.
        """
        violation = outcome.violation(violation.requirement, violation.code) or violation
        stage = _confirming(scope, outcome, violation)
        best: tuple[Examined, Approach] | None = None
        instead: tuple[Judgement, Outcome] | None = None
        for approach in approaches(test, outcome, violation):
            if best is not None and not goes_on(best[0], approach, violation):
                break
            again = self._early(stage, scope, test, outcome, violation) if not approach.name else None
            again = again or self._again(f"{stage}{approach.name}", approach, REPETITIONS)
            found = examined(again, outcome, violation, approach)
            instead = instead or shown_instead(again, violation)
            if best is None or found.repeated > best[0].repeated:
                best = found, approach
            if found.is_confirmed:
                return found
        assert best is not None
        found, approach = best
        if not is_sometimes(found):
            return replace(found, instead=None if found.repeated else instead)
        further = examined(
            self._again(f"{stage}{approach.name} more", approach, MORE_REPETITIONS), outcome, violation, approach
        )
        return replace(
            found, repeated=found.repeated + further.repeated, repetitions=found.repetitions + MORE_REPETITIONS
        )

    def _early(
        self, stage: str, scope: str, test: Test, outcome: Outcome, violation: Judgement
    ) -> list[Outcome] | None:
        """Returns the outcomes of the repetitions in the nearest way that are started before it is their turn."""
        if not outcome.takes_long:
            return None
        self.repeat_early(scope, test, outcome, violation)
        return self.wait(self._repeating.pop(stage))

    def _again(self, stage: str, approach: Approach, times: int) -> list[Outcome]:
        """Returns the outcomes of repetitions: one after the other, unless the way says otherwise.

        What is done to one workload may depend on others.
        """
        if approach.at_once:
            # Where nothing has to go on beside them there are no cases of it.
            others = self.start(f"{stage} others", live, dict.fromkeys(range(OTHERS if approach.amid else 0)))
            outcomes = self.run_again(stage, approach.test, [approach.case] * times)
            self.wait(others)
            return outcomes
        outcomes = []
        for index in range(times):
            if approach.stirred:
                self.run_again(f"{stage} before {index}", stir, [None] * (index % STIRS))
            outcomes += self.run_again(f"{stage} {index}", approach.test, [approach.case])
        return outcomes


def _confirming(scope: str, outcome: Outcome, violation: Judgement) -> str:
    return f"{scope}/confirm {violation.requirement} {violation.code} of {outcome.trial.key.removeprefix(scope)}"
