"""A trial: one run of a test on one case. What a test says and asks for goes through it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from workloads_conformance.checks import Judgement, methods_of
from workloads_conformance.client import (
    CREATE_PATH,
    Authorization,
    Exchange,
    Request,
    TargetLostError,
    creates,
    is_dry_run,
)
from workloads_conformance.settings import Mode, Profile
from workloads_specs import added_statuses
from workloads_strategies import encode_manifest, smallest_manifest

from .answers import Answer, identical, is_gone, is_server_error, is_settled, is_success, shown
from .comparing import apart, differing, nested, path_of, told
from .context import Context
from .difference import Contrast, contrast
from .strands import at_once, strand_of

R = TypeVar("R")
T = TypeVar("T", bool, int, float, str)

_BUSY = (429, 503)
_READINGS = 6
"""Readings of what has to remain: one replica in a few may not know of it."""

_WATCH = {Profile.SMOKE: 0.4, Profile.STANDARD: 1.0, Profile.THOROUGH: 1.0}
"""Seconds for which what has to remain is watched, by profile."""

_BAD_REQUEST = 400
_LONGEST_ANSWER = 200
"""Characters of an answer to what the contract leaves open."""

_AGAIN = (0.05, 0.2, 0.5)
"""Pauses, in seconds, after readings that were answered 5xx."""


class UndecidedError(Exception):
    """The case judges nothing: a control was refused, or an answer did not come. The text says why.

    Attributes:
        exchange: that in which it showed; None if it was no single one.
        final: whether it would come out the same if the case was tried once more.
    """

    def __init__(self, reason: str, exchange: Exchange | None = None, *, final: bool = False) -> None:
        super().__init__(reason)
        self.exchange, self.final = exchange, final


class UntestableError(Exception):
    """The case cannot be tried with what the run was given. The text says what is missing."""


class Trial:
    """Sends a case's requests and gathers what they show.

    Every answer passes the universal checks; a test adds judgements of its own with `judge` and its short forms.
    """

    def __init__(self, context: Context, scope: str, part: str = "", *, repeats: bool = False) -> None:
        """Begins a trial.

        Args:
            context: what the run's trials share.
            scope: the test, and the stage of its exploration; trials of one scope share controls.
            part: which trial of the scope this is. Names and ids follow from scope and part, not from the order in
                which trials happen to run, so that the same seed sends the same requests.
            repeats: whether it repeats what another has shown, which has waited for the whole settle time.
        """
        self.context = context
        self.repeats = repeats
        self.kind = context.settings.kinds[0]
        self.scope, self.part = scope, part
        self.key = f"{scope}/{part}"
        self._code = _digest(self.key)
        self._serial = itertools.count()
        self.judgements: list[Judgement] = []
        self.exchanges: list[Exchange] = []
        self.observations: list[tuple[str, str]] = []
        self.durations: list[tuple[str, float]] = []
        self.created: list[str] = []
        self.covered: list[tuple[str, object]] = []
        self.is_whole = False
        """Every write of the trial led to what it shows, not only those to the workload that shows it."""
        self.also: dict[int, Sequence[int]] = {}
        """Statuses that were right beside the documented ones, by the number of the exchange."""
        self._began, self._ended = float("inf"), 0.0
        self._waits: Counter[str] = Counter()

    @property
    def seconds(self) -> float:
        """The time from its first request to its last answer."""
        return max(0.0, self._ended - self._began)

    def place_of(self, exchange: Exchange | None) -> tuple[object, ...]:
        """Returns what is the same of an exchange when the case is run again: how many requests like it came before."""
        if exchange is None:
            return ()
        before = list(itertools.takewhile(lambda found: found is not exchange, self.exchanges))
        return (*_kind(exchange), sum(_kind(found) == _kind(exchange) for found in before))

    # -- requests ---------------------------------------------------------------------------------------------------

    async def send(self, request: Request, *, also: Sequence[int] = ()) -> Answer:
        """Returns the answer to a request; `also` are statuses that are right here beside the documented ones.

        Raises:
            UndecidedError: there is no answer, or one that says nothing of the request (429, 503, a token run out).
        """
        if self.context.client.course.full is not None:
            raise TargetLostError(self.context.client.course.full)
        await self._read_back(request)
        exchange = await self.context.client.send(request, self.key + strand_of(self))
        # Only the test itself holds the whole answer, and only as long as it needs it.
        brief = exchange.brief()
        self.exchanges.append(brief)
        self._began = min(self._began, exchange.started)
        self._ended = max(self._ended, exchange.ended)
        if also:
            self.also[exchange.number] = also
        self.judgements.extend(found.of(brief) for found in self.context.checks.judge(exchange, also=also))
        response = exchange.response
        if response is None:
            raise UndecidedError(f"{request.method} was not answered: {exchange.failure}", exchange)
        answer = Answer(exchange)
        if creates(request) and answer.id and is_success(answer):
            self._note_created(answer, dry_run=is_dry_run(request))
        if response.flaw is not None:
            raise UndecidedError(f"the answer to {request.method} could not be read: {response.flaw}", exchange)
        if response.json.limit is not None and response.media_type.endswith("json"):
            raise UndecidedError(f"the answer to {request.method} could not be read: {response.json.limit}", exchange)
        if response.status in _BUSY:
            raise UndecidedError(
                f"{request.method} was answered {response.status} for as long as the suite waits", exchange
            )
        if exchange.stale:
            raise UndecidedError(
                "the access token has run out; give one that lives longer, or client credentials", exchange
            )
        return answer

    async def _read_back(self, request: Request) -> None:
        """Reads a workload before the first write to it: it has to show the name that its create asked for.

        Raises:
            UndecidedError: it shows another, or cannot be read within the settle time.
        """
        folder, _, identifier = request.path.rpartition("/")
        claim = self.context.client.inventory.to_confirm(identifier) if folder == CREATE_PATH else None
        if claim is None or request.method in ("GET", "HEAD", "OPTIONS"):
            return
        seen = await self.eventually("visible after create", lambda: self.get(identifier), is_success)
        if not claim.ours:
            raise UndecidedError(
                f"nothing is written to a workload that does not show the name its create asked for: {str(seen)[:160]}"
            )

    def _note_created(self, answer: Answer, *, dry_run: bool) -> None:
        """Remembers a workload to be deleted, and judges that no earlier one of the run has its id."""
        if dry_run:
            if self.context.client.inventory.dry_runs_create:
                self.created.append(answer.id)
            return
        self.created.append(answer.id)
        name = f"{answer.metadata.get('name')!s:.200}"
        taken = self.context.ids.setdefault(answer.id.lower(), name)
        self.judge(
            "WV2-CREATE-017",
            taken == name,
            message="two workloads of different names have one id",
            code="create/id-given-twice",
            expected="an id that no other workload has",
            observed=f"{answer.id} was given to {taken} and to {name}",
            answer=answer,
        )

    async def create(
        self,
        body: Mapping[str, Any] | bytes,
        *,
        dry_run: str | None = None,
        authorization: Authorization | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Returns the answer to POST; `dry_run` is the text of the query parameter."""
        query = () if dry_run is None else (("dryRun", dry_run),)
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await self.send(
            Request(
                method="POST", path=CREATE_PATH, query=query, headers=headers, body=data, authorization=authorization
            )
        )

    async def probe(self, body: Mapping[str, Any] | bytes, *, dry_run: str | None = None) -> Answer:
        """Returns the answer to a POST that judges validation alone: a dry run where the mode permits nothing else."""
        if dry_run is None and self.context.settings.mode is Mode.DRY_RUN:
            dry_run = "true"
        return await self.create(body, dry_run=dry_run)

    async def get(self, identifier: str, authorization: Authorization | None = None) -> Answer:
        """Returns the answer to GET of one workload."""
        return await self.send(Request(method="GET", path=_item(identifier), authorization=authorization))

    async def reading(self, identifier: str) -> Answer:
        """Returns an answer to GET that tells of the workload, if the target gives one soon.

        Raises:
            UndecidedError: it answers 5xx each time, which tells nothing of the workload.
        """
        return _telling(await self._until_it_tells(lambda: self.get(identifier)))

    async def _until_it_tells(self, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """Reads until the answer is no 5xx, a few times; returns the last answer."""
        for pause in _AGAIN:
            answer = await read()
            if not is_server_error(answer):
                return answer
            await self.pause(pause)
        return await read()

    async def update(
        self,
        identifier: str,
        body: Mapping[str, Any] | bytes,
        authorization: Authorization | None = None,
        *,
        also: Sequence[int] = (),
    ) -> Answer:
        """Returns the answer to PUT of one workload; `also` as for `send`."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await self.send(
            Request(method="PUT", path=_item(identifier), body=data, authorization=authorization), also=also
        )

    async def delete(self, identifier: str, authorization: Authorization | None = None) -> Answer:
        """Returns the answer to DELETE of one workload."""
        return await self.send(Request(method="DELETE", path=_item(identifier), authorization=authorization))

    # -- what to send -----------------------------------------------------------------------------------------------

    def name(self) -> str:
        """Returns a name that nothing else in the run has, a DNS label of at most 24 characters."""
        code = base64.b32encode(self._code[:5]).decode().lower()
        return f"{self.context.prefix}{code}-{next(self._serial)}"

    def unknown_id(self) -> str:
        """Returns an id that no workload has."""
        own = _digest(f"{self.context.prefix}{self._code.hex()}/{next(self._serial)}")
        identifier = str(UUID(bytes=own[:16], version=4))
        self.context.client.inventory.make_up(identifier)
        return identifier

    def malformed_id(self, change: Callable[[str], str]) -> str:
        """Returns a text that is no id, which `change` makes of an id that no workload has."""
        text = change(self.unknown_id())
        self.context.client.inventory.make_up(text)
        return text

    def refusals(self, operation: str) -> tuple[int, ...]:
        """Returns the statuses that refuse a wrong request of `operation`.

        Raises:
            UntestableError: the contract, as it is read in this run, documents none.
        """
        if _BAD_REQUEST not in self.context.contract.operations[operation].statuses:
            raise UntestableError(f"the fragments alone document no status with which {operation} refuses a request")
        return (_BAD_REQUEST,)

    def body(self, *, kind: str | None = None, form: str = "json", **metadata: Any) -> dict[str, Any]:  # noqa: ANN401
        """Returns a create's body with a fresh name and the smallest manifest; `metadata` adds members."""
        manifest = smallest_manifest(kind or self.kind)
        return self.wrap(manifest, form=form, **metadata)

    def wrap(self, manifest: Mapping[str, Any], *, form: str = "json", **metadata: Any) -> dict[str, Any]:  # noqa: ANN401
        """Returns a create's body around a manifest, under a fresh name unless `metadata` has one."""
        name = metadata.get("name") or self.name()
        named = {**manifest, "metadata": {**manifest.get("metadata", {}), "name": name}}
        target = self.context.identity
        result: dict[str, Any] = {"metadata": {"name": name, "projectId": target.project_id, **metadata}}
        if target.cluster_id and "clusterId" not in metadata:
            result["metadata"]["clusterId"] = target.cluster_id
        if form == "json":
            result["manifest"] = named
        else:
            result["manifestBase64Encoded"] = encode_manifest(named)
        return result

    # -- preconditions ----------------------------------------------------------------------------------------------

    def need_accepted(self, answer: Answer, what: str) -> Answer:
        """Returns `answer` if it is a success with an id; otherwise the case judges nothing.

        Any 2xx will do: that it has to be 202 is a requirement of its own, judged on every exchange.
        """
        if not is_success(answer) or not answer.id:
            raise UndecidedError(f"{what} was answered {str(answer)[:160]}")
        return answer

    def need_refused(self, answer: Answer) -> Answer:
        """Returns `answer` if it is a refusal; that it is one is judged elsewhere, and without it there is no case."""
        if is_success(answer):
            raise UntestableError("the target accepts what it should refuse; what a refusal leaves cannot be told")
        return answer

    async def existing(self, body: Mapping[str, Any] | None = None) -> Answer:
        """Creates a workload, waits until it can be read, and returns the answer to its POST."""
        created = self.need_accepted(await self.create(body or self.body()), "the create that this case needs")
        await self.visible(created.id)
        return created

    async def control(self, *, form: str = "json", dry_run: str | None = None) -> None:
        """Makes sure that this target accepts, in this test, the create that a negative case is a mutation of."""

        async def accept(trial: Trial) -> Answer:
            return self.need_accepted(await trial.probe(trial.body(form=form), dry_run=dry_run), "the control")

        await self._shared(("create", form, dry_run, self.kind), accept)

    async def updatable(self, *, form: str = "json") -> str:
        """Returns the id of a workload on which this target has accepted, in this test, an update in this form."""

        async def accept(trial: Trial) -> Answer:
            created = await trial.existing()
            update = {key: value for key, value in trial.body(form=form).items() if key != "metadata"}
            trial.need_accepted(await trial.update(created.id, update), "the control")
            return created

        return await self._shared(("update", form, self.kind), accept)

    async def _shared(self, key: tuple[object, ...], accept: Callable[[Trial], Awaitable[Answer]]) -> str:
        """Runs a control once per test, and returns the id that it was answered with.

        Its exchanges become part of every case that builds on it.
        """
        control = self.context.controls.get((self.scope, *key))
        if control is None:
            trial = Trial(self.context, self.scope, f"control {key}", repeats=self.repeats)
            trial.kind = self.kind
            trial.judgements = self.judgements  # what the control's own answers show counts once, here

            async def run() -> tuple[Trial, str, str | None, bool]:
                # Not the answer, nor the error, whose frames hold one: they would stay as long as the control.
                try:
                    return trial, (await accept(trial)).id, None, False
                except UndecidedError as error:
                    return trial, "", str(error), error.final

            control = asyncio.ensure_future(run())
            self.context.controls[self.scope, *key] = control
        trial, identifier, doubt, final = await control
        if doubt is not None:
            raise UndecidedError(f"the control was refused: {doubt}", final=final)
        self.exchanges[:0] = trial.exchanges
        return str(identifier)

    # -- judging ----------------------------------------------------------------------------------------------------

    def judge(  # noqa: PLR0913 - the texts go by name
        self,
        requirement: str,
        kept: bool,  # noqa: FBT001 - `judge(requirement, a == b, ...)` reads as a sentence
        *,
        message: str,
        expected: object,
        observed: object,
        answer: Answer | None = None,
        way: str = "",
        code: str = "",
    ) -> bool:
        """Records whether a requirement was kept, and returns that; the texts matter where it was not.

        A `message` that names what may be another each time needs a `way` that does not, and `code` is what the
        finding is known by from run to run (see `Judgement`).
        """
        if kept:
            self.judgements.append(Judgement(requirement=requirement, kept=True))
            return True
        self.judgements.append(
            Judgement(
                requirement=requirement,
                kept=False,
                message=message,
                expected=shown(expected),
                observed=shown(observed),
                exchange=self._brief(answer.exchange) if answer else None,
                way=way,
                code=code,
            )
        )
        return False

    def _brief(self, exchange: Exchange) -> Exchange:
        """Returns the form in which the trial holds an exchange."""
        return next((held for held in self.exchanges if held.number == exchange.number), None) or exchange.brief()

    def end(self) -> None:
        """Gives up, if nothing is wrong, all of the exchanges but what is counted."""
        if all(judgement.kept for judgement in self.judgements):
            self.exchanges = [exchange.bare() for exchange in self.exchanges]

    def status(self, requirement: str, answer: Answer, expected: int | Sequence[int], what: str) -> bool:
        """Judges the status of an answer; `what` says what was sent, and is the first part of the finding's code.

        What rests on an erratum is told as such.
        """
        allowed = (expected,) if isinstance(expected, int) else tuple(expected)
        operation = methods_of(self.context.contract, answer.exchange.request).get(answer.exchange.request.method)
        errata = [added_statuses().get((operation.name, status)) if operation else None for status in allowed]
        note = f" (by an erratum: {errata[0]} The fragments document no such status.)" if all(errata) else ""
        return self.judge(
            requirement,
            answer.status in allowed,
            message=f"{what} was answered {answer.status}",
            expected=" or ".join(map(str, allowed)) + note,
            observed=str(answer),
            answer=answer,
            way=what,
            code=f"{what.rstrip(',')}/answered:{answer.status}",
        )

    def same(self, requirement: str, expected: Any, observed: Any, what: str, answer: Answer) -> bool:  # noqa: ANN401
        """Judges that a value is, in type too, the expected one.

        `what` names it, its path first if it has one, and is the first part of the finding's code.
        """
        kept = identical(expected, observed)
        found = self.contrast(expected, observed, path_of(what)) if not kept else None
        return self.judge(
            requirement,
            kept,
            message=f"{what} is not what it should be",
            expected=found.expected if found else "",
            observed=found.observed if found else "",
            answer=answer,
            code=f"{what.rstrip(',')}/different",
        )

    def contrast(self, expected: object, observed: object, at: Sequence[str] = ()) -> Contrast:
        """Returns what differs between two JSON values, which `at` leads to, as the texts of a judgement."""
        return contrast(expected, observed, at, self.context.redactor.text)

    def compared(self, members: Iterable[str], before: Answer, after: Answer) -> Contrast:
        """Returns what differs between two answers in the named members, as the texts of a judgement.

        Where they do not differ, or the second shows no workload, it is the answers themselves, and their beginnings.
        """
        changed = differing(members, before, after)
        if not changed or not is_success(after) or is_gone(after):
            return Contrast(str(before), str(after))
        return self.contrast(*apart(changed, before, after))

    def against(self, asked: Mapping[str, Any], seen: Answer) -> Contrast:
        """Returns what differs between the named members that were asked for and those that an answer shows.

        Where it shows no workload, it is the beginning of the answer.
        """
        if not is_success(seen) or is_gone(seen):
            return Contrast(self.contrast(nested(asked), None).expected, str(seen))
        tells = {name: value for name in asked if (value := told(seen, name)) is not None}
        return self.contrast(nested(asked), nested(tells))

    def observe(self, requirement: str, answer: str) -> None:
        """Records the target's answer to what the contract leaves open."""
        self.observations.append((requirement, answer[:_LONGEST_ANSWER]))

    def cover(self, what: str, *items: object) -> None:
        """Notes that the case has been through these, of the many that the suite is to go through."""
        self.covered.extend((what, item) for item in items)

    async def at_once(self, *work: Awaitable[R]) -> list[R]:
        """Returns the results of work that goes on at the same time, in order; if some fails, when all has ended.

        What went on after its trial would create workloads that nobody tidies up. The record tells the strands apart.
        """
        return await at_once(self, *work)

    # -- time -------------------------------------------------------------------------------------------------------

    def undisturbed(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Holds while no other trial is under way, for what the writes of another would disturb."""
        return self.context.calm.alone()

    async def pause(self, seconds: float) -> None:
        """Lets time pass, as tests have to instead of sleeping: who judges a record again need not wait."""
        await self.context.client.course.pause(seconds)

    def fact(self, name: str, find: Callable[[], T]) -> T:
        """Returns what `find` finds out, or found when the record was made, about the clock or the credentials.

        Everything that decides a test's course and stands in no exchange has to be asked for in this way. `name` is
        used once in a trial; the value is a JSON scalar.
        """
        return self.context.client.course.fact(f"{self.key}: {name}", find)

    async def eventually(
        self, name: str, read: Callable[[], Awaitable[Answer]], holds: Callable[[Answer], bool], *, needed: bool = True
    ) -> Answer:
        """Reads until `holds`, or until patience is over (see `Patience`); returns the last answer, which shows which.

        Args:
            name: of what is waited for. It is the same for what comes or does not come together; the time it took is
                recorded under it.
            read: one reading.
            holds: whether what is awaited has come.
            needed: whether the case judges nothing if it was waited for no longer than others took; else it goes on.

        Raises:
            UndecidedError: it has not come, and was not given the settle time, as it had not come within it before.
        """
        settle, pause, first = self.context.settings.settle, 0.02, None
        limit = self.fact(f"patience {self._serial_wait()}", lambda: self.context.patience.of(name))
        while True:
            answer = await read()
            first = first or answer.exchange
            passed = answer.exchange.ended - first.started
            if holds(answer):
                self.durations.append((name, passed))
                self.context.patience.came(name, passed)
                return answer
            if passed > limit:
                break
            await self.pause(min(pause, max(0.01, limit - passed)))
            pause = min(pause * 1.6, 1.0)
        if limit == settle:
            self.context.patience.did_not_come(name)
        elif needed and not self.repeats:
            raise UndecidedError(
                f"{name}: not within {passed:.1f} s, nor within {settle:g} s where that was waited for"
            )
        is_read = answer.exchange.request.method == "GET" and is_server_error(answer)
        return await self._until_it_tells(read) if is_read else answer

    def _serial_wait(self) -> str:
        """Returns which of the trial's waits comes next, whatever else it does at once."""
        strand = strand_of(self)
        self._waits[strand] += 1
        return f"{strand}:{self._waits[strand]}"

    async def remains(self, read: Callable[[], Awaitable[Answer]], holds: Callable[[Answer], bool]) -> Answer:
        """Reads several times over a while; returns the first answer not to hold, or the last if all do.

        For what must not come undone.

        Raises:
            UndecidedError: answers are 5xx, which tells nothing of what is read.
        """
        pause = _WATCH[self.context.settings.profile] / (_READINGS - 1)
        answer = _telling(await self._until_it_tells(read))
        for _ in range(_READINGS - 1):
            if not holds(answer):
                break
            await self.pause(pause)
            answer = _telling(await self._until_it_tells(read))
        return answer

    async def stays(self, read: Callable[[], Awaitable[Answer]], holds: Callable[[Answer], bool]) -> Answer:
        """Reads as `remains` does; where an answer does not hold, until one does or the settle time is over.

        For what a request must not have changed: a replica that is behind may show an earlier state for a while, and
        what the request did stays.
        """
        seen = await self.remains(read, holds)
        return seen if holds(seen) else await self.eventually("shown again", read, holds)

    async def newer(self) -> None:
        """Creates one more workload, for servers that take the newest for the one that was asked for."""
        self.need_accepted(await self.create(self.body()), "the create of another workload")

    async def visible(self, identifier: str) -> Answer:
        """Returns the reading that shows a workload whose create or update was accepted.

        Raises:
            UndecidedError: it cannot be read within the settle time.
        """
        seen = await self.eventually("visible after create", lambda: self.get(identifier), is_success)
        if not is_success(seen):
            raise UndecidedError(f"the workload that this case needs cannot be read: {str(seen)[:160]}")
        return seen

    async def settled(self, identifier: str) -> Answer:
        """Returns the first reading in which the platform is done with a workload, or the last before patience ends.

        Raises:
            UndecidedError: that is none that shows the workload.
        """
        seen = await self.eventually("synced after create", lambda: self.get(identifier), is_settled, needed=False)
        if not is_success(seen):
            raise UndecidedError(f"the workload that this case needs cannot be read: {str(seen)[:160]}")
        return seen


def _kind(exchange: Exchange) -> tuple[str, bool]:
    return exchange.request.method, exchange.request.path == CREATE_PATH


def _item(identifier: str) -> str:
    if not identifier:
        raise UndecidedError("the answer that this case builds on has no metadata.id")
    return f"{CREATE_PATH}/{identifier}"


def _telling(answer: Answer) -> Answer:
    if is_server_error(answer):
        raise UndecidedError(f"GET is answered {answer.status}, which tells nothing of the workload")
    return answer


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
