"""Requests at the same instant that come between a check and what it guards."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from workloads_conformance.reference import app
from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.rendering import workload_v2
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import create_request, dry_run, update_request
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call
from workloads_conformance.selfcheck.patching import on_reply, updating, wrap

_PAUSE = 0.06


def _checked_then_kept(pauses: Callable[[Any], bool]) -> None:
    """Checks a create, waits, and keeps it, without looking again."""

    def around(_: object) -> Callable[..., Any]:
        async def create(self: app.Api, request: Any) -> Response:
            principal = self.authorize(request)
            trial = dry_run(request.query_params.getlist("dryRun"))
            body = await self.json_body(request)
            made = self.store.create(create_request(body), principal.name, dry_run=True)
            if pauses(body):
                await asyncio.sleep(_PAUSE)
            if not trial:
                self.store.keep(made)
            return app.json_response(202, workload_v2(made))

        return create

    wrap(app.Api, "create", around)


@fault("WV2-RACE-001")
def creates_of_one_name_all_win() -> None:
    """The name is looked up, then the workload is stored: of several creates at once all win."""
    _checked_then_kept(lambda _body: True)


@fault("WV2-RACE-001")
def base64_creates_of_one_name_all_win() -> None:
    """Decoding takes place between the look-up and the store: creates in base64 race each other."""
    _checked_then_kept(lambda body: "manifestBase64Encoded" in body)


@fault("WV2-RACE-001")
def losers_are_told_400() -> None:
    """Of several creates of one name at once those that lose return 400."""
    on_reply(lambda _call, reply: reply.with_status(400) if reply.status == 409 else reply)


@fault("WV2-RACE-001", also=("WV2-CREATE-003", "WV2-CREATE-004"))
def creates_of_one_name_all_lose() -> None:
    """Several creates of one name at once all see each other, and none wins."""
    pending: dict[str, int] = {}

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        async def shy(self: app.Api, request: Any) -> Any:
            name = await _name(request)
            pending[name] = pending.get(name, 0) + 1
            await asyncio.sleep(_PAUSE)
            crowded = pending[name] > 1
            await asyncio.sleep(_PAUSE)
            pending[name] -= 1
            if crowded:
                raise RefusalError(409, "Resource with this name already exists")
            return await create(self, request)

        return shy

    wrap(app.Api, "create", around)


async def _name(request: Any) -> str:
    metadata = (await request.body()).partition(b'"name": "')[2]
    return str(metadata.partition(b'"')[0])


@fault("WV2-RACE-003")
def halves_of_updates_mix() -> None:
    """A manifest is skipped while another is being written, metadata are not: two updates leave half of each."""
    busy: set[str] = set()

    async def mixing(api: app.Api, identifier: str, body: Any, name: str) -> object:
        wanted = update_request(body)
        manifest = None if identifier in busy else wanted.manifest
        busy.add(identifier)
        found = api.store.update(identifier, replace(wanted, manifest=manifest), name)
        await asyncio.sleep(_PAUSE)
        busy.discard(identifier)
        return found

    updating(mixing)


@fault("WV2-RACE-003")
def priority_of_the_first_stays() -> None:
    """The first of several updates at once writes its priority last: the result is none of them."""
    busy: dict[str, Any] = {}

    async def mixing(api: app.Api, identifier: str, body: Any, name: str) -> object:
        wanted = update_request(body)
        first = busy.setdefault(identifier, wanted)
        found = api.store.update(identifier, wanted, name)
        if first is not wanted:
            return found
        await asyncio.sleep(_PAUSE)
        busy.pop(identifier)
        changes = {key: value for key, value in wanted.changes.items() if key == "priority"}
        return api.store.update(identifier, replace(wanted, manifest=None, changes=changes), name)

    updating(mixing)


@fault("WV2-RACE-006")
def updates_at_once_write_back_what_they_read() -> None:
    """PUT writes the whole row as it read it when the request came: of two updates at once one is undone."""

    async def overwriting(api: app.Api, identifier: str, body: Any, name: str) -> object:
        workload = api.store.get(identifier)
        read: dict[str, str | None] = {"priority": workload.priority, "category": workload.category}
        await asyncio.sleep(_PAUSE)
        wanted = update_request(body)
        return api.store.update(identifier, replace(wanted, changes=read | dict(wanted.changes)), name)

    updating(overwriting)


@fault("WV2-RACE-003", also=("WV2-UPDATE-*", "WV2-LIFE-*"))
def updates_at_once_are_all_lost() -> None:
    """Several updates at once are all answered 202, and the workload is what it was before."""
    busy: dict[str, int] = {}

    async def losing(api: app.Api, identifier: str, body: Any, name: str) -> object:
        busy[identifier] = busy.get(identifier, 0) + 1
        await asyncio.sleep(_PAUSE)
        crowded = busy[identifier] > 1
        await asyncio.sleep(_PAUSE)
        busy[identifier] -= 1
        wanted = update_request(body)
        return api.store.get(identifier) if crowded else api.store.update(identifier, wanted, name)

    updating(losing)


@fault("WV2-RACE-004", also=("WV2-*",))
def answers_at_once_are_mixed_up() -> None:
    """Creates at once answer with each other's workload: a variable is shared that should not be."""
    shared: dict[str, Any] = {}

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        async def sharing(self: app.Api, request: Any) -> Any:
            answer = await create(self, request)
            shared["answer"] = answer.body
            await asyncio.sleep(_PAUSE)
            answer.body = shared["answer"]
            answer.headers["content-length"] = str(len(answer.body))
            return answer

        return sharing

    wrap(app.Api, "create", around)


@fault("WV2-RACE-004", "WV2-CREATE-017", also=("WV2-*",))
def ids_at_once_are_one() -> None:
    """Ids are made of the clock's tenths: two workloads of one moment have one id."""

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def coarse(self: Store, *arguments: object) -> Any:
            made = make(self, *arguments)
            made.id = f"{int(made.created_at.timestamp() * 10):032x}"
            made.id = "-".join((made.id[:8], made.id[8:12], made.id[12:16], made.id[16:20], made.id[20:]))
            return made

        return coarse

    wrap(Store, "_new", around)


@fault("WV2-RACE-004", "WV2-GET-003", "WV2-LIFE-009", also=("WV2-*",))
def creates_at_once_overwrite_each_other() -> None:
    """The list of workloads is read, changed and written: of several creates at once some are lost."""
    numbers = itertools.count(1)
    pending: list[int] = []

    def around(_: object) -> Callable[..., Any]:
        async def create(self: app.Api, request: Any) -> Response:
            principal = self.authorize(request)
            trial = dry_run(request.query_params.getlist("dryRun"))
            wanted = create_request(await self.json_body(request))
            made = self.store.create(wanted, principal.name, dry_run=True)
            pending.append(number := next(numbers))
            await asyncio.sleep(_PAUSE)
            if not trial and number == max(pending):
                self.store.keep(made)
            pending.remove(number)
            return app.json_response(202, workload_v2(made))

        return create

    wrap(app.Api, "create", around)


@fault("WV2-RACE-004", also=("WV2-*",))
def reads_at_once_are_throttled_with_400() -> None:
    """More than three requests at once return 400, and not 429 with a time to wait."""
    open_calls: list[Call] = []

    def around(get: Callable[..., Any]) -> Callable[..., Any]:
        async def throttled(self: app.Api, request: Any) -> Any:
            call = Call(request.method, request.url.path, b"", {}, b"")
            open_calls.append(call)
            try:
                await asyncio.sleep(_PAUSE / 12)
                if len(open_calls) > 3:
                    raise RefusalError(400, "Too many requests")
                return await get(self, request)
            finally:
                open_calls.remove(call)

        return throttled

    wrap(app.Api, "get", around)
