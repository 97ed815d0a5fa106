"""Tokens half verified: who is let in that should not be, and who is kept out that should be let in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workloads_conformance.reference import app
from workloads_conformance.reference.errors import conflict, unauthorized
from workloads_conformance.reference.tokens import Tokens
from workloads_conformance.reference.validation import create_request, dry_run, path_id
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply
from workloads_conformance.selfcheck.patching import Trusting, change_reply, let_in, on_call, on_reply, wrap

# -- nobody ---------------------------------------------------------------------------------------------------------


@fault("WV2-AUTH-001", also=("WV2-AUTH-013", "WV2-AUTH-016"))
def anybody_may_create() -> None:
    """POST asks for no token: anybody can run anything on the cluster."""
    let_in("create", lambda given: given is None)


@fault("WV2-AUTH-001", also=("WV2-AUTH-016",))
def anybody_may_try() -> None:
    """A dry run asks for no token: a stranger learns which names are in use."""
    let_in("create", lambda given: given is None, dry_run=True)


@fault("WV2-AUTH-002", also=("WV2-AUTH-016",))
def anybody_may_read() -> None:
    """GET asks for no token: manifests, with their secrets, are there for all."""
    let_in("get", lambda given: given is None)


@fault("WV2-AUTH-003", also=("WV2-AUTH-013", "WV2-AUTH-016"))
def anybody_may_update() -> None:
    """PUT asks for no token."""
    let_in("update", lambda given: given is None)


@fault("WV2-AUTH-004", also=("WV2-AUTH-013", "WV2-AUTH-016"))
def anybody_may_delete() -> None:
    """DELETE asks for no token."""
    let_in("delete", lambda given: given is None)


@fault("WV2-AUTH-001", "WV2-AUTH-003", also=("WV2-*",))
def no_token_is_403() -> None:
    """A request without a token returns 403: a client that would get one on 401 gives up."""
    on_reply(lambda _call, reply: reply.with_status(403) if b"Authorization is required" in reply.body else reply)


@fault("WV2-AUTH-004", also=("WV2-AUTH-016", "WV2-DELETE-001"))
def no_token_is_404_on_delete() -> None:
    """DELETE without a token returns 404."""
    change_reply(lambda reply: reply.with_status(404), "delete", status=(401,))


# -- around the token -----------------------------------------------------------------------------------------------


def _unchallenged(reply: Reply) -> Reply:
    return replace(reply, headers={name: value for name, value in reply.headers.items() if name != b"www-authenticate"})


@fault("WV2-AUTH-014")
def challenge_is_missing() -> None:
    """401 comes without WWW-Authenticate: a client does not learn what would let it in."""
    change_reply(_unchallenged, status=(401,))


@fault("WV2-AUTH-014")
def challenge_is_missing_on_delete() -> None:
    """401 to DELETE comes without WWW-Authenticate."""
    change_reply(_unchallenged, "delete", status=(401,))


@fault("WV2-AUTH-014", provoked_by=("WV2-AUTH-008",))
def challenge_is_missing_for_expired_tokens() -> None:
    """401 to an expired token comes without WWW-Authenticate."""
    change_reply(lambda reply: _unchallenged(reply) if b"expired" in reply.body else reply, status=(401,))


@fault("WV2-AUTH-014")
def challenge_is_for_another_scheme() -> None:
    """WWW-Authenticate asks for Basic, which the server does not take."""
    basic = {b"www-authenticate": b'Basic realm="bearer"'}
    change_reply(lambda reply: replace(reply, headers=reply.headers | basic), status=(401,))


@fault("WV2-AUTH-014")
def challenge_is_empty() -> None:
    """WWW-Authenticate is there and empty."""
    change_reply(lambda reply: replace(reply, headers=reply.headers | {b"www-authenticate": b""}), status=(401,))


@fault("WV2-AUTH-015")
def scheme_is_case_sensitive() -> None:
    """bearer in lower case is refused."""
    wrap(
        Tokens,
        "verify",
        lambda verify: lambda self, given: verify(self, given if (given or "").startswith("Bearer") else None),
    )


@fault("WV2-AUTH-015")
def scheme_in_capitals_is_refused() -> None:
    """BEARER is refused, bearer and Bearer are not."""
    wrap(
        Tokens,
        "verify",
        lambda verify: lambda self, given: verify(self, None if (given or "").startswith("BEARER") else given),
    )


def _schemes_taken(taken: Callable[[str], bool]) -> None:
    def around(verify: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: Tokens, given: str | None) -> object:
            scheme, _, token = (given or "").partition(" ")
            return verify(self, f"Bearer {token}" if taken(scheme) else given)

        return lenient

    wrap(Tokens, "verify", around)


@fault("WV2-AUTH-018")
def scheme_is_ignored() -> None:
    """A good token is taken under whatever scheme: a proxy that reads Basic hands it to a password store."""
    _schemes_taken(lambda _scheme: True)


@fault("WV2-AUTH-018")
def scheme_of_another_framework_is_taken() -> None:
    """Token is read as Bearer, out of another framework's habit."""
    _schemes_taken(lambda scheme: scheme.lower() == "token")


@fault("WV2-AUTH-016")
def body_is_judged_first() -> None:
    """The body is judged before the token: a stranger learns what a valid request is."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        async def eager(self: app.Api, request: Any) -> Any:
            if request.headers.get("authorization") is None:
                dry_run(request.query_params.getlist("dryRun"))
                create_request(await self.json_body(request))
            return await create(self, request)

        return eager

    wrap(app.Api, "create", around)


@fault("WV2-AUTH-016")
def id_is_looked_up_first() -> None:
    """The id is looked up before the token is: a stranger learns which workloads there are."""
    for name in ("get", "update", "delete"):
        wrap(app.Api, name, _looking_first)


def _looking_first(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def eager(self: app.Api, request: Any) -> Any:
        self.store.get(path_id(request.path_params["workload_id"]))
        return await handler(self, request)

    return eager


@fault("WV2-AUTH-017")
def token_in_the_query_is_taken() -> None:
    """A token in the query string is taken, and is in every log between client and server."""
    _from_query(b"access_token=")


@fault("WV2-AUTH-017")
def token_in_the_query_is_taken_for_reading() -> None:
    """GET takes a token from the query string."""
    _from_query(b"access_token=", "get")


@fault("WV2-AUTH-017")
def token_parameter_is_taken() -> None:
    """A token in the query parameter `token` is taken."""
    _from_query(b"token=")


def _from_query(name: bytes, *operations: str) -> None:
    def before(call: Call) -> Call:
        given = [part[len(name) :] for part in call.query.split(b"&") if part.startswith(name)]
        if not given or b"authorization" in call.headers or (operations and call.operation not in operations):
            return call
        return replace(call, headers=call.headers | {b"authorization": b"Bearer " + given[0]})

    on_call(before)


@fault("WV2-AUTH-013")
def create_without_a_token_is_done() -> None:
    """A create without a token returns 401, and is done."""
    _done("create")


@fault("WV2-AUTH-013")
def delete_without_a_token_is_done() -> None:
    """A delete without a token returns 401, and is done."""
    _done("delete")


def _done(name: str) -> None:
    def around(handler: Callable[..., Any]) -> Callable[..., Any]:
        async def late(self: app.Api, request: Any) -> Any:
            if request.headers.get("authorization") is not None:
                return await handler(self, request)
            await handler(Trusting(self.store, self.tokens), request)
            raise unauthorized(None)

        return late

    wrap(app.Api, name, around)


def _names(body: bytes) -> tuple[str, ...]:
    """Returns the name that the body of a create asks for, if it has one."""
    try:
        name = json.loads(body)["metadata"]["name"]
    except (ValueError, KeyError, TypeError):
        return ()
    return (name,) if isinstance(name, str) else ()


@fault("WV2-AUTH-001", also=("WV2-AUTH-*", "WV2-CREATE-005"))
def strangers_learn_which_names_are_taken() -> None:
    """A create without a token under a name that is taken returns 409: names are compared before tokens."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        async def comparing(self: app.Api, request: Any) -> Any:
            nobody = request.headers.get("authorization") is None
            names = _names(await request.body()) if nobody else ()
            for held in self.store.listed(deleted=False):
                if held.name in names:
                    raise conflict(held.name)
            return await create(self, request)

        return comparing

    wrap(app.Api, "create", around)
