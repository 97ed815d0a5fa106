"""A genuine token without rights that is served all the same, or refused in the wrong way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from workloads_conformance.reference import app
from workloads_conformance.reference.errors import forbidden
from workloads_conformance.reference.rendering import workload_v2
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.tokens import Principal
from workloads_conformance.reference.validation import path_id
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call
from workloads_conformance.selfcheck.patching import Trusting, change_reply, wrap


def _allows(operation: str, *, dry_run: bool = False) -> None:
    """Forgets the rights on one operation."""

    def around(authorize: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: app.Api, request: Any) -> Principal:
            call = Call(request.method, request.url.path, b"", {}, b"")
            dry = request.query_params.get("dryRun") == "true"
            if call.operation == operation and dry >= dry_run:
                found: Principal = self.tokens.verify(request.headers.get("authorization"))
                return found
            allowed: Principal = authorize(self, request)
            return allowed

        return lenient

    wrap(app.Api, "authorize", around)


@fault("WV2-AUTH-009", also=("WV2-AUTH-013",))
def create_needs_no_rights() -> None:
    """Whoever has a token may create, in projects that are not theirs."""
    _allows("create")


@fault("WV2-AUTH-009")
def dry_run_needs_no_rights() -> None:
    """Whoever has a token may try creates in projects that are not theirs."""
    _allows("create", dry_run=True)


@fault("WV2-AUTH-010")
def reading_needs_no_rights() -> None:
    """Whoever has a token may read every workload."""
    _allows("get")


@fault("WV2-AUTH-010")
def validators_are_looked_at_before_the_rights() -> None:
    """Whoever has a token and a workload's ETag is told that it is as it was: a cache in front knows no rights."""
    owner: list[Response] = []

    def around(get: Callable[..., Any]) -> Callable[..., Any]:
        async def cached(self: app.Api, request: Any) -> Response:
            asked = request.headers.get("if-none-match")
            if any(answer.headers["ETag"] == asked for answer in owner):
                return Response(status_code=304)
            answer: Response = await get(self, request)
            owner.append(answer)
            return answer

        return cached

    wrap(app.Api, "get", around)


@fault("WV2-AUTH-011", also=("WV2-AUTH-013",))
def update_needs_no_rights() -> None:
    """Whoever has a token may update every workload."""
    _allows("update")


@fault("WV2-AUTH-012", also=("WV2-AUTH-013",))
def delete_needs_no_rights() -> None:
    """Whoever has a token may delete every workload."""
    _allows("delete")


@fault("WV2-AUTH-009")
def create_without_rights_is_400() -> None:
    """A create without permission returns 400: the user looks for the mistake in the manifest."""
    change_reply(lambda reply: reply.with_status(400), "create", status=(403,))


@fault("WV2-AUTH-011")
def update_without_rights_is_400() -> None:
    """An update without permission returns 400."""
    change_reply(lambda reply: reply.with_status(400), "update", status=(403,))


@fault("WV2-AUTH-012")
def delete_without_rights_is_202() -> None:
    """A delete without permission returns 202, and is not done: its author believes in it."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        async def pretending(self: app.Api, request: Any) -> Any:
            if not self.tokens.verify(request.headers.get("authorization")).may_act:
                found = self.store.get(path_id(request.path_params["workload_id"]))
                return app.json_response(202, workload_v2(found))
            return await delete(self, request)

        return pretending

    wrap(app.Api, "delete", around)


def _late(name: str) -> None:
    """Does what was asked, and looks at the rights then."""

    def around(handler: Callable[..., Any]) -> Callable[..., Any]:
        async def late(self: app.Api, request: Any) -> Any:
            principal = self.tokens.verify(request.headers.get("authorization"))
            if principal.may_act:
                return await handler(self, request)
            await handler(Trusting(self.store, self.tokens), request)
            raise forbidden()

        return late

    wrap(app.Api, name, around)


@fault("WV2-AUTH-013")
def forbidden_create_is_done() -> None:
    """A create without permission returns 403, and is done."""
    _late("create")


@fault("WV2-AUTH-013")
def forbidden_update_is_done() -> None:
    """An update without permission returns 403, and is done."""
    _late("update")


@fault("WV2-AUTH-013")
def forbidden_delete_is_done() -> None:
    """A delete without permission returns 403, and is done."""
    _late("delete")


@fault("WV2-AUTH-013")
def forbidden_update_moves_the_time() -> None:
    """An update without permission returns 403, and moves updatedAt."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        async def touching(self: app.Api, request: Any) -> Any:
            principal = self.tokens.verify(request.headers.get("authorization"))
            if not principal.may_act:
                found = self.store.get(path_id(request.path_params["workload_id"]))
                Store._touch(self.store, found, principal.name)  # noqa: SLF001
            return await update(self, request)

        return touching

    wrap(app.Api, "update", around)
