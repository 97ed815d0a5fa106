"""A trial: one run of a test on one case. What a test says and asks for goes through it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Self, TypeVar

from workloads_conformance.http import LOST, Exchange, Request, TargetLostError
from workloads_conformance.settings import Profile, Settings

from .answers import Answer, is_server_error
from .attempt import ONLY, Attempt
from .context import Context
from .difference import Contrast, contrast
from .gathering import Gathering
from .renaming import AsItWas, Renaming
from .subtasks import at_once, subtask_of
from .undecided import UndecidedError

A = TypeVar("A", bound=Answer)
R = TypeVar("R")
T = TypeVar("T", bool, int, float, str)

_BUSY = (429, 503)
_READINGS = {Profile.SMOKE: 4, Profile.STANDARD: 4, Profile.THOROUGH: 8}
"""Readings of what has to remain, by profile: one replica in a few may not know of it."""

_WATCH = {Profile.SMOKE: 0.4, Profile.STANDARD: 1.0, Profile.THOROUGH: 1.0}
"""Seconds for which what has to remain is watched, by profile."""

_AGAIN = (0.05, 0.2, 0.5)
"""Pauses, in seconds, after readings that were answered 5xx."""


class Trial(Gathering):
    """Sends a case's requests and gathers what they show.

    Every answer passes the universal checks; a test adds judgements of its own with `judge`.

    What is tested is a subclass's matter: it says what has to come before a request (`before`), what an answer means
    beside the test (`noted`), which exchanges are alike and led to another (`kind_of`, `leading_to`), how they are sent
    once more (`renaming`), and what a trial leaves to be tidied up (`tidy`).
    """

    def __init__(
        self,
        context: Context,
        scope: str,
        part: str = "",
        attempt: Attempt = ONLY,
    ) -> None:
        """Begins a trial.

        Args:
            context: what the run's trials share.
            scope: the test, and the stage of its exploration; trials of one scope share controls.
            part: which trial of the scope this is. Names and ids follow from scope and part, not from the order in
                which trials happen to run, so that the same seed sends the same requests.
            attempt: which attempt at its case it is.
        """
        super().__init__()
        self._context = context
        self.attempt = attempt
        self.is_control = False
        """Whether others build on it (see `shared`)."""
        self._was_cut_off = False
        self.made_way = False
        """Whether it ended so that others could go on."""
        self.left_early = False
        """Whether it did so where it was to stay until they had ended: it is tried again after that."""
        self.kind = context.settings.kinds[0]
        self.scope, self.part = scope, part
        self.key = f"{scope}/{part}{attempt.suffix}"
        self._ordinals: Counter[str] = Counter()

    @property
    def settings(self) -> Settings:
        """The run's settings."""
        return self._context.settings

    @property
    def was_disturbed(self) -> bool:
        """True if the target went away or came back meanwhile, or what lies between answered in its place."""
        return self._was_cut_off or self.made_way or len({exchange.outages for exchange in self.exchanges}) > 1

    # -- what is tested ---------------------------------------------------------------------------------------------

    async def before(self, request: Request) -> None:
        """Does what has to come before a request."""

    def noted(self, exchange: Exchange) -> None:
        """Takes note of what an answer means beside the test."""

    def leading_to(self, last: Exchange, *, widely: bool) -> list[Exchange]:
        """Returns the trial's exchanges that led to `last`, and itself; `widely` all that may have."""
        del widely
        return [last]

    def renaming(self) -> Renaming:
        """Returns what lets this trial send requests of another."""
        return AsItWas()

    async def tidy(self) -> None:
        """Removes what the trial left."""

    async def stir(self) -> None:
        """Sends a request of each operation, so that the next of each has another turn at the target."""

    async def stir_wrongly(self) -> None:
        """Sends a request of each operation that is refused."""

    # -- requests ---------------------------------------------------------------------------------------------------

    async def send(self, request: Request, *, also: Sequence[int] = ()) -> Answer:
        """Returns the answer to a request; `also` are statuses that are right here beside the documented ones.

        Raises:
            UndecidedError: there is no answer, or one that says nothing of the request (429, 503, one of a gateway).
        """
        if self._context.client.transport.full is not None:
            raise TargetLostError(self._context.client.transport.full)
        await self.before(request)
        exchange = await self._context.client.send(request, self.key + subtask_of(self))
        if exchange.gone:
            raise TargetLostError(f"{LOST}: {exchange.gone}")
        held = self.gather(exchange, also)
        if exchange.away or exchange.stale or exchange.is_between:
            self._was_cut_off = True
            if not self.attempt.is_last:
                raise UndecidedError(f"{request.method} was answered by what lies between, or not at all", exchange)
        if exchange.may_repeat:
            self._was_cut_off = True
            raise UndecidedError(
                f"{request.method} returned 503 and then, sent again, as if it had been done", exchange
            )
        self.judgements.extend(found.of(held) for found in self._context.checks.judge(exchange, also=also))
        response = exchange.response
        if response is None:
            raise UndecidedError(f"{request.method} was not answered: {exchange.failure}", exchange)
        self.noted(exchange)
        if response.flaw is not None:
            raise UndecidedError(f"the answer to {request.method} could not be read: {response.flaw}", exchange)
        if response.json.limit is not None and response.media_type.endswith("json"):
            raise UndecidedError(f"the answer to {request.method} could not be read: {response.json.limit}", exchange)
        if response.status in _BUSY:
            raise UndecidedError(
                f"{request.method} returned {response.status} for as long as the suite waits", exchange
            )
        return Answer(exchange)

    async def token(self) -> str:
        """Returns the run's access token."""
        return await self._context.client.tokens.token()

    @property
    def token_name(self) -> str:
        """The shell variable that stands for the token in commands."""
        return self._context.client.tokens.shell_name

    async def at_once(self, *work: Awaitable[R]) -> list[R]:
        """Returns the results of work that goes on at the same time, in order; if some fails, when all has ended.

        A task that outlived its trial would create workloads that are not removed. The record has the subtask of each
        exchange.
        """
        return await at_once(self, *work)

    async def shared(self, form: tuple[object, ...], accept: Callable[[Self], Awaitable[str]]) -> str:
        """Runs a control once per test and form, and returns what it gives: the id of what it made.

        Its exchanges become part of every case that builds on it.

        Args:
            form: tells the control from others of the test.
            accept: the control. It raises UndecidedError where the target refuses it.

        Raises:
            UndecidedError: the control was refused.
        """
        key = (*form, self.attempt.number)  # one that a disturbed case built on may be gone
        starts = self.recorded(
            f"starts control {self._ordinal()}", lambda: self._context.controls.of(self.scope, key) is None
        )
        if not starts:
            await self._context.controls.started(self.scope, key)
        control = self._context.controls.of(self.scope, key)
        if control is None:
            beside = type(self)(self._context, self.scope, f"control {form}", self.attempt)
            beside.kind, beside.is_control = self.kind, True

            async def run() -> tuple[Trial, str, str | None, bool]:
                # Not the answer, nor the error, whose frames hold one: they would stay as long as the control.
                try:
                    return beside, await accept(beside), None, False
                except UndecidedError as error:
                    return beside, "", str(error), error.final
                finally:
                    # What is wrong with the control's own answers counts once, here.
                    self.judgements.extend(found for found in beside.judgements if not found.satisfied)

            control = asyncio.ensure_future(run())
            self._context.controls.start(self.scope, key, control)
        trial, made, reason, final = await control
        self._was_cut_off = self._was_cut_off or trial.was_disturbed
        self.made_way = self.made_way or trial.made_way
        if reason is not None:
            raise UndecidedError(
                f"the valid request that this case changes in one thing is not accepted either: {reason}", final=final
            )
        self.exchanges[:0] = trial.exchanges
        return str(made)

    def contrast(self, expected: object, observed: object, at: Sequence[str] = ()) -> Contrast:
        """Returns what differs between two JSON values, which `at` leads to, as the texts of a judgement."""
        return contrast(expected, observed, at, self._context.redactor.text)

    # -- time -------------------------------------------------------------------------------------------------------

    async def until_others_end(self) -> None:
        """Returns when every test has ended that does not go on throughout the run.

        Raises:
            UndecidedError: others need the room that the trial takes meanwhile.
        """
        stays = self._context.stays
        have_ended = await stays.until_over() if self._context.client.transport.is_live else True
        self.left_early = self.recorded(f"left early {self._ordinal()}", lambda: not have_ended, rare=True)
        if self.left_early:
            self.made_way = True
            raise UndecidedError("others need the room that this takes")
        await stays.others_ended.wait()

    async def pause(self, seconds: float) -> None:
        """Lets time pass. Tests use this in place of a sleep, and a replay does not wait."""
        await self._context.client.transport.pause(seconds)

    def recorded(self, name: str, find: Callable[[], T], *, rare: bool = False) -> T:
        """Returns a recorded value: what `find` returns in a live run, about the clock or the credentials.

        Everything that a test branches on and that is in no exchange has to be a recorded value. `name` is used once
        in a trial; the value is a JSON scalar. An empty one is not recorded where nearly all are (`rare`).
        """
        return self._context.client.transport.recorded(f"{self.key}: {name}", find, rare=rare)

    async def eventually(
        self, name: str, read: Callable[[], Awaitable[A]], holds: Callable[[A], bool], *, needed: bool = True
    ) -> A:
        """Reads until `holds`, or until patience is over (see `Patience`); returns the last answer, which shows which.

        Args:
            name: of what is waited for. It is the same for what comes or does not come together; the time that it took,
                at most, is recorded under it.
            read: one reading.
            holds: whether what is awaited has come.
            needed: whether the case judges nothing if it was waited for no longer than others took; else it goes on.

        Raises:
            UndecidedError: it has not come, and was not given the settle time, as it had not come within it before.
        """
        settle, pause, first = self._context.settings.settle, 0.02, None
        patience, ordinal = self._context.patience, self._ordinal()
        limit = self.recorded(f"patience {ordinal}", lambda: patience.of(name))
        head_start = self.recorded(f"head start {ordinal}", lambda: patience.head_start(name), rare=True)
        with patience.waits(name, limit):
            if head_start:
                await self.pause(head_start)
            while True:
                answer = await read()
                first = first or answer.exchange
                passed = head_start + answer.exchange.ended - first.started
                if holds(answer):
                    self.durations.append((name, passed))
                    patience.came(name, passed)
                    patience.looked(name, head_start, answer.exchange.started - first.started)
                    return answer
                if passed > limit:
                    break
                await self.pause(min(pause, max(0.01, limit - passed)))
                pause = min(pause * 1.6, 1.0)
        if limit == settle:
            patience.did_not_come(name)
        elif needed and not self.attempt.repeats:
            raise UndecidedError(
                f"{name}: waited for in vain, {passed:.1f} s here, and {settle:g} s, the settle time, before"
            )
        is_read = answer.method == "GET" and is_server_error(answer)
        return await self.until_conclusive(read) if is_read else answer

    @property
    def worth_waiting(self) -> float:
        """Seconds in which whatever may still come comes."""
        return self._context.patience.longest

    def _ordinal(self) -> str:
        """Returns what tells a recorded value of the trial from its earlier ones, whatever else it does at once."""
        subtask = subtask_of(self)
        self._ordinals[subtask] += 1
        return f"{subtask}:{self._ordinals[subtask]}"

    async def until_conclusive(self, read: Callable[[], Awaitable[A]]) -> A:
        """Reads until the answer is not a 5xx, a few times; returns the last answer."""
        for pause in _AGAIN:
            answer = await read()
            if not is_server_error(answer):
                return answer
            await self.pause(pause)
        return await read()

    async def remains(self, read: Callable[[], Awaitable[A]], holds: Callable[[A], bool]) -> A:
        """Reads several times over a while; returns the first answer not to hold, or the last if all do.

        For what must not come undone.

        Raises:
            UndecidedError: answers are 5xx, which says nothing about what is read.
        """
        profile = self._context.settings.profile
        further = _READINGS[profile] - 1
        pause = _WATCH[profile] / further
        answer = conclusive(await self.until_conclusive(read))
        for _ in range(further):
            if not holds(answer):
                break
            await self.pause(pause)
            answer = conclusive(await self.until_conclusive(read))
        return answer

    async def settles(self, read: Callable[[], Awaitable[A]], holds: Callable[[A], bool]) -> A:
        """Reads as `remains` does, until all of it holds or the settle time is over.

        For what may come and go while replicas are behind, and not for longer.
        """
        return await self.eventually("the same in all readings", lambda: self.remains(read, holds), holds, needed=False)

    async def stays(self, read: Callable[[], Awaitable[A]], holds: Callable[[A], bool]) -> A:
        """Reads as `remains` does; where an answer does not hold, until one does or the settle time is over.

        For what must not change, or come undone: a replica that is behind may show an earlier state for a while, and
        what was wrongly done stays.
        """
        seen = await self.remains(read, holds)
        return seen if holds(seen) else await self.eventually("shown again", read, holds)


def conclusive(answer: A) -> A:
    """Returns an answer to a GET, if it is conclusive: it says something about the workload.

    Raises:
        UndecidedError: it is a 5xx.
    """
    if is_server_error(answer):
        raise UndecidedError(f"GET returned {answer.status}, which says nothing about the workload")
    return answer
