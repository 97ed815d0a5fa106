"""Requests under credentials that should not do: what the tests of authentication and authorization share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from workloads_conformance.client import Authorization, claims
from workloads_conformance.engine import Answer, Trial, UntestableError, is_success

NO_TOKEN = Authorization(None, None)
OPERATIONS = ("create", "get", "update", "delete")
_UPDATE = {"metadata": {"priority": "low"}}


async def attempt(trial: Trial, operation: str, authorization: Authorization) -> Answer:
    """Returns the answer to a valid request of `operation`, on a workload of ours, under other credentials."""
    identifier = await trial.updatable()
    calls: dict[str, Callable[[], Awaitable[Answer]]] = {
        "create": lambda: trial.create(trial.body(), authorization=authorization),
        "get": lambda: trial.get(identifier, authorization),
        "update": lambda: trial.update(identifier, _UPDATE, authorization),
        "delete": lambda: trial.delete(identifier, authorization),
    }
    return await calls[operation]()


async def own_token(trial: Trial) -> list[str]:
    """Returns the three parts of the run's token, if it is a signed JWT."""
    parts = (await trial.context.client.tokens.token()).split(".")
    if len(parts) != 3 or not claims(".".join(parts)):  # noqa: PLR2004 - RFC 7515, 3.1
        raise UntestableError("the access token is no JWT that the suite could alter")
    return parts


def bearer(token: str, description: str) -> Authorization:
    """Returns a made-up token as credentials; commands show what it was, not what it is."""
    return Authorization(f"Bearer {token}", f"Bearer <{description}>")


async def judge_no_effect(trial: Trial, operation: str, authorization: Authorization) -> None:
    """Judges that a refused write leaves no trace: the name is free, or the workload is as it was."""
    body = trial.body()
    if operation == "create":
        refused = await trial.create(body, authorization=authorization)
        if not is_success(refused):
            answer = await trial.create(body)
            trial.status("WV2-AUTH-013", answer, 202, f"a create under a name that was refused with {refused.status}")
        return
    created = await trial.existing(body)
    before = await trial.get(created.id)
    if operation == "update":
        priority = "low" if before.metadata.get("priority") != "low" else "high"
        refused = await trial.update(created.id, {"metadata": {"priority": priority}}, authorization)
    else:
        refused = await trial.delete(created.id, authorization)
    if is_success(refused):
        return  # judged where refusals are
    after = await trial.get(created.id)
    same = all(
        before.metadata.get(key) == after.metadata.get(key)
        for key in ("priority", "category", "updatedAt", "deletedAt")
    )
    trial.judge(
        "WV2-AUTH-013",
        is_success(after) and same and after.workload.get("desiredPhase") == before.workload.get("desiredPhase"),
        message=f"a {operation} that was refused with {refused.status} changed the workload",
        expected=str(before),
        observed=str(after),
        answer=after,
    )
