"""Who may not be answered: no token, one that is none, one that is forged, one that has expired."""

from __future__ import annotations

import base64
import ipaddress
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from workloads_conformance.api import CREATE_PATH, Answer, WorkloadTrial
from workloads_conformance.http import Authorization, Request, claims
from workloads_conformance.output import SHORTEST_SECRET
from workloads_conformance.runner import Kinds, Turn, UntestableError, is_success, judges
from workloads_conformance.settings import Settings

from .attempts import (
    EACH_OPERATION,
    NO_TOKEN,
    OPERATIONS,
    attempt,
    bearer,
    by_operation,
    dealt,
    judge_no_effect,
    own_token,
)
from .lengths import TOO_LONG

BAD_REQUEST, UNAUTHORIZED = 400, 401


_REQUIREMENTS = by_operation(
    {
        "create": "WV2-AUTH-001",
        "dry run": "WV2-AUTH-001",
        "get": "WV2-AUTH-002",
        "update": "WV2-AUTH-003",
        "delete": "WV2-AUTH-004",
    }
)


@judges("WV2-AUTH-001", "WV2-AUTH-002", "WV2-AUTH-003", "WV2-AUTH-004", over=EACH_OPERATION)
async def test_without_a_token(trial: WorkloadTrial, operation: str) -> None:
    """401: Unauthorized."""
    answer = await attempt(trial, operation, NO_TOKEN)
    trial.status(_REQUIREMENTS[operation], answer, UNAUTHORIZED, f"{operation} without a token")


_SPELLED, _DELETED = "its id in upper case", "its deletion accepted"


@judges(
    "WV2-AUTH-002",
    "WV2-AUTH-003",
    "WV2-AUTH-004",
    over=(_SPELLED, _DELETED),
    kinds=Kinds.DEALT,
    turn=Turn.LAST,  # among the requests of others these would not follow each other closely enough
)
async def test_without_a_token_in_other_states(trial: WorkloadTrial, state: str) -> None:
    """A workload asks for a token however its id is spelled, and while it goes; which refusal comes first is open."""
    created = await trial.existing()
    await trial.visible(created.id)
    accepted = None
    if state == _SPELLED:
        given = await trial.at_once(*(_in_turn(trial, created.id.upper(), operation, 1) for operation in _ASKED))
    else:
        deletion = _in_turn(trial, created.id, "delete", 1, None)
        asked = (_in_turn(trial, created.id, operation, _TIMES) for operation in _ASKED)
        (accepted,), *given = await trial.at_once(deletion, *asked)
    for operation, answers in zip(_ASKED, given, strict=True):
        for answer in answers:
            trial.judge(
                _REQUIREMENTS[operation],
                not is_success(answer),
                message=f"{operation} without a token of a workload, {state}, was accepted",
                code=f"{operation} without a token, {state}/accepted",
                expected="401, or another refusal",
                observed=str(answer),
                answer=answer,
            )
    if accepted is not None:  # only now: what nobody may do may have been done in its place
        trial.need_accepted(accepted, "the delete")


_TIMES = 6
"""Requests of each operation, one after the other, beside a deletion, which may take no time: at least one of them
comes after it was accepted and before it has taken effect."""

_ASKED: dict[str, Callable[[WorkloadTrial, str, Authorization | None], Awaitable[Answer]]] = {
    "delete": lambda trial, identifier, token: trial.delete(identifier, token),
    "update": lambda trial, identifier, token: trial.update(identifier, {"metadata": {"priority": "low"}}, token),
    "get": lambda trial, identifier, token: trial.get(identifier, token),
}


async def _in_turn(
    trial: WorkloadTrial, identifier: str, operation: str, times: int, token: Authorization | None = NO_TOKEN
) -> list[Answer]:
    return [await _ASKED[operation](trial, identifier, token) for _ in range(times)]


_GARBAGE = (
    bearer("garbage", "garbage"),
    bearer("a.b.c", "a.b.c"),
    Authorization("Bearer", "Bearer"),
    Authorization("Basic dXNlcjpwYXNz", "Basic dXNlcjpwYXNz"),
    Authorization('Digest username="user"', "Digest username=user"),
    Authorization("", ""),
    bearer("undefined", "undefined"),
    bearer("eyJhbGciOiJIUzI1NiJ9.e30.", "a JWT without claims or signature"),
)
_MALFORMED = {"", "Bearer"}
"""Header values without credentials: such a request is malformed, and may be refused with 400 (RFC 6750, 3.1)."""
_GARBAGE_CASES = dealt(range(len(_GARBAGE)))


@judges("WV2-AUTH-005", over=_GARBAGE_CASES)
async def test_with_what_is_no_token(trial: WorkloadTrial, case: tuple[str, int]) -> None:
    """bearerFormat: JWT; other schemes and other words authenticate nobody."""
    operation, index = case
    authorization = _GARBAGE[index]
    also = (BAD_REQUEST,) if authorization.value in _MALFORMED else ()
    answer = await attempt(trial, operation, authorization, also=also)
    refusals = (UNAUTHORIZED, *also)
    trial.status("WV2-AUTH-005", answer, refusals, f"{operation} with Authorization: {authorization.shell}")


_LONGER = dealt(("xx", ".x"))
"""What is put behind a token: of base64 two more characters are another byte at least, one more may be none."""


@judges("WV2-AUTH-005", over=_LONGER)
async def test_with_a_token_and_more(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """A good token is good as a whole: one that begins with it is another."""
    operation, more = case
    token, shown = f"{await trial.token()}{more}", f"${{{trial.token_name}}}{more}"
    answer = await attempt(trial, operation, Authorization(f"Bearer {token}", f"Bearer {shown}"))
    trial.status("WV2-AUTH-005", answer, UNAUTHORIZED, f"{operation} with a good token and {more!r} behind it")


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


_WAYS = ("signature", "payload", "longer life", "no signature", "half a signature", "header alone", "case")
_FORGERIES = dealt(_WAYS)


_TEN_YEARS = 315_360_000
_MARK = "workloads-conformance"


def _longer(told: dict[str, Any]) -> dict[str, Any]:
    """Claims that end ten years later; where there is no end, one that is far away."""
    expiry = told.get("exp")
    return {**told, "exp": (expiry if isinstance(expiry, int) else 4_102_444_800) + _TEN_YEARS}


@judges("WV2-AUTH-006", over=_FORGERIES)
async def test_with_an_altered_token(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """The run's own token with one part changed: its signature no longer holds."""
    operation, way = case
    header, payload, signature = await own_token(trial)
    told = claims(f"{header}.{payload}.")
    if way == "signature":
        # The first character: the last one may carry bits that the encoding ignores.
        signature = ("A" if signature[:1] != "A" else "B") + signature[1:]
    elif way == "payload":
        payload = _segment({**told, _MARK: 2 if told.get(_MARK) == 1 else 1})
    elif way == "longer life":
        payload = _segment(_longer(told))
    elif way == "half a signature":
        signature = signature[: len(signature) // 2]
    elif way == "header alone":
        payload = signature = ""
    elif way == "no signature":
        signature = ""
    token = f"{header}.{payload}.{signature}"
    altered = bearer(token.swapcase() if way == "case" else token, f"the token, {way} altered")
    answer = await attempt(trial, operation, altered)
    trial.status("WV2-AUTH-006", answer, UNAUTHORIZED, f"{operation} with a token whose {way} was altered")


_NONES = dealt(("none", "None", "NONE", "nOnE"))


@judges("WV2-AUTH-007", over=_NONES)
async def test_with_alg_none(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """The run's own claims, unsigned, under alg none in its spellings."""
    operation, name = case
    _, payload, _ = await own_token(trial)
    token = f"{_segment({'alg': name, 'typ': 'JWT'})}.{payload}."
    unsigned = bearer(token, f"the token's claims under alg {name}")
    answer = await attempt(trial, operation, unsigned)
    trial.status("WV2-AUTH-007", answer, UNAUTHORIZED, f"{operation} with an unsigned token (alg {name})")


_LEEWAY = 300.0
"""Seconds after exp in which a token may still be accepted: "some small leeway, usually no more than a few minutes"."""


def _expired(trial: WorkloadTrial) -> Authorization:
    """Returns the token that was given as expired, if no leeway makes it valid. Another than a JWT counts too."""
    given = trial.expired
    if given is None:
        raise UntestableError("no expired token was given; --expired-token-env NAME gives one")
    expiry = claims(given.value or "").get("exp")
    last = expiry + _LEEWAY if isinstance(expiry, int | float) else 0.0
    if trial.recorded("may still be valid", lambda: time.time() < last):
        raise UntestableError(
            "the token given as expired has not been so for five minutes, and a server may allow for such a time; "
            "give an older one"
        )
    return given


@judges("WV2-AUTH-008", over=OPERATIONS)
async def test_with_an_expired_token(trial: WorkloadTrial, operation: str) -> None:
    """A JWT is not accepted after its exp."""
    answer = await attempt(trial, operation, _expired(trial))
    trial.status("WV2-AUTH-008", answer, UNAUTHORIZED, f"{operation} with an expired token")


_IN_ANY_CASE = (
    ("get", "bearer"),
    ("get", "BEARER"),
    ("get", "bEaReR"),
    ("create", "bearer"),
    ("dry run", "BEARER"),
    ("update", "bearer"),
    ("delete", "bearer"),
)


@judges("WV2-AUTH-015", over=_IN_ANY_CASE)
async def test_the_scheme_in_any_case(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """The scheme's name is case-insensitive."""
    operation, scheme = case
    good = Authorization(f"{scheme} {await trial.token()}", f"{scheme} ${trial.token_name}")
    if operation in ("create", "dry run"):
        dry_run = "true" if operation == "dry run" else None
        await trial.control(dry_run=dry_run)
        answer = await trial.create(trial.body(), dry_run=dry_run, authorization=good)
    else:
        identifier = (await trial.existing()).id
        if operation == "get":
            path = f"{CREATE_PATH}/{identifier}"
            answer = await trial.read(Request(method="GET", path=path, authorization=good))
        elif operation == "update":
            answer = await trial.update(identifier, {"metadata": {"priority": "high"}}, good)
        else:
            answer = await trial.delete(identifier, good)
    status = 200 if operation == "get" else 202
    trial.status("WV2-AUTH-015", answer, status, f"{operation} with a good token under the scheme name {scheme}")


_SCHEMES = dealt(("Basic", "Token"))


@judges("WV2-AUTH-018", over=_SCHEMES)
async def test_a_token_under_another_scheme(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """The contract's scheme is bearer; a good token under another does not authenticate."""
    operation, scheme = case
    authorization = Authorization(f"{scheme} {await trial.token()}", f"{scheme} ${trial.token_name}")
    answer = await attempt(trial, operation, authorization)
    trial.status("WV2-AUTH-018", answer, UNAUTHORIZED, f"{operation} with a good token under the scheme {scheme}")


@judges("WV2-AUTH-016", over=("body", "dryRun", "get", "update", "delete"))
async def test_authentication_comes_first(trial: WorkloadTrial, flaw: str) -> None:
    """A request that is wrong in another way too returns 401 without a token, not 400 or 404."""
    body = trial.body()
    if flaw == "body":
        answer = await trial.create(b'{"metadata": 1}', authorization=NO_TOKEN)
    elif flaw == "dryRun":
        answer = await trial.create(body, dry_run="maybe", authorization=NO_TOKEN)
    elif flaw == "get":
        answer = await trial.get(trial.unknown_id(), NO_TOKEN)
    elif flaw == "update":
        answer = await trial.update(trial.unknown_id(), b"{", NO_TOKEN)
    else:
        answer = await trial.delete(trial.unknown_id(), NO_TOKEN)
    trial.status("WV2-AUTH-016", answer, UNAUTHORIZED, f"a request without a token and with a wrong {flaw}")


@judges("WV2-AUTH-013", over=("create", "update", "delete"))
async def test_a_write_without_a_token_changes_nothing(trial: WorkloadTrial, operation: str) -> None:
    """A write that returned 401 was not done."""
    await judge_no_effect(trial, operation, NO_TOKEN)


def stays_here(settings: Settings) -> bool:
    """True if URLs are seen by nobody but this machine, or the user lets others see the token in them."""
    if settings.allow_token_in_url:
        return True
    host = urlsplit(settings.target or "").hostname or ""
    by_others = settings.proxy is not None or settings.trust_env  # the environment may name a proxy, too
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    return loopback and not by_others


_IN_THE_QUERY = dealt(("access_token", "token"))


@judges("WV2-AUTH-017", over=_IN_THE_QUERY)
async def test_a_token_in_the_query(trial: WorkloadTrial, case: tuple[str, str]) -> None:
    """The contract's scheme is the Authorization header; a token elsewhere is none."""
    operation, name = case
    if not trial.recorded("a token may stand in its URLs", lambda: stays_here(trial.settings)):
        raise UntestableError(
            "the access token would stand in URLs, which a target on another machine may log; --allow-token-in-url "
            "permits it"
        )
    token = await trial.token()
    if not trial.recorded("it can be hidden", lambda: len(token) >= SHORTEST_SECRET):
        raise UntestableError(f"an access token of less than {SHORTEST_SECRET} characters cannot be hidden in a URL")
    answer = await attempt(trial, operation, NO_TOKEN, query=((name, token),))
    if answer.status in TOO_LONG:
        raise UntestableError("the target takes no query as long as the access token")
    # A server may refuse parameters that it does not know before it asks who sends them.
    refusals = (UNAUTHORIZED, BAD_REQUEST)
    trial.status("WV2-AUTH-017", answer, refusals, f"{operation} with the token in the query alone, as {name}")
