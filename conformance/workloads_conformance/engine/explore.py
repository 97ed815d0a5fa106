"""Runs a test over its cases: all at once first, then, where one fails, again to find the smallest case that does.

Pass 1 draws the cases without any I/O and sends them concurrently, so that latency does not set the pace. Only for a
requirement that a case broke does pass 2 run the same seed again, answering from pass 1 up to the failing case and
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
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent import futures
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from workloads_conformance.checks import Judgement
from workloads_conformance.client import TargetLostError
from workloads_conformance.errors import NotPermittedError

from .cases import Redraw
from .context import Context
from .loop import LoopThread
from .repeating import Repetition, repeat, repetition
from .trial import Trial, UndecidedError, UntestableError

REPETITIONS = 3
_QUICK = 2.0
"""Seconds below which a case is repeated by itself. Longer ones wait most of the time, and do so together."""

SHRINK_TRIALS = 40
SHRINK_SECONDS = 10.0
"""What shrinking may cost: a finding in good time beats a smaller one too late."""

Test = Callable[[Trial, Any], Awaitable[None]]


@dataclass(slots=True)
class Outcome:
    """What one trial showed."""

    case: Any
    trial: Trial
    doubt: str | None = None
    final: bool = False
    """The doubt would be the same once more."""
    untestable: str | None = None
    fault: str | None = None

    @property
    def takes_long(self) -> bool:
        """True if the trial waited for something that may take its time."""
        return self.trial.seconds >= _QUICK

    def breach(self, requirement: str, code: str) -> Judgement | None:
        """Returns the first judgement that the requirement was broken, with this code."""
        return next((found for found in self._broken(requirement) if found.code == code), None)

    def last_breach(self, requirement: str) -> Judgement | None:
        """Returns the first judgement that the requirement was broken in the last exchange."""
        last = self.trial.exchanges[-1] if self.trial.exchanges else None
        return next((found for found in self._broken(requirement) if found.exchange is last), None)

    def same_breach(self, of: Outcome, breach: Judgement) -> Judgement | None:
        """Returns a judgement that the requirement was broken as `breach`, of another run of the case, has it.

        What was judged on an exchange alone has to be shown by the exchange at the same place.
        """
        for found in self._broken(breach.requirement):
            if breach.alone:
                if found.alone and self.trial.place_of(found.exchange) == of.trial.place_of(breach.exchange):
                    return found
            elif found.is_like(breach):
                return found
        return None

    def _broken(self, requirement: str) -> Iterator[Judgement]:
        return (found for found in self.trial.judgements if not found.kept and found.requirement == requirement)


@dataclass(slots=True)
class Examined:
    """A broken requirement, its smallest case, and how often that case broke it again.

    Attributes:
        outcome: of the case, or of a repetition, which showed it.
        smallest: of the case.
    """

    outcome: Outcome
    smallest: Outcome
    judgement: Judgement
    repeated: int
    repetitions: int = REPETITIONS


class Explorer:
    """Runs tests on cases. Tests that are started together share the slots: so many trials go on at a time."""

    def __init__(self, loop: LoopThread, context: Context, *, slots: int) -> None:
        self._loop, self._context = loop, context
        self._slots = asyncio.Semaphore(slots)
        self._repeating: dict[str, Future[list[Outcome]]] = {}

    def start(self, scope: str, test: Test, cases: Sequence[Any], *, repeats: bool = False) -> Future[list[Outcome]]:
        """Starts to run a test on cases, all at once, and returns; `wait` gives the outcomes."""
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
        return self.wait(self.start(scope, test, cases, repeats=True))

    async def _run_all(self, scope: str, test: Test, cases: Sequence[Any], *, repeats: bool) -> list[Outcome]:
        """Returns the outcome of each case, run concurrently; one that judged nothing is tried once more."""

        async def run(index: int, case: object) -> Outcome:
            async with self._slots, self._context.calm.shared():
                outcome = await attempt(f"{index}", case)
                shown = any(not judgement.kept for judgement in outcome.trial.judgements)
                if outcome.doubt is not None and not (outcome.final or shown or self._context.client.lost):
                    outcome = await attempt(f"{index} again", case)
                return outcome

        def attempt(part: str, case: object) -> Awaitable[Outcome]:
            return self._try(Trial(self._context, scope, part, repeats=repeats), test, case)

        try:
            return list(await asyncio.gather(*itertools.starmap(run, enumerate(cases))))
        finally:
            await self._forget_controls(scope)

    async def _try(self, trial: Trial, test: Test, case: object) -> Outcome:
        outcome = Outcome(case, trial)
        try:
            await test(trial, case)
        except UndecidedError as error:
            outcome.doubt, outcome.final = str(error), error.final
        except TargetLostError as error:
            outcome.doubt = str(error)
        except (UntestableError, NotPermittedError) as error:
            outcome.untestable = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a test's own code raises is the suite's fault, and said so
            where = traceback.extract_tb(error.__traceback__)[-1]
            outcome.fault = f"{type(error).__name__}: {error} ({where.filename.rpartition('/')[2]}:{where.lineno})"
        finally:
            await self._tidy(trial)
        trial.end()
        return outcome

    async def _tidy(self, trial: Trial) -> None:
        """Deletes what the trial created; whether it went is seen to at the end of the run."""
        await self._context.cleanup.delete(dict.fromkeys(trial.created), trial.key)

    async def _forget_controls(self, scope: str) -> None:
        controls = self._context.controls
        for key in [key for key in controls if key[0] == scope]:
            found = (await asyncio.gather(controls.pop(key), return_exceptions=True))[0]
            if isinstance(found, tuple):
                await self._tidy(found[0])

    def smallest(
        self, scope: str, test: Test, redraw: Redraw, outcomes: Sequence[Outcome], breach: Judgement
    ) -> Outcome:
        """Returns the smallest case found that breaks the requirement as `breach` does.

        `outcomes` are those of pass 1, whose cases `redraw` draws again; `breach` made one fail.
        """
        first = next(outcome for outcome in outcomes if outcome.breach(breach.requirement, breach.code))
        stage = f"{scope}/shrink {breach.requirement} {breach.code} of {first.trial.part}"
        course = self._context.client.course
        shrinking = _Shrinking(
            outcomes,
            breach,
            run=lambda number, case: self.run_again(f"{stage} {number}", test, [case])[0],
            goes_on=lambda number, until: course.fact(f"{stage} {number}: in time", lambda: time.monotonic() <= until),
        )

        def search() -> str:
            with contextlib.suppress(Exception):  # a target that answers differently each time confuses hypothesis
                redraw.shrink(lambda case: shrinking.check(redraw.read(redraw.written([case]))[0]))
            return redraw.written(shrinking.tried)

        # Whoever judges the run again goes through the cases that were tried, and need not draw.
        tried = course.fact(f"{stage}: tried", search)
        if not shrinking.tried:
            for case in redraw.read(tried):
                with contextlib.suppress(_StillFailsError):
                    shrinking.check(case)
        return shrinking.best

    def shortest(
        self, scope: str, test: Test, groups: Iterable[Sequence[Any]], outcome: Outcome, breach: Judgement
    ) -> Outcome:
        """Returns the outcome of the first case that breaks the requirement as `breach` does, or else `outcome`.

        `groups` are cases that may, the shortest first; those of a group are run together.
        """
        stage = f"{scope}/shorten {breach.requirement} {breach.code} of {outcome.trial.part}"
        for number, group in enumerate(groups):
            for found in self.run_again(f"{stage} {number}", test, group):
                if found.breach(breach.requirement, breach.code) is not None:
                    return found
        return outcome

    def repeat_early(self, scope: str, test: Test, outcome: Outcome, breach: Judgement) -> None:
        """Starts, if a case takes long, the repetitions that `confirm` will wait for."""
        stage = _confirming(scope, outcome, breach)
        if outcome.takes_long and stage not in self._repeating:
            self._repeating[stage] = self.start(stage, *_as_shown(test, outcome, breach), repeats=True)

    def still(self) -> None:
        """Waits until what is repeated early has come to its end."""
        for started in self._repeating.values():
            self.wait(started)

    def repeats(self, scope: str, test: Test, outcome: Outcome, breach: Judgement) -> bool:
        """True if what a case showed shows again at least once: smaller cases are then worth a search."""
        again = self.run_again(
            f"{_confirming(scope, outcome, breach)} before shrinking", *_as_shown(test, outcome, breach)
        )
        return any(_shown_again(found, outcome, breach) for found in again)

    def confirm(self, scope: str, test: Test, outcome: Outcome, breach: Judgement) -> Examined:
        """Returns how often what the case showed shows again."""
        stage = _confirming(scope, outcome, breach)
        shown = _as_shown(test, outcome, breach)
        if outcome.takes_long:
            self.repeat_early(scope, test, outcome, breach)
            again = self.wait(self._repeating.pop(stage))
        else:
            again = self._one_by_one(stage, *shown)
        examined = _examined(again, outcome, breach)
        if not breach.alone or examined.repeated:
            return examined
        # It may take more than the writes to this workload to come to it.
        return _examined(self._one_by_one(f"{stage} in its case", test, [outcome.case] * REPETITIONS), outcome, breach)

    def _one_by_one(self, stage: str, test: Test, cases: Sequence[Any]) -> list[Outcome]:
        """Returns the outcomes of cases run one after the other: what is done to one workload may depend on others."""
        return [self.run_again(f"{stage} {index}", test, [case])[0] for index, case in enumerate(cases)]


def _as_shown(test: Test, outcome: Outcome, breach: Judgement) -> tuple[Test, list[Any]]:
    """Returns what is run, and on what, to repeat what a case showed."""
    if breach.alone and breach.exchange is not None:
        return repeat, [repetition(outcome.trial, breach.exchange)] * REPETITIONS
    return test, [outcome.case] * REPETITIONS


def _shown_again(found: Outcome, outcome: Outcome, breach: Judgement) -> Judgement | None:
    if isinstance(found.case, Repetition):
        return found.last_breach(breach.requirement)
    return found.same_breach(outcome, breach)


def _examined(again: Sequence[Outcome], outcome: Outcome, breach: Judgement) -> Examined:
    repeats = [(found, judged) for found in again if (judged := _shown_again(found, outcome, breach)) is not None]
    alike = [(found, judged) for found, judged in repeats if judged.code == breach.code]
    shown, judgement = (alike or repeats or [(outcome, breach)])[0]
    return Examined(shown, outcome, judgement, len(repeats))


def _confirming(scope: str, outcome: Outcome, breach: Judgement) -> str:
    return f"{scope}/confirm {breach.requirement} {breach.code} of {outcome.trial.key.removeprefix(scope)}"


class _Shrinking:
    """Goes from case to case, and remembers the last that breaks the requirement in the same way."""

    def __init__(
        self,
        outcomes: Sequence[Outcome],
        breach: Judgement,
        *,
        run: Callable[[int, Any], Outcome],
        goes_on: Callable[[int, float], bool],
    ) -> None:
        self._known = {repr(outcome.case): outcome for outcome in outcomes}
        self._breach, self._run, self._goes_on = breach, run, goes_on
        self._live, self._until = 0, time.monotonic() + SHRINK_SECONDS
        self._in_time = True
        self.best = next(outcome for outcome in outcomes if self._fails(outcome))
        self.tried: list[Any] = []

    def _fails(self, outcome: Outcome) -> bool:
        return outcome.breach(self._breach.requirement, self._breach.code) is not None

    def check(self, case: Any) -> None:  # noqa: ANN401 - any case
        """Runs a case, unless its outcome is known.

        Raises:
            _StillFailsError: it breaks the requirement.
        """
        outcome = self._known.get(repr(case))
        if outcome is None:
            self._in_time = self._in_time and self._goes_on(self._live, self._until)
            if self._live >= SHRINK_TRIALS or not self._in_time:
                return
            self._live += 1
            self.tried.append(case)
            outcome = self._known[repr(case)] = self._run(self._live, case)
        elif self._fails(outcome):
            self.tried.append(case)
        if self._fails(outcome):
            self.best = outcome
            raise _StillFailsError


class _StillFailsError(Exception):
    """Tells hypothesis that a case breaks the requirement."""
