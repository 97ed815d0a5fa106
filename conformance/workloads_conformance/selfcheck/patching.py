"""How a fault or a variant changes the reference server: in the server's own process, before it starts to serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workloads_conformance.reference import app, serving
from workloads_conformance.reference.documents import UNREADABLE
from workloads_conformance.reference.rendering import workload_v2
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.tokens import Principal
from workloads_conformance.reference.validation import UpdateRequest, path_id

from .exchanges import After, Before, Call, Filtered, Reply
from .values import deep

_SUCCESS = range(200, 300)
MEMBER = Principal("conformance", may_act=True)
OPERATIONS = ("create", "get", "update", "delete")


class PatchError(Exception):
    """A patch names an attribute that the reference server does not have: the server has changed, the patch has not."""


def put(owner: object, name: str, value: object) -> None:
    """Gives an attribute that a module or class has another value."""
    if not hasattr(owner, name):
        raise PatchError(f"{getattr(owner, '__name__', owner)} has no {name}")
    setattr(owner, name, value)


def wrap(owner: object, name: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Puts in the place of a function the one that `around` makes of it."""
    put(owner, name, around(getattr(owner, name, _missing)))


def _missing() -> None:
    """Stands in for what `put` is about to miss."""


def on_call(before: Before) -> None:
    """Alters each request before the server sees it, or answers it in the server's place, or does not answer it."""
    wrap(serving, "make_app", lambda make: lambda store, tokens: Filtered(make(store, tokens), before=before))


def on_reply(after: After) -> None:
    """Alters each answer on its way out."""
    wrap(serving, "make_app", lambda make: lambda store, tokens: Filtered(make(store, tokens), after=after))


def read_leniently(read: Callable[[bytes], object]) -> None:
    """Reads the body of a create that is not JSON in another way, where `read` makes something of it."""

    def before(call: Call) -> Call:
        if call.operation != "create" or call.json is not None:
            return call
        try:
            found = read(call.body)
            return call if found is None else call.with_json(found)
        except (*UNREADABLE, SyntaxError, MemoryError):
            return call

    on_call(before)


def edit_body(edit: Callable[[dict[str, Any]], object], *operations: str) -> None:
    """Alters request bodies of these operations (all, if none is named) in place, where they are objects."""

    def before(call: Call) -> Call:
        body = call.json
        if call.operation not in (operations or OPERATIONS) or not isinstance(body, dict):
            return call
        edit(body)
        return call.with_json(body)

    on_call(before)


def edit_metadata(edit: Callable[[dict[str, Any]], object], *operations: str) -> None:
    """Alters the metadata in request bodies of these operations in place, where it is an object."""
    edit_body(lambda body: edit(body["metadata"]) if isinstance(body.get("metadata"), dict) else None, *operations)


def read_as(key: str, change: Callable[[Any], Any], *operations: str) -> None:
    """Reads a member of the metadata in request bodies of these operations as something else, where it is there."""
    edit_metadata(
        lambda metadata: metadata.update({key: change(metadata[key])}) if key in metadata else None, *operations
    )


def mode_read_as(change: Callable[[Any], Any]) -> None:
    """Reads configuration.mnnvl in creates as something else, where it is there."""

    def edit(metadata: dict[str, Any]) -> None:
        configuration = metadata.get("configuration")
        if isinstance(configuration, dict) and "mnnvl" in configuration:
            configuration["mnnvl"] = change(configuration["mnnvl"])

    edit_metadata(edit, "create")


def change_reply(change: Callable[[Reply], Reply], *operations: str, status: Container[int] = _SUCCESS) -> None:
    """Changes answers of these operations (all, if none is named) with one of these statuses."""

    def after(call: Call, reply: Reply) -> Reply:
        return change(reply) if call.operation in (operations or OPERATIONS) and reply.status in status else reply

    on_reply(after)


def edit_answer(edit: Callable[[dict[str, Any]], object], *operations: str, status: Container[int] = _SUCCESS) -> None:
    """Alters JSON objects in answers of these operations with one of these statuses in place."""

    def change(reply: Reply) -> Reply:
        body = reply.json
        if not isinstance(body, dict):
            return reply
        edit(body)
        return reply.with_json(body)

    change_reply(change, *operations, status=status)


def edit_workload(edit: Callable[[dict[str, Any]], object], *operations: str) -> None:
    """Alters the WorkloadV2 in successful answers of these operations in place."""
    edit_answer(lambda body: edit(body.get("workload", body)), *operations)


def edit_told(edit: Callable[[dict[str, Any]], object], *operations: str) -> None:
    """Alters the metadata of the WorkloadV2 in successful answers of these operations in place."""
    edit_workload(lambda workload: edit(workload["metadata"]), *operations)


def edit_stored(change: Callable[[Any], Any]) -> None:
    """Shows rawManifest changed at every depth when it is read."""
    edit_workload(lambda workload: workload.update(rawManifest=deep(workload["rawManifest"], change)), "get")


def edit_error(edit: Callable[[dict[str, Any]], object], *operations: str, status: Container[int]) -> None:
    """Alters the Error in answers of these operations with one of these statuses in place."""
    edit_answer(edit, *operations, status=status)


def let_in(operation: str, lets_in: Callable[[str | None], bool], *, dry_run: bool = False) -> None:
    """Lets in those whose Authorization header is taken, on one operation."""

    def around(authorize: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: app.Api, request: Any) -> Any:
            call = Call(request.method, request.url.path, b"", {}, b"")
            dry = request.query_params.get("dryRun") == "true"
            if call.operation == operation and dry >= dry_run and lets_in(request.headers.get("authorization")):
                return MEMBER
            return authorize(self, request)

        return lenient

    wrap(app.Api, "authorize", around)


class Trusting(app.Api):
    """The handlers, for everybody: nobody is asked for a token or for rights."""

    def authorize(self, request: Request) -> Principal:
        """Returns the member, whoever asks."""
        del request
        return Principal("conformance", may_act=True)


def updating(perform: Callable[[app.Api, str, Any, str], Awaitable[Any]], *, looks: bool = True) -> None:
    """Performs updates otherwise: `perform` gets the server, the id, the body and who asks, and returns the workload.

    `looks` is whether it is called only for workloads that are there.
    """

    async def update(self: app.Api, request: Any) -> Response:
        principal = self.authorize(request)
        identifier = path_id(request.path_params["workload_id"])
        if looks:
            self.store.get(identifier)
        body = await self.json_body(request)
        return app.json_response(202, workload_v2(await perform(self, identifier, body, principal.name)))

    put(app.Api, "update", update)


def after_update(change: Callable[[Store, Any, UpdateRequest], object]) -> None:
    """Changes the workload after each update, before it is shown."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def changed(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            found = update(self, identifier, request, principal)
            change(self, found, request)
            return found

        return changed

    wrap(Store, "update", around)
