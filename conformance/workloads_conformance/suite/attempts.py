"""Requests under credentials that should not do: what the tests of authentication and authorization share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from workloads_conformance.api import CREATE_PATH, Answer, WorkloadTrial, differing, is_at_rest, is_gone, value_of
from workloads_conformance.http import Authorization, Request, claims, segment
from workloads_conformance.runner import Fixed, UntestableError, is_success
from workloads_conformance.settings import Mode

from .twins import UPDATED, stays_untouched

NO_TOKEN = Authorization(None, None)
_PLAIN = ("create", "dry run", "get", "update", "delete")
_CREATES = ("", " in base64 form", " by prefix", " with each optional member")
_TAKEN, _CATEGORY = " under a name that is taken", " of the category"
_VARIANTS = {
    "create": (*_CREATES, _TAKEN),
    "dry run": _CREATES,
    "update": ("", " in base64 form", " of the manifest", _CATEGORY),
}
"""What a request may have beside the least: a check may be forgotten for one of these alone."""
_METADATA: Mapping[str, dict[str, Any]] = {
    " by prefix": {"useGivenNameAsPrefix": True},
    " with each optional member": {"priority": "high", "category": "Train", "preemptibility": "preemptible"},
}
OPERATIONS = tuple(operation + variant for operation in _PLAIN for variant in _VARIANTS.get(operation, ("",)))
"""Each operation, in each variant of its request."""
EACH_OPERATION = Fixed(OPERATIONS, smoke=len(OPERATIONS))
"""For tests with a requirement for each operation."""
EACH_BUT_TAKEN = Fixed(tuple(one for one in OPERATIONS if not one.endswith(_TAKEN)), smoke=len(OPERATIONS) - 1)
"""For those of whoever has a token: which of 403 and 409 comes first is left open."""
_UPDATE = {"metadata": {"priority": "low"}}

T = TypeVar("T")


def dealt(ways: Sequence[T]) -> tuple[tuple[str, T], ...]:
    """Returns each operation with each way to lack a token; the variants of its request take turns."""
    return tuple(
        (operation + variants[index % len(variants)], way)
        for operation in _PLAIN
        for variants in [_VARIANTS.get(operation, ("",))]
        for index, way in enumerate(ways)
    )


def by_operation(requirements: Mapping[str, T]) -> Mapping[str, T]:
    """Returns what holds for each operation, in whatever variant."""
    return {operation: requirements[_split(operation)[0]] for operation in OPERATIONS}


def _split(operation: str) -> tuple[str, str]:
    """Returns an operation and the variant of its request."""
    plain = next(name for name in _PLAIN if operation.startswith(name))
    return plain, operation.removeprefix(plain)


async def attempt(
    trial: WorkloadTrial,
    operation: str,
    authorization: Authorization,
    *,
    query: tuple[tuple[str, str], ...] = (),
    also: tuple[int, ...] = (),
) -> Answer:
    """Returns the answer to a request under other credentials, which with the run's own this target has accepted.

    Where the mode permits no writes, GET is tried on an id that no workload has: who may not ask learns nothing of it.
    `also` as for `WorkloadTrial.send`.
    """
    await _must_differ(trial, authorization)
    mode = trial.settings.mode
    operation, variant = _split(operation)
    form, metadata = "base64" if "base64" in variant else "json", _METADATA.get(variant, {})
    if operation in ("create", "dry run"):
        dry = operation == "dry run" or mode is Mode.DRY_RUN
        await trial.control(form=form, dry_run="true" if dry else None, **metadata)
        query = (*query, ("dryRun", "true")) if dry else query
        path, body = CREATE_PATH, trial.body(form=form, **metadata)
        if variant == _TAKEN and mode is Mode.FULL:
            await trial.existing(body)
    else:
        identifier = await trial.updatable(form=form) if mode is Mode.FULL else trial.unknown_id()
        path, body = f"{CREATE_PATH}/{identifier}", _UPDATE
        if variant == _CATEGORY:
            body = {"metadata": {"category": "Build"}}
        elif variant:
            manifest = {name: value for name, value in trial.body(form=form).items() if name != "metadata"}
            body = {**manifest, **_UPDATE} if form == "base64" else manifest
    method = {"get": "GET", "update": "PUT", "delete": "DELETE"}.get(operation, "POST")
    data = json.dumps(body).encode() if method in ("POST", "PUT") else None
    request = Request(method=method, path=path, query=query, body=data, authorization=authorization)
    return await trial.send(request, also=also)


async def own_token(trial: WorkloadTrial) -> list[str]:
    """Returns the three parts of the run's token, if it is a signed JWT."""
    parts = (await trial.token()).split(".")
    if len(parts) != 3 or not claims(".".join(parts)):  # RFC 7515, 3.1
        raise UntestableError("the access token is not a JWT that the suite could alter")
    return parts


def bearer(token: str, description: str) -> Authorization:
    """Returns a made-up token as credentials; commands show what it was, not what it is."""
    return Authorization(f"Bearer {token}", f"Bearer <{description}>")


async def _must_differ(trial: WorkloadTrial, authorization: Authorization) -> None:
    """Returns if credentials that should not do are others than the run's own; to be called once in a trial.

    Raises:
        UntestableError: they say what the run's own token says, so that a server is right to take them.
    """
    own = f"Bearer {await trial.token()}"
    if not trial.recorded(
        "these credentials are not the run's", lambda: _read(authorization.value or "") != _read(own)
    ):
        raise UntestableError(f"the access token itself is {authorization.shell}, so that nothing is wrong with it")


def _read(authorization: str) -> tuple[object, ...]:
    """Returns the scheme and the parts of a token, read as far as they can be: two spellings of one part are alike."""
    scheme, _, token = authorization.partition(" ")
    return (scheme.lower(), *(segment(part) for part in token.strip().split(".")))


async def judge_no_effect(trial: WorkloadTrial, operation: str, authorization: Authorization) -> None:
    """Judges that a refused write leaves no trace: the name is free, or the workload is as it was."""
    await _must_differ(trial, authorization)
    body = trial.body()
    if operation == "create":
        trial.need_refused(await trial.create(body, authorization=authorization))
        answer = await trial.create(body)
        trial.status("WV2-AUTH-013", answer, 202, "a create under a name that was refused")
        return
    created = await trial.existing(body)
    before = await trial.settled(created.id)
    priority = "low" if value_of(before, "priority") != "low" else "high"
    if operation == "update":
        refused = await trial.update(created.id, {"metadata": {"priority": priority}}, authorization)
    else:
        refused = await trial.delete(created.id, authorization)
    trial.need_refused(refused)

    # The platform may move updatedAt as it brings the workload into being; at rest nobody does.
    members: Sequence[str] = ("priority", "category", "desiredPhase", *(UPDATED if is_at_rest(before) else ()))

    def undone(answer: Answer) -> bool:
        done = value_of(answer, "priority") == priority if operation == "update" else is_gone(answer)
        return not (done or (value_of(answer, "deletedBy") and not value_of(before, "deletedBy")))

    after, members = await stays_untouched(trial, members, before, created, undone)
    changed, difference = differing(members, before, after), trial.compared(members, before, after)
    trial.judge(
        "WV2-AUTH-013",
        is_success(after) and undone(after) and not changed,
        message=f"a {operation} that was refused with {refused.status} changed the workload",
        code=f"refused-{operation}/changed:{','.join(changed)}",
        way=f"a {operation} that was refused changed the workload",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
