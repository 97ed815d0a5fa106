"""What a run needs of its target, and whether it has it: the preflight alone, with what came of each part."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from workloads_conformance.errors import NotPermittedError, TargetError
from workloads_conformance.http import Authorization, TargetLostError, claims
from workloads_conformance.runner import UndecidedError, is_success
from workloads_conformance.settings import Mode

from .answers import Answer
from .context import WorkloadContext
from .preflight import DRY_RUN_CHECK, check_controls, check_target
from .trial import WorkloadTrial

_UNAUTHORIZED = 401
_SCOPE = "check"
_SHORT = 600.0
"""Seconds that a token should live on: a standard run may take as long."""

_ENOUGH = 300.0
"""Seconds for which a token has to have run out: what the contract's tests of one that ran out ask for."""

_MOST_AT_ONCE = 8
"""Live workloads that are tried at once."""


class State(StrEnum):
    """Whether a need is met: it is, a part of the contract cannot be tested without it, or nothing can."""

    MET = "met"
    LACKING = "lacking"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a run needs, and what there is of it, in words; texts of a target are part of them."""

    name: str
    state: State
    told: str


async def needs(context: WorkloadContext) -> AsyncIterator[Need]:
    """Yields what a run with these settings needs. What it creates is to be cleaned up by the caller."""
    try:
        await check_target(context)
        took = (await _reading(context)).exchange.seconds
    except (TargetError, TargetLostError, UndecidedError) as error:
        yield Need("target", State.BROKEN, str(error))
        return
    yield Need("target", State.MET, f"answers as the Workloads V2 API does, in {took * 1000:.0f} ms")
    yield _token(context)
    yield await _second("forbidden-token-env", context.identity.forbidden, context)
    yield await _second("expired-token-env", context.identity.expired, context)
    if context.settings.mode is Mode.READ_ONLY:
        yield Need("creates", State.LACKING, "mode read-only sends none, so that most of the contract is not tested")
        return
    yield await _dry_run(context)
    async for need in _kinds(context):
        yield need
    if context.settings.mode is Mode.FULL:
        yield await _quota(context)


async def _reading(context: WorkloadContext, authorization: Authorization | None = None) -> Answer:
    trial = WorkloadTrial(context, _SCOPE, (authorization.shell if authorization else None) or "reading")
    return await trial.get(trial.unknown_id(), authorization)


def _token(context: WorkloadContext) -> Need:
    tokens = context.client.tokens
    ends = claims(tokens.first).get("exp")
    if context.settings.client_id or context.settings.target is None or not isinstance(ends, int | float):
        return Need("token", State.MET, "is taken, and fetched again" if context.settings.client_id else "is taken")
    left = ends - time.time()
    told = f"is taken, and runs out in {_span(left)}"
    if left < _SHORT and not context.settings.token_file:
        return Need("token", State.LACKING, f"{told}: a run may take longer; give one that lives longer, or client-id")
    return Need("token", State.MET, told)


def _span(seconds: float) -> str:
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


async def _second(key: str, given: Authorization | None, context: WorkloadContext) -> Need:
    """Whether another token is what it should be: refused if it has run out, taken if it only lacks permission."""
    expired = key.startswith("expired")
    name = "expired token" if expired else "second token"
    if given is None:
        what = "one that has run out is refused" if expired else "403 is answered where it should be"
        return Need(name, State.LACKING, f"is not given ({key}), so that it is not tested whether {what}")
    answer = await _answered(_reading(context, given))
    if isinstance(answer, str):
        return Need(name, State.BROKEN, answer)
    ends = claims((given.value or "").removeprefix("Bearer ")).get("exp")
    if expired:
        ran_out = isinstance(ends, int | float) and time.time() - ends >= _ENOUGH
        if isinstance(ends, int | float) and not ran_out:
            when = datetime.fromtimestamp(ends, UTC)
            return Need(name, State.LACKING, f"runs out at {when:%Y-%m-%d %H:%M:%S} UTC; it takes one that ran out "
                        "five minutes ago")  # fmt: skip
        return Need(name, State.MET, f"is given; the target answers it {answer.status}")
    subject = claims((given.value or "").removeprefix("Bearer ")).get("sub")
    if answer.status == _UNAUTHORIZED:
        lacking = "is refused as no valid token (401); it takes one that only lacks permission"
    elif subject is not None and subject == claims(context.client.tokens.first).get("sub"):
        lacking = "is of the same user as the access token; it takes one who lacks the rights"
    else:
        return Need(name, State.MET, f"is given; the target answers it {answer.status}")
    return Need(name, State.LACKING, lacking)


async def _answered(answer: Awaitable[Answer]) -> Answer | str:
    """Returns an answer, or why there is none."""
    try:
        return await answer
    except (UndecidedError, NotPermittedError, TargetLostError) as error:
        return str(error)


async def _dry_run(context: WorkloadContext) -> Need:
    trial = WorkloadTrial(context, DRY_RUN_CHECK.name, "")
    try:
        await DRY_RUN_CHECK.run(trial, None)
    except (UndecidedError, NotPermittedError, TargetLostError) as error:
        return Need("dry run", State.LACKING, str(error))
    if context.custody.inventory.dry_runs_create:
        state = State.BROKEN if context.settings.mode is Mode.DRY_RUN else State.LACKING
        return Need("dry run", state, "creates a workload, which violates the contract; mode dry-run is not safe here")
    return Need("dry run", State.MET, "creates nothing")


async def _kinds(context: WorkloadContext) -> AsyncIterator[Need]:
    try:
        refused = await check_controls(context)
    except (TargetError, TargetLostError) as error:
        yield Need("creates", State.BROKEN, str(error))
        return
    for kind in context.settings.kinds:
        if kind in refused:
            told = f"is refused ({refused[kind]}), so that no test is run on it; leave it out of kinds, or register it"
            yield Need(f"kind {kind}", State.LACKING, told)
        else:
            yield Need(f"kind {kind}", State.MET, "is accepted")


async def _quota(context: WorkloadContext) -> Need:
    """Whether several workloads may live at once."""
    most = context.settings.max_live
    tried = min(most, _MOST_AT_ONCE)

    async def create(number: int) -> str:
        trial = WorkloadTrial(context, _SCOPE, f"live {number}")
        answer = await _answered(trial.create(trial.body()))
        return answer if isinstance(answer, str) else "" if is_success(answer) else str(answer)[:160]

    troubles = [told for told in await asyncio.gather(*map(create, range(tried))) if told]
    if troubles:
        told = f"{len(troubles)} of {tried} creates at once are refused: {troubles[0]}; raise the project's quota"
        return Need("quota", State.LACKING, told)
    return Need("quota", State.MET, f"{tried} workloads may live at once; a run has up to {most}")
