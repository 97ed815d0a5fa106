"""Validators and caches: what GET showed before is not shown in its place, nor to who has no rights."""

from __future__ import annotations

from workloads_conformance.api import CREATE_PATH, Answer, WorkloadTrial, shows
from workloads_conformance.http import Authorization, Request
from workloads_conformance.runner import Kinds, UndecidedError, UntestableError, is_success, judges

from .attempts import NO_TOKEN
from .twins import judge_untouched

_NOT_MODIFIED = 304
_UNAUTHORIZED = 401
_REFUSED = (_UNAUTHORIZED, 403, 404)


@judges("WV2-HTTP-015", kinds=Kinds.EACH)
async def test_a_validator_changes_with_what_it_is_of(trial: WorkloadTrial) -> None:
    """A strong ETag from before an update is not that of what GET shows after it."""
    created = await trial.existing(trial.body(priority="low"))
    first = await trial.settled(created.id)
    before = _validator(first)
    if before.startswith("W/"):
        raise UntestableError("GET has a weak ETag, which does not have to change")
    trial.need_accepted(await trial.update(created.id, {"metadata": {"priority": "high"}}), "the update")

    def updated(answer: Answer) -> bool:
        return is_success(answer) and shows(answer, {"priority": "high"})

    seen = await trial.eventually("visible after update", lambda: trial.get(created.id), updated)
    if not updated(seen):
        raise UntestableError("the update does not show, which is judged elsewhere")
    if seen.body == first.body:
        raise UntestableError("GET shows nothing of the update, so that its ETag may stay")

    def is_fresh(answer: Answer) -> bool:
        return answer.status != _NOT_MODIFIED

    # A replica that is behind may know the state before the update only, for a while.
    answer = await trial.eventually(
        "visible after update", lambda: _conditional(trial, created.id, before), is_fresh, needed=False
    )
    trial.judge(
        "WV2-HTTP-015",
        is_fresh(answer),
        message="a conditional GET with the validator from before an update returned 304",
        code="conditional-get/old-validator-still-good",
        expected="200, and what GET shows now",
        observed=str(answer),
        answer=answer,
    )


@judges("WV2-AUTH-010", kinds=Kinds.EACH)
async def test_a_validator_is_no_right(trial: WorkloadTrial) -> None:
    """Who may not read a workload does not learn that it is as it was, directly after its owner has read it either."""
    if trial.forbidden is None:
        raise UntestableError("no token without rights was given; --forbidden-token-env NAME gives one")
    created = await trial.existing()
    validator = _validator(await trial.settled(created.id))
    answer = await _conditional(trial, created.id, validator, trial.forbidden)
    if answer.status == _UNAUTHORIZED:
        raise UndecidedError("the token without rights is refused as such (401), so that it shows nothing about rights")
    trial.judge(
        "WV2-AUTH-010",
        not is_success(answer) and answer.status != _NOT_MODIFIED,
        message=f"a conditional GET with a token that lacks the rights returned {answer.status}",
        code=f"conditional-get-without-rights/answered:{answer.status}",
        expected="403",
        observed=str(answer),
        answer=answer,
    )


_TURNS = 3
"""Of the two who read one after the other."""


@judges("WV2-GET-003", "WV2-GET-007", over=("a token without rights", "no token"), kinds=Kinds.DEALT)
async def test_whoever_may_read_does_so_after_who_may_not(trial: WorkloadTrial, lacks: str) -> None:
    """A refusal is not kept for the next who asks, and a reading that is refused leaves nothing behind."""
    stranger = NO_TOKEN if lacks == "no token" else trial.forbidden
    if stranger is None:
        raise UntestableError("no token without rights was given; --forbidden-token-env NAME gives one")
    created = await trial.existing()
    before = await trial.settled(created.id)
    for _ in range(_TURNS):
        if not is_success(await trial.get(created.id)):
            raise UndecidedError("the workload cannot be read each time, whoever asked before")
    for _ in range(_TURNS):
        refused = await trial.get(created.id, stranger)
        if is_success(refused):
            raise UntestableError("whoever lacks the rights may read, which is judged elsewhere")
        seen = await trial.get(created.id)
        if not trial.judge(
            "WV2-GET-003",
            seen.status not in _REFUSED,
            message=f"after a GET with {lacks} the owner's GET is refused, too",
            code=f"get-after-get-with-{lacks.replace(' ', '-')}/answered:{seen.status}",
            expected="200",
            observed=str(seen),
            answer=seen,
        ):
            return
    await judge_untouched(trial, "WV2-GET-007", before, created, f"a GET with {lacks}")


def _validator(seen: Answer) -> str:
    """Returns the ETag of a reading.

    Raises:
        UntestableError: it has none.
    """
    response = seen.exchange.response
    found = response.header("etag") if response else None
    if not found:
        raise UntestableError("GET has no ETag")
    return found


async def _conditional(
    trial: WorkloadTrial, identifier: str, validator: str, authorization: Authorization | None = None
) -> Answer:
    """Returns the answer to GET unless the validator is still good; 304 is right there, by RFC 9110, 13.1.2."""
    headers = (("If-None-Match", validator),)
    request = Request(method="GET", path=f"{CREATE_PATH}/{identifier}", headers=headers, authorization=authorization)
    # Who lacks the rights may be told that there is none.
    return await (trial.read if authorization is None else trial.send)(request, also=(_NOT_MODIFIED,))
