"""Before anything is judged: is this a Workloads V2 server, does it take the token, does it accept a create?"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from workloads_conformance.errors import NotPermittedError, TargetError
from workloads_conformance.http import Authorization, Exchange, TargetLostError
from workloads_conformance.runner import ONCE, JudgingTest, UndecidedError, UntestableError, is_success
from workloads_conformance.settings import Mode

from .admitted import PREFLIGHT
from .answers import Answer
from .context import WorkloadContext
from .routes import CREATE_PATH
from .trial import WorkloadTrial

_UNAUTHORIZED, _NOT_FOUND = 401, 404
_READINGS = 12
"""Readings at one time: of two servers that take turns, by request or by connection, both answer some."""

_NEVER_RIGHT = frozenset({405, 409, 415})
"""Statuses that cannot be right for the plainest create: the method, a name that is new, the media type."""

_REFUSALS = frozenset(range(400, 500)) - {401, 408, 409, 429}
"""Statuses that may say that a kind is not registered. 409 says that something of the name exists, which none does."""


async def check_target(context: WorkloadContext) -> None:
    """Returns if the target can be reached, speaks this API, and takes the token.

    Raises:
        TargetError: nothing listens, it is not this API, or the token is refused.
    """
    reading = await _send(context, "GET")
    if not speaks_json(reading) and not (
        context.settings.mode is not Mode.READ_ONLY and speaks_json(await _send(context, "POST"))
    ):
        raise TargetError(
            f"{_url(context)} answers, but not with the Workloads V2 API: GET of an unknown id gave "
            f"{str(Answer(reading))[:200]!r}{_leading_to(reading)}; check the target's base URL."
        )
    assert reading.response is not None
    if reading.response.status == _UNAUTHORIZED:
        raise TargetError(
            f"{_url(context)} refuses the token (401: {_said(reading)}); check that it is an access token of this "
            "target and has not expired."
        )
    if context.settings.mode is Mode.READ_ONLY and reading.response.status == _NOT_FOUND:
        await _refuse_wrong_base(context)


async def _refuse_wrong_base(context: WorkloadContext) -> None:
    """Returns unless nothing under the base URL is the API, as far as reading shows.

    There everything gets 404: what is not an id, too, and who has no token. The modes that create see it by their
    controls.
    """
    trial = WorkloadTrial(context, PREFLIGHT, "base URL")
    try:
        answers = [await trial.get("no-id"), await trial.get(trial.unknown_id(), Authorization(None, None))]
    except UndecidedError:
        return
    if all(answer.status == _NOT_FOUND for answer in answers):
        raise TargetError(
            f"{_url(context)} answers 404 to every id, to what is not an id, and to requests without a token; check "
            f"the target's base URL, under which {CREATE_PATH} has to be."
        )


async def _send(context: WorkloadContext, method: str) -> Exchange:
    trial = WorkloadTrial(context, PREFLIGHT, method)
    try:
        if method == "GET":
            return (await trial.get(trial.unknown_id())).exchange
        return (await trial.create(trial.body(), dry_run="true")).exchange
    except TargetLostError:
        if full := context.client.transport.full:
            raise TargetError(f"{full}.") from None
        raise TargetError(
            f"{_url(context)} cannot be reached: {context.client.lost}; check the URL, that the server is up, "
            "and what it asks of a client, such as a certificate (client-cert)."
        ) from None
    except UndecidedError as error:
        exchange = error.exchange
        assert exchange is not None
        if exchange.response is None:
            raise TargetError(
                f"{_url(context)} gives no answer: {(exchange.failure or '').rstrip('.')}; check the URL, and what it "
                "asks of a client, such as a certificate (client-cert)."
            ) from None
        if exchange.response.flaw or exchange.response.json.limit:
            raise TargetError(f"{_url(context)} cannot be judged: {error}.") from None
        return exchange


async def _dry_run_creates_nothing(trial: WorkloadTrial, _case: object) -> None:
    """No workload has the id that a dry run answers with: it is read at once, before others are sent."""
    answer = trial.need_accepted(await trial.create(trial.body(), dry_run="true"), "the dry run")
    inventory = trial.inventory
    claim = inventory.claims[answer.id.lower()]
    seen = await trial.get(answer.id)
    if not claim.ours and trial.settings.mode is Mode.DRY_RUN:
        seen = await trial.remains(lambda: trial.get(answer.id), lambda _: not claim.ours)
    if claim.ours:
        inventory.dry_runs_create = True
        trial.created.append(answer.id)
    # Another status than 404 to an id that no workload has is another clause's matter.
    trial.judge(
        "WV2-DRYRUN-002",
        not claim.ours,
        message=f"GET of the id in the answer to a dry run returned {seen.status}",
        code="dry-run/workload-appeared",
        expected=404,
        observed=str(seen),
        answer=seen,
    )


DRY_RUN_CHECK = JudgingTest("preflight.dry_run", ("WV2-DRYRUN-002",), ONCE, _dry_run_creates_nothing)
"""Run before everything else that creates: on a target that takes a dry run for a create, each of hundreds would."""


async def _readings_agree(trial: WorkloadTrial, _case: object) -> None:
    """GET by the id that POST answered with shows that workload, whoever behind the target's name answers."""
    created = await trial.create(trial.body())
    if not (is_success(created) and created.id):
        return  # the tests judge that, and what follows
    seen = await trial.eventually("visible after create", lambda: trial.get(created.id), is_success, needed=False)
    if not is_success(seen):
        return
    there = 0

    async def read() -> Answer:
        nonlocal there
        answers = await trial.at_once(*(trial.get(created.id) for _ in range(_READINGS)))
        there = sum(map(is_success, answers))
        return next((answer for answer in answers if answer.status == _NOT_FOUND), answers[0])

    seen = await trial.eventually("shown in all readings", read, lambda answer: answer.status != _NOT_FOUND)
    if not there:
        return  # they agree that it is not there any more
    trial.judge(
        "WV2-GET-003",
        seen.status != _NOT_FOUND,
        message="answers contradict each other: of readings at one time some show a workload, and others do not",
        code="get/answers-contradict",
        expected=f"200 in {_READINGS} of {_READINGS} readings, after the settle time",
        observed=f"200 in {there} of {_READINGS}; several servers behind one name may share no state",
        answer=seen,
    )


AGREEMENT_CHECK = JudgingTest("preflight.agreement", ("WV2-GET-003",), ONCE, _readings_agree)
"""Run before the suite: where answers contradict each other, each of its tests would find that in words of its own."""


async def _the_plainest_create_is_accepted(trial: WorkloadTrial, _case: object) -> None:
    """A create in JSON, under a name that nobody has, conflicts with nothing, and is of the documented media type."""
    answer = await trial.create(trial.body())
    if answer.status not in _NEVER_RIGHT:
        raise UntestableError("the target may refuse every create for what it was not told")
    trial.status("WV2-CREATE-003", answer, 202, "the plainest create")


CONTROL_CHECK = JudgingTest("preflight.control", ("WV2-CREATE-003",), ONCE, _the_plainest_create_is_accepted)
"""Run where every control is refused: with some statuses that is the target's fault, whatever it was not told."""


@dataclass(frozen=True, slots=True)
class _Control:
    """The plainest create of a kind in a form, and why it was not accepted; `refused` is the status that refused it."""

    kind: str
    form: str
    trouble: str | None = None
    refused: int | None = None

    def __str__(self) -> str:
        return f"{self.kind} ({self.form}): {self.trouble}"


async def check_controls(context: WorkloadContext) -> Mapping[str, int]:
    """Sends the plainest create of each configured kind, in both forms; returns the status of those refused in both.

    Which kinds are registered is left open: those are none of the run's.

    Raises:
        TargetError: the target refuses them all.
    """

    async def accepted(kind: str, form: str) -> _Control:
        trial = WorkloadTrial(context, PREFLIGHT, f"{kind} {form}")
        try:
            answer = await trial.probe(trial.body(kind=kind, form=form))
        except (UndecidedError, NotPermittedError) as error:
            return _Control(kind, form, str(error))
        finally:
            await trial.tidy()
        if is_success(answer):
            return _Control(kind, form)
        return _Control(kind, form, str(answer)[:160], answer.status if answer.status in _REFUSALS else None)

    combinations = [(kind, form) for kind in context.settings.kinds for form in ("json", "base64")]
    controls = await asyncio.gather(*itertools.starmap(accepted, combinations))
    if all(control.trouble for control in controls):
        raise TargetError(
            f"{_url(context)} refuses every control, so that no refusal of it would mean anything: "
            f"{'; '.join(map(str, controls[:4]))}. "
            + (
                f"Check the target's base URL, under which {CREATE_PATH} has to be."
                if all(control.refused == _NOT_FOUND for control in controls)
                else "Check project-id, cluster-id, kinds and the token's rights."
            )
        )
    taken = {control.kind for control in controls if control.refused is None}
    return {control.kind: control.refused for control in controls if control.refused and control.kind not in taken}


def _leading_to(exchange: Exchange) -> str:
    """Returns where a redirect leads, in words; empty for any other answer."""
    location = exchange.response.header("location") if exchange.response else None
    return f", and leads to {location[:200]!r}" if location else ""


def speaks_json(exchange: Exchange) -> bool:
    """True if an answer has the JSON object that each answer of this API has."""
    answer = exchange.response
    return answer is not None and isinstance(answer.json.value, dict)


def _said(exchange: Exchange) -> str:
    assert exchange.response is not None
    message = Answer(replace(exchange, response=exchange.response.public)).at("message")
    return message[:160] if isinstance(message, str) else str(Answer(exchange))[:160]


def _url(context: WorkloadContext) -> str:
    return context.settings.target or "the embedded server"
