"""How a test of the suite says what it judges and on which cases."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hypothesis.strategies import SearchStrategy

from workloads_conformance.settings import Profile, Settings

from .trial import Trial

EXAMPLES = {Profile.SMOKE: 2, Profile.STANDARD: 20, Profile.THOROUGH: 250}
"""Cases that a drawn test tries, by profile."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A list of cases, all tried; the smoke profile tries `smoke` of them, spread over the list."""

    cases: Sequence[Any]
    smoke: int = 2

    def chosen(self, profile: Profile) -> Sequence[Any]:
        """Returns the cases that a profile tries."""
        if profile is not Profile.SMOKE or len(self.cases) <= self.smoke:
            return self.cases
        last = len(self.cases) - 1
        return [self.cases[last * step // (self.smoke - 1)] for step in range(self.smoke)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Cases drawn from a strategy, which may depend on the settings.

    Attributes:
        share: scales the profile's number of cases.
        always: cases that are tried before any is drawn, chosen from as `Fixed` does.
        smoke: whether the smoke profile tries any.
        form: the type of a case, made of dataclasses, enums, tuples and JSON values: cases are written down as JSON.
    """

    strategy: Callable[[Settings], SearchStrategy[Any]]
    share: float = 1.0
    always: Callable[[Settings], Sequence[Any]] = lambda _settings: ()
    smoke: bool = True
    form: Any = Any

    def count(self, profile: Profile) -> int:
        """Returns how many cases a profile draws."""
        if profile is Profile.SMOKE and not self.smoke:
            return 0
        return max(1, round(EXAMPLES[profile] * self.share))


@dataclass(frozen=True, slots=True)
class InTurn(Fixed):
    """Cases that follow from the run's kinds, each on one of them.

    Attributes:
        on: gives the cases of a run, each with its kind.
        shorter: gives the cases that may show what a case shows, in groups, the shortest first; None if none can.
    """

    on: Callable[[Settings], Sequence[tuple[Any, str]]] = lambda _settings: ()
    shorter: Callable[[Any], Iterable[Sequence[Any]]] | None = None

    def on_kinds(self, settings: Settings) -> Sequence[OfKind]:
        """Returns the cases that a profile tries."""
        return [OfKind(kind, case) for case, kind in self.on(settings)]


ONCE = Fixed((None,))


class Kinds(Enum):
    """On which of the run's kinds a test's cases are run."""

    FIRST = "first"
    """All on the first."""

    DEALT = "dealt"
    """One case on the first, the next on the second, and so on: for what is the same for all kinds, if it is right."""

    EACH = "each"
    """Every case on every kind; in the smoke profile one case on each but the first. Drawn cases are dealt."""


class Turn(Enum):
    """When a test has its turn among the others."""

    USUAL = "usual"
    """At its place in the order, beside others."""

    LAST = "last"
    """When all those have ended: their writes would disturb it."""

    THROUGHOUT = "throughout"
    """It begins before all others, and has its turn when they have ended (see `Trial.until_others_end`)."""


@dataclass(frozen=True, slots=True)
class OfKind:
    """A case that is run on workloads of a kind."""

    kind: str
    case: Any


@dataclass(frozen=True, slots=True)
class JudgingTest:
    """A test.

    Attributes:
        name: its name, with its module.
        requirements: ids of the requirements that it judges.
        cases: what it is run on.
        function: the coroutine function that runs one case.
        kinds: on which of the run's kinds its cases are run.
        file: the file that it is in, from the package on; empty for what the run does beside the suite.
        line: the line where it begins.
        coverage: how many there are of what its cases go through (see `Trial.cover`), by what they are.
        turn: when it has its turn.
    """

    name: str
    requirements: tuple[str, ...]
    cases: Fixed | Drawn
    function: Callable[[Any, Any], Awaitable[None]]
    kinds: Kinds = Kinds.FIRST
    file: str = ""
    line: int = 0
    coverage: Callable[[Settings], Mapping[str, int]] = lambda _settings: {}
    turn: Turn = Turn.USUAL

    def listed(self, settings: Settings) -> Sequence[Any]:
        """Returns the cases of a test that draws none, those on another kind than the first with their kind."""
        assert isinstance(self.cases, Fixed)
        if isinstance(self.cases, InTurn):
            return self.cases.on_kinds(settings)
        chosen, kinds = self.cases.chosen(settings.profile), settings.kinds
        if self.kinds is Kinds.FIRST:
            return chosen
        if self.kinds is Kinds.DEALT:
            dealt = ((kinds[turn % len(kinds)], chosen[turn % len(chosen)]) for turn in _turns(chosen, kinds))
            return [case if kind == kinds[0] else OfKind(kind, case) for kind, case in dealt]
        if settings.profile is Profile.SMOKE:
            return [*chosen, *(OfKind(kind, chosen[place % len(chosen)]) for place, kind in enumerate(kinds[1:], 1))]
        return [*chosen, *(OfKind(kind, case) for kind in kinds[1:] for case in chosen)]

    async def run(self, trial: Trial, case: object) -> None:
        """Runs one case. Which kind a drawn case is run on follows from the case."""
        if isinstance(case, OfKind):
            trial.kind, case = case.kind, case.case
        elif self.kinds is not Kinds.FIRST and isinstance(self.cases, Drawn):
            kinds = trial.settings.kinds
            trial.kind = kinds[zlib.crc32(repr(case).encode()) % len(kinds)]
        await self.function(trial, case)


def _turns(cases: Sequence[Any], kinds: Sequence[str]) -> range:
    """Returns as many turns as it takes for each case and each kind to have one."""
    return range(max(len(cases), len(kinds)))


def judges(
    *requirements: str,
    over: Fixed | Drawn | Sequence[Any] = ONCE,
    kinds: Kinds = Kinds.FIRST,
    coverage: Callable[[Settings], Mapping[str, int]] = lambda _settings: {},
    turn: Turn = Turn.USUAL,
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., None]]:
    """Makes a coroutine function `(trial, case)`, or `(trial)` for a single case, a test that pytest collects.

    Args:
        requirements: ids of the requirements that the test itself judges; the universal checks judge more.
        over: the cases.
        kinds: on which of the run's kinds they are run.
        coverage: how many there are of what the cases go through (see `Trial.cover`), by what they are.
        turn: when the test has its turn among the others.
    """
    cases = over if isinstance(over, Fixed | Drawn) else Fixed(tuple(over))

    def decorate(function: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        async def run(trial: Trial, case: object) -> None:
            await (function(trial) if cases is ONCE else function(trial, case))

        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        code = function.__code__
        file = f"{function.__module__.replace('.', '/')}.py"
        judging = JudgingTest(name, requirements, cases, run, kinds, file, code.co_firstlineno, coverage, turn)

        # pytest must not see the coroutine function's parameters through __wrapped__.
        @functools.wraps(function, assigned=("__module__", "__name__", "__qualname__", "__doc__"), updated=())
        def test(conformance: Any) -> None:
            conformance.run_test(judging)

        del test.__wrapped__
        test.judging = judging  # type: ignore[attr-defined]
        return test

    return decorate
