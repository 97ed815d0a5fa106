"""A trial's requests to the API: what is sent, what comes before it, and what is created by it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workloads_conformance.http import Authorization, Exchange, Request
from workloads_conformance.runner import ONLY_ATTEMPT, Attempt, UndecidedError, conclusive, is_success
from workloads_conformance.settings import Mode
from workloads_strategies import encode_manifest, smallest_manifest

from .admitted import AdmittedTrial
from .answers import Answer
from .context import WorkloadContext
from .envelope import identified
from .inventory import Inventory
from .relevance import every_write, relevant
from .renaming import WorkloadRenaming
from .routes import CREATE_PATH, READS, creates, is_dry_run, item_of, item_path

_NOT_FOUND = 404


class RequestingTrial(AdmittedTrial):
    """Sends requests about workloads, each under a name of its own, and deletes in the end what they created."""

    def __init__(self, context: WorkloadContext, scope: str, part: str = "", attempt: Attempt = ONLY_ATTEMPT) -> None:
        super().__init__(context, scope, part, attempt)
        self._code = _digest(self.key)
        self._serial = itertools.count()
        self.created: list[str] = []
        self._deleted: set[str] = set()
        """The ids of those that a DELETE was sent to."""

    @property
    def inventory(self) -> Inventory:
        """What the run created."""
        return self._api.custody.inventory

    # -- what the runner asks ---------------------------------------------------------------------------------------

    def kind_of(self, exchange: Exchange) -> Hashable:
        """Returns the method, and whether it was sent to the collection."""
        return exchange.request.method, exchange.request.path == CREATE_PATH

    def brief(self, exchange: Exchange) -> Exchange:
        """Returns an exchange with as much of its answer as a report needs, and the id that a create gave."""
        return exchange.brief(identified(exchange))

    def leading_to(self, last: Exchange, *, widely: bool) -> list[Exchange]:
        """Returns the writes that led to `last`, and itself: those to its workload or of its name, or `widely` all."""
        return (every_write if widely else relevant)(self.exchanges, last)

    def renaming(self) -> WorkloadRenaming:
        """Returns what gives workloads of another trial names of this one."""
        return WorkloadRenaming(self.key, self.inventory.prefix)

    async def tidy(self) -> None:
        """Deletes what the trial created; whether it went is seen to later."""
        mine = dict.fromkeys(self.created)
        self.created.clear()
        try:
            await self._api.cleanup.delete(mine, self.key)
        finally:
            self.gives_up_room()

    async def stir(self) -> None:
        """Makes a workload, reads, updates and deletes it, as far as the mode permits."""
        made = await self.probe(self.body()) if self._may_probe() else None
        if made is None or self.settings.mode is not Mode.FULL or not is_success(made) or not made.id:
            await self.get(self.unknown_id())
            return
        await self.get(made.id)
        await self.update(made.id, {"metadata": {"priority": "low"}})
        await self.delete(made.id)

    def _may_probe(self) -> bool:
        """True if the mode permits creates, or at least dry runs, and these create nothing."""
        mode = self.settings.mode
        return mode is Mode.FULL or (mode is Mode.DRY_RUN and not self.inventory.dry_runs_create)

    async def stir_wrongly(self) -> None:
        """Sends what is refused, as far as the mode permits: a create without members, and an id that nobody has."""
        unknown = self.unknown_id()
        await self.get(unknown)
        if self._may_probe():
            await self.probe({})
        if self.settings.mode is Mode.FULL:
            await self.update(unknown, {"metadata": {"priority": "low"}})
            await self.delete(unknown)

    async def before(self, request: Request) -> None:
        """Reads a workload before the first write to it: it has to show the name that its create asked for.

        Raises:
            UndecidedError: it shows another, or cannot be read within the settle time.
        """
        identifier = item_of(request.path) or ""
        claim = self.inventory.to_confirm(identifier)
        if claim is None or request.method in READS:
            return
        seen = await self.eventually("visible after create", lambda: self.get(identifier), is_success)
        if not claim.ours:
            raise UndecidedError(
                f"nothing is written to a workload that does not show the name its create asked for: {str(seen)[:160]}"
            )

    def noted(self, exchange: Exchange) -> None:
        """Remembers a workload to be deleted, and judges that no earlier one of the run has its id."""
        answer = Answer(exchange)
        if not (creates(exchange.request) and answer.id and is_success(answer)):
            return
        if is_dry_run(exchange.request):
            if self.inventory.dry_runs_create:
                self.created.append(answer.id)
            return
        self.created.append(answer.id)
        self.takes_room(answer.id)
        name = f"{answer.metadata.get('name')!s:.200}"
        taken = self.inventory.named(answer.id, name)
        self.judge(
            "WV2-CREATE-017",
            taken == name,
            message="two workloads of different names have one id",
            code="create/id-given-twice",
            expected="an id that no other workload has",
            observed=f"{answer.id} was given to {taken} and to {name}",
            answer=answer,
        )

    # -- requests ---------------------------------------------------------------------------------------------------

    async def send(self, request: Request, *, also: Sequence[int] = ()) -> Answer:
        """Returns the answer to a request; arguments and errors are those of `Trial.send`."""
        if request.method == "DELETE":
            self._deleted.add(item_of(request.path) or "")
        return await super().send(request, also=also)

    async def create(
        self,
        body: Mapping[str, Any] | bytes,
        *,
        dry_run: str | None = None,
        authorization: Authorization | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Returns the answer to POST; `dry_run` is the text of the query parameter."""
        query = () if dry_run is None else (("dryRun", dry_run),)
        data = body if isinstance(body, bytes) else _written(body)
        return await self.send(
            Request(
                method="POST", path=CREATE_PATH, query=query, headers=headers, body=data, authorization=authorization
            )
        )

    async def probe(self, body: Mapping[str, Any] | bytes, *, dry_run: str | None = None) -> Answer:
        """Returns the answer to a POST that judges validation alone: a dry run where the mode permits nothing else."""
        if dry_run is None and self.settings.mode is Mode.DRY_RUN:
            dry_run = "true"
        return await self.create(body, dry_run=dry_run)

    async def get(self, identifier: str, authorization: Authorization | None = None) -> Answer:
        """Returns the answer to GET of one workload."""
        return await self.send(Request(method="GET", path=_item(identifier), authorization=authorization))

    async def reading(self, identifier: str) -> Answer:
        """Returns an answer to GET that tells of the workload, if the target gives one soon; as for `read`.

        Raises:
            UndecidedError: it answers 5xx each time, which says nothing about the workload.
        """
        request = Request(method="GET", path=_item(identifier))
        return conclusive(await self.until_conclusive(lambda: self.read(request)))

    async def read(self, request: Request, *, also: Sequence[int] = ()) -> Answer:
        """Returns the answer to a GET with the owner's credentials; `also` as for `send`.

        Of what the trial has made, and not deleted, one of several replicas may not know yet: it is asked again until
        it does, or patience is over.
        """
        answer = await self.send(request, also=also)
        if answer.status != _NOT_FOUND or item_of(request.path) not in set(self.created) - self._deleted:
            return answer
        return await self.eventually(
            "visible after create", lambda: self.send(request, also=also), _is_found, needed=False
        )

    async def update(
        self,
        identifier: str,
        body: Mapping[str, Any] | bytes,
        authorization: Authorization | None = None,
        *,
        also: Sequence[int] = (),
    ) -> Answer:
        """Returns the answer to PUT of one workload; `also` as for `send`."""
        data = body if isinstance(body, bytes) else _written(body)
        return await self.send(
            Request(method="PUT", path=_item(identifier), body=data, authorization=authorization), also=also
        )

    async def delete(self, identifier: str, authorization: Authorization | None = None) -> Answer:
        """Returns the answer to DELETE of one workload."""
        return await self.send(Request(method="DELETE", path=_item(identifier), authorization=authorization))

    # -- what to send -----------------------------------------------------------------------------------------------

    def time_of(self, answer: Answer) -> datetime:
        """Returns when an answer had come, by the run's own clock."""
        return datetime.fromtimestamp(self._context.client.transport.began + answer.exchange.ended, UTC)

    def name(self) -> str:
        """Returns a name that nothing else in the run has, a DNS label of at most 24 characters."""
        code = base64.b32encode(self._code[:5]).decode().lower()
        return f"{self.inventory.prefix}{code}-{next(self._serial)}"

    def unknown_id(self) -> str:
        """Returns an id that no workload has."""
        own = _digest(f"{self.inventory.prefix}{self._code.hex()}/{next(self._serial)}")
        identifier = str(UUID(bytes=own[:16], version=4))
        self.inventory.make_up(identifier)
        return identifier

    def malformed_id(self, change: Callable[[str], str]) -> str:
        """Returns a text that is not an id, which `change` makes of an id that no workload has."""
        text = change(self.unknown_id())
        self.inventory.make_up(text)
        return text

    def body(self, *, kind: str | None = None, form: str = "json", **metadata: Any) -> dict[str, Any]:
        """Returns a create's body with a fresh name and the smallest manifest; `metadata` adds members."""
        manifest = smallest_manifest(kind or self.kind)
        return self.wrap(manifest, form=form, **metadata)

    def wrap(self, manifest: Mapping[str, Any], *, form: str = "json", **metadata: Any) -> dict[str, Any]:
        """Returns a create's body around a manifest, under a fresh name unless `metadata` has one."""
        name = metadata.get("name") or self.name()
        named = {**manifest, "metadata": {**manifest.get("metadata", {}), "name": name}}
        target = self._api.identity
        result: dict[str, Any] = {"metadata": {"name": name, "projectId": target.project_id, **metadata}}
        if target.cluster_id and "clusterId" not in metadata:
            result["metadata"]["clusterId"] = target.cluster_id
        if form == "json":
            result["manifest"] = named
        else:
            result["manifestBase64Encoded"] = encode_manifest(named)
        return result


def _written(body: Mapping[str, Any]) -> bytes:
    """Returns a body as JSON: about every second one with its members in the other order, which means nothing.

    RFC 8259, 4. The same body is always written in the same way.
    """
    text = json.dumps(body, ensure_ascii=False)
    if zlib.crc32(text.encode()) % 2:
        turned = dict(reversed(list(body.items())))
        if isinstance(metadata := turned.get("metadata"), dict):
            turned["metadata"] = dict(reversed(list(metadata.items())))
        text = json.dumps(turned, ensure_ascii=False)
    return text.encode()


def _item(identifier: str) -> str:
    if not identifier:
        raise UndecidedError("the answer that this case builds on has no metadata.id")
    return item_path(identifier)


def _is_found(answer: Answer) -> bool:
    return answer.status != _NOT_FOUND


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
