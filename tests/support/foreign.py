"""A server with workloads of somebody else, which notes every request: whatever it answers, they stay as they are."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from workloads_conformance.reference.store import Store, Workload
from workloads_conformance.reference.tokens import Tokens
from workloads_conformance.reference.validation import create_request
from workloads_conformance.selfcheck.exchanges import COLLECTION, Call, Reply, error_reply, json_reply

from .servers import Changed

_LIST = "/api/v1/workloads"
_READABLE = re.compile(rf"({COLLECTION}(/[^/]+)?|{_LIST}|/api/v1/workload-types)\Z")
_WRITABLE = re.compile(rf"{COLLECTION}(/[0-9A-Za-z_-]{{20,300}})?\Z")


@dataclass
class Foreign:
    """The reference server as a target that other people use, too.

    `attack` may alter what is answered; it gets this object, the call and the reply.
    """

    attack: Callable[[Foreign, Call, Reply], Reply] = lambda _server, _call, reply: reply
    before: Callable[[Foreign, Call], Call | Reply] = lambda _server, call: call
    requests: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens, self.store = Tokens(3600), Store(0.05, 0.05)
        self.foreign = [self.make(f"nightly-{number}-of-somebody-else") for number in range(5)]
        self.before_the_run = [self._state(workload) for workload in self.foreign]
        self.app = Changed(
            self.tokens,
            self.store,
            before=lambda call: self.before(self, call),
            after=lambda call, reply: self.attack(self, call, reply),
        )

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.requests.append((scope["method"], scope["raw_path"].decode()))
        await self.app(scope, receive, send)

    def make(self, name: str) -> Workload:
        """Creates a workload without a request."""
        wanted = create_request(
            {
                "metadata": {"name": name, "projectId": "4500001"},
                "manifest": {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {}},
            }
        )
        return self.store.create(wanted, "somebody-else", dry_run=False)

    @staticmethod
    def _state(workload: Workload) -> tuple[object, ...]:
        return workload.name, workload.priority, workload.updated_at, workload.deletion

    @property
    def touched(self) -> list[str]:
        """The foreign workloads that are not as they were."""
        return [
            workload.name
            for workload, before in zip(self.foreign, self.before_the_run, strict=True)
            if self._state(workload) != before
        ]

    @property
    def alive(self) -> list[str]:
        """The ids of what runs of the suite created and is there."""
        mine = [workload for workload in self.store.listed(deleted=False) if workload not in self.foreign]
        return sorted(workload.id for workload in mine if workload.deletion is None)

    @property
    def strays(self) -> list[tuple[str, str]]:
        """Requests to paths that the contract does not have, or writes to what is no id and no long word."""
        return [
            (method, path)
            for method, path in self.requests
            if not (_READABLE if method in ("GET", "HEAD", "OPTIONS") else _WRITABLE).match(path)
            or (method not in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH") and path != COLLECTION)
        ]


def _creates(call: Call, reply: Reply) -> bool:
    return call.operation == "create" and reply.status == 202


def answers_id(identifier: Any) -> Callable[[Foreign, Call, Reply], Reply]:
    """Answers every create with this id."""

    def attack(_server: Foreign, call: Call, reply: Reply) -> Reply:
        if not _creates(call, reply):
            return reply
        body = reply.json
        body["metadata"]["id"] = identifier
        return reply.with_json(body)

    return attack


def answers_foreign_ids(server: Foreign, call: Call, reply: Reply) -> Reply:
    """Answers creates with ids of somebody else's workloads, one after the other."""
    index = sum(method == "POST" for method, _ in server.requests) % len(server.foreign)
    return answers_id(server.foreign[index].id)(server, call, reply)


def lists_foreign_ids(server: Foreign, call: Call, reply: Reply) -> Reply:
    """Gives no ids to creates, and lists somebody else's under the names of the run."""
    if _creates(call, reply):
        return reply.with_json({"metadata": {}})
    if call.path == _LIST and reply.status == 200:
        body = reply.json
        for entry, foreign in zip(body["workloads"], server.foreign, strict=False):
            entry["id"] = foreign.id
        return reply.with_json(body)
    return reply


def lists_paths(_server: Foreign, call: Call, reply: Reply) -> Reply:
    """Lists ids that are paths."""
    if call.path == _LIST and reply.status == 200:
        body = reply.json
        more = [{"id": one, "name": entry["name"]} for entry in body["workloads"] for one in ("../../v1/users/1", ".")]
        return reply.with_json({**body, "workloads": [*body["workloads"], *more]})
    return reply


def lists_without_end(server: Foreign, call: Call, reply: Reply) -> Reply:
    """Lists new workloads on every page, under names of the run."""
    if call.path != _LIST:
        return reply
    named = next((one.name for one in server.store.listed(deleted=True) if one.name.startswith("wlc-")), "wlc-a")
    page = [{"id": str(uuid4()), "name": f"{named[:11]}{secrets.token_hex(4)}"} for _ in range(100)]
    return json_reply(200, {"workloads": page})


def has_no_list(_server: Foreign, call: Call, reply: Reply) -> Reply:
    """Has no list of workloads."""
    return error_reply(404) if call.path == _LIST else reply


def creates_what_it_refuses(server: Foreign, call: Call, reply: Reply) -> Reply:
    """Creates a workload of the name for each create that it refuses with 400."""
    body = call.json if call.operation == "create" and reply.status == 400 else None
    metadata = body.get("metadata") if isinstance(body, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if isinstance(name, str) and 11 < len(name) < 64 and not call.dry_run:
        server.make(name)
    return reply


def creates_in_dry_runs(_server: Foreign, call: Call) -> Call:
    """Takes a dry run for a create."""
    return Call(call.method, call.path, b"", call.headers, call.body) if call.dry_run else call


def creates_twice(server: Foreign, call: Call, reply: Reply) -> Reply:
    """Makes two workloads of one create, under one name."""
    if _creates(call, reply) and not call.dry_run:
        workload = server.store.get(reply.json["metadata"]["id"])
        server.store.keep(replace(workload, id=str(uuid4())))
    return reply


def loses_ids(_server: Foreign, call: Call, reply: Reply) -> Reply:
    """Answers creates without an id."""
    return reply.with_json({"metadata": {}}) if _creates(call, reply) else reply


def gives_up(_server: Foreign, call: Call, reply: Reply) -> Reply:
    """Answers every third create 504, and has done it."""
    return error_reply(504) if _creates(call, reply) and len(reply.body) % 3 == 0 else reply


def ignores_deletes(_server: Foreign, call: Call) -> Call | Reply:
    """Accepts deletions, and does nothing."""
    return json_reply(202, {}) if call.operation == "delete" else call


def hides_names(_server: Foreign, call: Call, reply: Reply) -> Reply:
    """Shows another name on every reading."""
    body = reply.json if call.operation == "get" and reply.status == 200 else None
    if body is None:
        return reply
    body["workload"]["metadata"]["name"] = "nightly-of-somebody-else"
    return reply.with_json(body)


def shows_nothing(_server: Foreign, call: Call, reply: Reply) -> Reply:
    """Knows no id when it is read."""
    return error_reply(404) if call.operation == "get" else reply


def answers_one_foreign_id(server: Foreign, call: Call, reply: Reply) -> Reply:
    """Answers every create with the id of one of somebody else's workloads."""
    return answers_id(server.foreign[0].id)(server, call, reply)


IDS = {
    "a path": "../../v1/projects/4500001",
    "a path, encoded": "..%2F..%2Fv1%2Fprojects%2F4500001",
    "a dot": ".",
    "two dots": "..",
    "a query": "?force=true",
    "a fragment": "#x",
    "line ends": "x\r\nDELETE /api/v1/projects/1 HTTP/1.1\r\n\r\n",
    "NUL": "\x00",
    "70 KB": "a" * 70_000,
    "an id and a path": "0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11/../../../v1/users/1",
    "an id in braces": "{0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c11}",
    "a number": 4500001,
    "null": None,
    "a star": "*",
    "another host": "//evil.invalid/api",
    "an object": {"id": "x"},
}
"""What is answered as an id and is none."""

ATTACKS = {
    "foreign ids": (answers_foreign_ids, None),
    "one foreign id": (answers_one_foreign_id, None),
    "foreign ids in the list": (lists_foreign_ids, None),
    "paths in the list": (lists_paths, None),
    "refused, and done": (creates_what_it_refuses, None),
    "done twice": (creates_twice, None),
    "no ids": (loses_ids, None),
    "504, and done": (gives_up, None),
    "dry runs create": (None, creates_in_dry_runs),
}
"""What is done to answers, and to requests: nothing of a run may stay, whatever is answered."""

LYING = {
    "deletions that are ignored": (None, ignores_deletes),
    "other names": (hides_names, None),
    "nothing is read": (shows_nothing, None),
}
"""The same, where something has to stay, and has to be told."""
