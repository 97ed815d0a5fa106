"""A trial: one run of a test on one case. What a test says and asks for goes through it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from workloads_conformance.checks import Judgement, excerpt
from workloads_conformance.client import CREATE_PATH, Authorization, Exchange, Request
from workloads_conformance.settings import Mode
from workloads_strategies import encode_manifest, smallest_manifest

from .context import Context

_BUSY = (429, 503)
_BAD_REQUEST, _UNAUTHORIZED = 400, 401


class UndecidedError(Exception):
    """The case judges nothing: a control was refused, or an answer did not come. The text says why."""


class UntestableError(Exception):
    """The case cannot be tried with what the run was given. The text says what is missing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange that has a response."""

    exchange: Exchange

    @property
    def status(self) -> int:
        """The status code."""
        assert self.exchange.response is not None
        return self.exchange.response.status

    @property
    def body(self) -> Any:  # noqa: ANN401 - any JSON value
        """The body as JSON; None if it is not readable as such."""
        assert self.exchange.response is not None
        return self.exchange.response.json.value

    def at(self, *path: str) -> Any:  # noqa: ANN401 - any JSON value
        """Returns the member at `path` of the body; None where there is none."""
        value = self.body
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    @property
    def workload(self) -> dict[str, Any]:
        """The WorkloadV2 in the body, which GET wraps; empty if there is none."""
        found = self.at("workload") if self.exchange.request.method == "GET" else self.body
        return found if isinstance(found, dict) else {}

    @property
    def metadata(self) -> dict[str, Any]:
        """The workload's metadata; empty if there is none."""
        found = self.workload.get("metadata")
        return found if isinstance(found, dict) else {}

    @property
    def id(self) -> str:
        """The workload's id; empty if there is none."""
        found = self.metadata.get("id")
        return found if isinstance(found, str) else ""

    def __str__(self) -> str:
        return excerpt(self.exchange)


class Trial:
    """Sends a case's requests and gathers what they show.

    Every answer passes the universal checks; a test adds judgements of its own with `judge` and its short forms.
    """

    def __init__(self, context: Context, scope: str, part: str = "") -> None:
        """Begins a trial.

        Args:
            context: what the run's trials share.
            scope: the test, and the stage of its exploration; trials of one scope share controls.
            part: which trial of the scope this is. Names and ids follow from scope and part, not from the order in
                which trials happen to run, so that the same seed sends the same requests.
        """
        self.context = context
        self.scope = scope
        self._code = _digest(f"{scope}/{part}")
        self._serial = itertools.count()
        self.judgements: list[Judgement] = []
        self.exchanges: list[Exchange] = []
        self.observations: list[tuple[str, str]] = []
        self.durations: list[tuple[str, float]] = []
        self.created: list[str] = []

    # -- requests ---------------------------------------------------------------------------------------------------

    async def send(self, request: Request) -> Answer:
        """Returns the answer to a request.

        Raises:
            UndecidedError: there is no answer, or one that says nothing of the request (429, 503, a token run out).
        """
        exchange = await self.context.client.send(request)
        self.exchanges.append(exchange)
        self.judgements.extend(self.context.checks.judge(exchange))
        response = exchange.response
        what = f"{request.method} {request.path}"
        if response is None:
            raise UndecidedError(f"{what}: {exchange.failure}")
        answer = Answer(exchange)
        if request.method == "POST" and answer.id and 200 <= response.status < 300:  # noqa: PLR2004 - 2xx
            self.created.append(answer.id)
        if response.flaw is not None:
            raise UndecidedError(f"{what}: the body could not be read: {response.flaw}")
        if response.json.limit is not None and response.media_type.endswith("json"):
            raise UndecidedError(f"{what}: the body could not be read: {response.json.limit}")
        if response.status in _BUSY:
            raise UndecidedError(f"{what}: the target was busy ({response.status}) for as long as the suite waits")
        if response.status == _UNAUTHORIZED and request.authorization is None and self.context.client.tokens.expired():
            raise UndecidedError("the access token has run out; give one that lives longer, or client credentials")
        return answer

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
        return await self.send(Request(method="GET", path=f"{CREATE_PATH}/{identifier}", authorization=authorization))

    async def update(
        self, identifier: str, body: Mapping[str, Any] | bytes, authorization: Authorization | None = None
    ) -> Answer:
        """Returns the answer to PUT of one workload."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        path = f"{CREATE_PATH}/{identifier}"
        return await self.send(Request(method="PUT", path=path, body=data, authorization=authorization))

    async def delete(self, identifier: str, authorization: Authorization | None = None) -> Answer:
        """Returns the answer to DELETE of one workload."""
        path = f"{CREATE_PATH}/{identifier}"
        return await self.send(Request(method="DELETE", path=path, authorization=authorization))

    # -- what to send -----------------------------------------------------------------------------------------------

    def name(self) -> str:
        """Returns a name that nothing else in the run has, a DNS label of at most 24 characters."""
        code = base64.b32encode(self._code[:5]).decode().lower()
        return f"{self.context.prefix}{code}-{next(self._serial)}"

    def unknown_id(self) -> str:
        """Returns an id that no workload has."""
        own = _digest(f"{self.context.prefix}{self._code.hex()}/{next(self._serial)}")
        identifier = str(UUID(bytes=own[:16], version=4))
        self.context.client.permit(identifier)
        return identifier

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
        manifest = smallest_manifest(kind or self.context.settings.kinds[0])
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

    async def existing(self, body: Mapping[str, Any] | None = None) -> Answer:
        """Creates a workload, waits until it can be read, and returns the answer to its POST."""
        created = self.need_accepted(await self.create(body or self.body()), "the create that this case needs")
        seen = await self.eventually("visible after create", lambda: self.get(created.id), is_success)
        if not is_success(seen):
            raise UndecidedError(f"the workload that this case needs cannot be read: {str(seen)[:160]}")
        return created

    async def control(self, *, form: str = "json", dry_run: str | None = None) -> None:
        """Makes sure that this target accepts, in this test, the create that a negative case is a mutation of."""

        async def accept(trial: Trial) -> Answer:
            return self.need_accepted(await trial.probe(trial.body(form=form), dry_run=dry_run), "the control")

        await self._shared(("create", form, dry_run), accept)

    async def updatable(self, *, form: str = "json") -> str:
        """Returns the id of a workload on which this target has accepted, in this test, an update in this form."""

        async def accept(trial: Trial) -> Answer:
            created = await trial.existing()
            update = {key: value for key, value in trial.body(form=form).items() if key != "metadata"}
            trial.need_accepted(await trial.update(created.id, update), "the control")
            return created

        return (await self._shared(("update", form), accept)).id

    async def _shared(self, key: tuple[object, ...], accept: Callable[[Trial], Awaitable[Answer]]) -> Answer:
        """Runs a control once per test; its exchanges become part of every case that builds on it."""
        control = self.context.controls.get((self.scope, *key))
        if control is None:
            trial = Trial(self.context, self.scope, f"control {key}")

            async def run() -> tuple[Trial, Answer]:
                return trial, await accept(trial)

            control = asyncio.ensure_future(run())
            self.context.controls[self.scope, *key] = control
        try:
            trial, answer = await control
        except UndecidedError as error:
            raise UndecidedError(f"the control was refused: {error}") from None
        self.exchanges[:0] = trial.exchanges
        found: Answer = answer
        return found

    # -- judging ----------------------------------------------------------------------------------------------------

    def judge(
        self,
        requirement: str,
        kept: bool,  # noqa: FBT001 - `judge(requirement, a == b, ...)` reads as a sentence
        *,
        message: str,
        expected: object,
        observed: object,
        answer: Answer | None = None,
    ) -> bool:
        """Records whether a requirement was kept, and returns that; the texts matter where it was not."""
        self.judgements.append(
            Judgement(
                requirement=requirement,
                kept=kept,
                message=message,
                expected=shown(expected),
                observed=shown(observed),
                exchange=answer.exchange if answer else None,
            )
        )
        return kept

    def status(self, requirement: str, answer: Answer, expected: int | Sequence[int], what: str) -> bool:
        """Judges the status of an answer; `what` says what was sent."""
        allowed = (expected,) if isinstance(expected, int) else tuple(expected)
        return self.judge(
            requirement,
            answer.status in allowed,
            message=f"{what} was answered {answer.status}",
            expected=" or ".join(map(str, allowed)),
            observed=str(answer),
            answer=answer,
        )

    def same(self, requirement: str, expected: Any, observed: Any, what: str, answer: Answer) -> bool:  # noqa: ANN401
        """Judges that a value is, in type too, the expected one; `what` names it."""
        return self.judge(
            requirement,
            identical(expected, observed),
            message=f"{what} is not what it should be",
            expected=expected,
            observed=observed,
            answer=answer,
        )

    def observe(self, requirement: str, answer: str) -> None:
        """Records the target's answer to what the contract leaves open."""
        self.observations.append((requirement, answer))

    async def eventually(
        self, name: str, read: Callable[[], Awaitable[Answer]], holds: Callable[[Answer], bool]
    ) -> Answer:
        """Reads until `holds`, or until the settle time is over; returns the last answer, which shows which.

        Args:
            name: under which the time it took is recorded.
            read: one reading.
            holds: whether what is awaited has come.
        """
        started, pause = time.monotonic(), 0.02
        while True:
            answer = await read()
            passed = time.monotonic() - started
            if holds(answer):
                self.durations.append((name, passed))
                return answer
            if passed > self.context.settings.settle:
                return answer
            await asyncio.sleep(min(pause, max(0.01, self.context.settings.settle - passed)))
            pause = min(pause * 1.6, 1.0)


def is_success(answer: Answer) -> bool:
    """True for a 2xx."""
    return 200 <= answer.status < 300  # noqa: PLR2004 - 2xx


def is_gone(answer: Answer) -> bool:
    """True if an answer to GET shows that the workload is deleted: 404, or a workload marked as deleted."""
    if answer.status == 404:  # noqa: PLR2004 - documented
        return True
    return is_success(answer) and (
        answer.metadata.get("deletedAt") is not None or answer.at("syncInfo", "status") == "Deleted"
    )


def identical(one: object, other: object) -> bool:
    """True if two JSON values are the same: true is not 1, but 1 is 1.0, for JSON has only numbers (RFC 8259, 6)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(identical(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(identical, one, other))
    return one == other


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def shown(value: object) -> str:
    """A value as a finding shows it: texts as they are, JSON as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def is_uuid(text: str) -> bool:
    """True for a UUID in its canonical notation."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def instant(value: object) -> datetime | None:
    """Returns an RFC 3339 timestamp as a time; None for anything else."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def differing(members: Iterable[str], one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Returns those members in which two objects that both have them differ."""
    return [key for key in members if key in one and key in other and not identical(one[key], other[key])]
