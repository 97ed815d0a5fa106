"""The client: every request of a run, with its token, within what is permitted, recorded where it could create."""

from __future__ import annotations

import email.utils
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from workloads_conformance.errors import ConformanceError

from .course import Course
from .ledger import CreateLog
from .messages import Exchange, Request
from .safety import Safety, creates
from .tokens import TokenSource

_BUSY = (429, 503)


class TargetLostError(ConformanceError):
    """The target answers no more; what is left of the run cannot be tested."""


class Client:
    """Sends requests for the suite. Safe to use from any number of tasks of one event loop."""

    def __init__(
        self, course: Course, tokens: TokenSource, safety: Safety, ledger: CreateLog, *, patience: float
    ) -> None:
        self.course = course
        self._safety, self._ledger = safety, ledger
        self.tokens = tokens
        self._patience = patience
        self._failures = 0
        self.lost: str | None = None
        """How the last request failed, once the target is known to answer no more."""
        self.exchanges = 0
        self.waits: Counter[int] = Counter()
        self.created: dict[str, bool] = {}
        """Ids that creates were answered with; true if the answer bore the prefix: it is ours."""
        self.deleting: set[str] = set()
        """Ids whose deletion was accepted."""
        self.unanswered = 0
        self.on_exchange: Callable[[], None] = lambda: None

    async def send(self, request: Request, trial: str = "") -> Exchange:
        """Returns the exchange, 429 and 503 waited out as long as the patience (seconds) lasts.

        Args:
            request: what to send.
            trial: on whose behalf; the record of the run tells exchanges apart by it.

        Raises:
            NotPermittedError: the mode or the safety rules forbid the request.
            TargetLostError: the target was found to answer no more.
        """
        self._safety.check(request)
        patient_until = None
        retried = False
        while True:
            exchange = await self._send_once(request, trial)
            if patient_until is None:
                patient_until = exchange.started + self._patience
            answer = exchange.response
            if answer is None:
                if not retried and not exchange.too_late and request.method not in ("POST", "PATCH"):
                    # RFC 9110, 9.2.2: an idempotent request may be sent again when the connection failed.
                    retried = True
                    continue
                return exchange
            if answer.status not in _BUSY:
                return exchange
            self.waits[answer.status] += 1
            pause = retry_after(answer.header("retry-after"), self.course.began + exchange.ended)
            if exchange.ended + pause > patient_until:
                return exchange
            await self.course.pause(pause)

    async def _send_once(self, request: Request, trial: str) -> Exchange:
        if self.lost:
            raise TargetLostError(f"the target stopped answering: {self.lost}")
        authorization = request.authorization
        value = f"Bearer {await self.tokens.token()}" if authorization is None else authorization.value
        number = self._ledger.create(_name(request)) if creates(request) else None
        try:
            exchange = await self.course.send(request, value, trial)
        except BaseException:  # cancelled: the run was interrupted, and the target may act on the request all the same
            self.unanswered += number is not None
            raise
        self.exchanges += 1
        exchange = replace(exchange, number=self.exchanges)
        if number is not None:
            self._note_create(number, exchange)
        accepted = exchange.response is not None and 200 <= exchange.response.status < 300  # noqa: PLR2004 - 2xx
        if request.method == "DELETE" and accepted:
            self.deleting.add(request.path.rpartition("/")[2])
        self.on_exchange()
        await self._watch(exchange)
        return exchange

    def _note_create(self, number: int, exchange: Exchange) -> None:
        if exchange.response is None:
            self.unanswered += 1
            return
        identifier = _created(exchange)
        shown = _created(replace(exchange, response=exchange.response.public))
        self._ledger.created(number, shown)  # no secret goes on a disk, whatever it came in
        if identifier is None:
            return
        ours = self._ledger.prefix.encode() in exchange.response.body
        self.created[identifier] = self.created.get(identifier, False) or ours
        if ours:
            self._safety.own(identifier)

    def permit(self, identifier: str) -> None:
        """Lets the run send writes to an id that it made up at random."""
        self._safety.own(identifier)

    def gone(self, identifier: str) -> None:
        """Records that a workload was seen to be gone."""
        self._ledger.gone(identifier)

    async def _watch(self, exchange: Exchange) -> None:
        """Finds out whether the target is gone for good, so that a dead target ends the run soon, not case by case."""
        if exchange.response is not None:
            self._failures = 0
            return
        self._failures += 1
        if self.lost or (exchange.unanswered and self._failures < 3):  # noqa: PLR2004 - three time-outs in a row
            return
        probe = Request(method="GET", path="/api/v2/workloads/00000000-0000-4000-8000-000000000000")
        for pause in (0.1, 0.4, 1.0):
            await self.course.pause(pause)
            if (await self.course.send(probe, None, "is the target there?")).response is not None:
                return
        self.lost = self.lost or exchange.failure


def retry_after(value: str | None, now: float) -> float:
    """Returns the pause in seconds that a Retry-After header asks for (RFC 9110, 10.2.3); 1 s where it says nothing.

    `now` is in seconds since 1970.
    """
    if value is None:
        return 1.0
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return 1.0


def _name(request: Request) -> str | None:
    try:
        body = json.loads(request.body or b"")
        name = body["metadata"]["name"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return name if isinstance(name, str) else None


def _created(exchange: Exchange) -> str | None:
    """Returns the id in the answer to a create, if it is one that something was made with."""
    answer = exchange.response
    if answer is None or not 200 <= answer.status < 300 or not answer.json.readable:  # noqa: PLR2004 - 2xx
        return None
    metadata = answer.json.value.get("metadata") if isinstance(answer.json.value, dict) else None
    identifier = metadata.get("id") if isinstance(metadata, dict) else None
    return identifier if isinstance(identifier, str) and identifier else None
