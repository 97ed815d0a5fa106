"""The proxy of the fault space before the reference server, over real sockets, and a story that makes every answer."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from workloads_conformance.reference.store import CLUSTER, PROJECTS
from workloads_conformance.reference.tokens import Tokens
from workloads_conformance.selfcheck.space.memory import Memory
from workloads_conformance.selfcheck.space.points import Point, all_points
from workloads_conformance.selfcheck.space.proxy import Ending, Proxy
from workloads_conformance.selfcheck.space.upstream import Upstream
from workloads_conformance.settings import Settings

from .servers import Changed, serving

WORKLOADS = "/api/v2/workloads"
SETTLE = 0.4


class Served(Proxy):
    """The proxy as an application that the tests' server takes."""

    def __init__(self, point: Point | None, url: str, tokens: Tokens) -> None:
        self.memory = Memory()
        super().__init__(point, Upstream(url, Settings(deadline=20), self.memory), self.memory, SETTLE)
        self.tokens = tokens
        self.ending: Ending | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.loop = asyncio.get_running_loop()
        await super().__call__(scope, receive, send)

    def ended(self) -> Ending:
        """Ends the proxy, whose connections are of the server's loop."""
        if self.ending is None:
            self.ending = asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(20)
        return self.ending

    @property
    def made(self) -> list[str]:
        """The ids of what was made through it."""
        return [known.id for known in self.memory.workloads.values()]


@dataclass
class Client:
    """A client of the proxy, and one of the target itself, with the member's token."""

    http: httpx.Client
    direct: httpx.Client
    proxy: Served
    target: Changed
    outsider: str

    def create(self, *, query: str = "", **changes: Any) -> httpx.Response:
        body = {**valid(), **changes}
        return self.http.post(WORKLOADS + query, json={name: item for name, item in body.items() if item is not None})

    def made(self) -> str:
        answer = self.create()
        assert answer.status_code == 202, answer.text
        return self.proxy.made[-1]

    def get(self, identifier: str) -> httpx.Response:
        return self.http.get(f"{WORKLOADS}/{identifier}")

    def put(self, identifier: str, priority: str) -> httpx.Response:
        return self.http.put(f"{WORKLOADS}/{identifier}", json={"metadata": {"priority": priority}})

    def priority(self, identifier: str) -> str:
        return self.get(identifier).json()["workload"]["metadata"]["priority"]


@contextmanager
def proxied(point: str | None) -> Iterator[Client]:
    """Serves the reference server and a proxy with a point, by name, before it."""
    target = Changed()
    with serving(target) as behind:
        proxy = Served(all_points()[point] if point else None, behind.url, target.tokens)
        with serving(proxy) as front:
            headers = {"Authorization": f"Bearer {target.tokens.issue(target.tokens.member)}"}
            outsider = f"Bearer {target.tokens.issue(target.tokens.outsider)}"
            with (
                httpx.Client(base_url=front.url, headers=headers, timeout=20) as http,
                httpx.Client(base_url=behind.url, headers=headers, timeout=20) as direct,
            ):
                try:
                    yield Client(http, direct, proxy, target, outsider)
                finally:
                    proxy.ended()


def valid(kind: str = "Job") -> dict[str, Any]:
    """Returns a create that says all that there is to say, with a manifest that has values of every class."""
    name = f"wlc-{uuid4().hex[:8]}-of-a-length-that-is-cut-somewhere"
    notes = {"Text": "ü" + "x" * 70 + " \n", "digits": "010", "none": None, "empty": {}, "half": 1.5, "many": 2**53 + 1}
    annotations = {**notes, "yes": True, "list": ["b", "a"]}
    return {
        "metadata": {
            "name": name,
            "projectId": next(iter(PROJECTS)),
            "clusterId": CLUSTER,
            "priority": "medium-low",
            "category": "Build things",
            "preemptibility": "non-preemptible",
            "configuration": {"mnnvl": "None"},
            "useGivenNameAsPrefix": False,
        },
        "manifest": {
            "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
            "kind": kind,
            "metadata": {"name": name, "annotations": annotations},
            "spec": {},
        },
    }


def encoded(text: str = "apiVersion: batch/v1\nkind: Job\n") -> str:
    return base64.b64encode(text.encode()).decode()


def story(client: Client) -> None:
    """Sends what makes every operation give each of its answers."""
    first, second = client.made(), client.made()
    client.get(first)
    client.get(second)
    taken = valid()
    assert client.http.post(WORKLOADS, json=taken)
    client.http.post(WORKLOADS, json=taken)
    client.create(query="?dryRun=true")
    client.create(manifest=None, manifestBase64Encoded=encoded())
    prefixed = valid()
    prefixed["metadata"] |= {"name": "wlc-prefix", "useGivenNameAsPrefix": True}
    client.http.post(WORKLOADS, json=prefixed)
    for change in (
        {"metadata": None},
        {"metadata": 1},
        {"manifest": "x"},
        {"manifestBase64Encoded": encoded()},
        {"manifest": None, "manifestBase64Encoded": "*"},
        {"manifest": None, "manifestBase64Encoded": 1},
        {"manifest": None, "manifestBase64Encoded": "A" * 2097156},
        *({"metadata": {**valid()["metadata"], name: wrong}} for name, wrong in WRONG),
    ):
        client.create(**change)
    client.create(query="?dryRun=perhaps")
    client.http.post(WORKLOADS, json=[])
    for identifier in (first, str(uuid4()), "not-an-id"):
        path = f"{WORKLOADS}/{identifier}"
        for body in (
            {"metadata": {"priority": "high", "category": "Other"}},
            {"manifest": valid()["manifest"]},
            {"manifestBase64Encoded": encoded()},
            {"manifest": valid()["manifest"], "manifestBase64Encoded": encoded()},
            {"manifest": 1},
            {"manifestBase64Encoded": "*"},
            {"manifestBase64Encoded": 1},
            {"manifestBase64Encoded": "A" * 2097156},
            {"metadata": {"priority": "highest"}},
            {"metadata": {"priority": 1}},
            {"metadata": {"category": 1}},
            {"metadata": 1},
            [],
        ):
            client.http.put(path, json=body)
        for _ in range(2):
            client.http.get(path)
    for headers in ({"Authorization": "Bearer x"}, {"Authorization": client.outsider}):
        path = f"{WORKLOADS}/{second}"
        client.http.get(path, headers=headers)
        client.http.put(path, headers=headers, json={"metadata": {"priority": "low"}})
        client.http.delete(path, headers=headers)
        client.http.post(WORKLOADS, headers=headers, json=valid())
    for identifier in (second, str(uuid4()), "not-an-id"):
        client.http.delete(f"{WORKLOADS}/{identifier}")
    client.get(second)
    client.http.delete(f"{WORKLOADS}/{first}")


WRONG = (
    ("name", "x" * 64),
    ("name", 1),
    ("priority", "highest"),
    ("priority", 1),
    ("preemptibility", "perhaps"),
    ("preemptibility", ""),
    ("preemptibility", 1),
    ("configuration", {"mnnvl": "Perhaps"}),
    ("configuration", {"mnnvl": 1}),
    ("configuration", {"mnnvl": "Required"}),
    ("configuration", 1),
    ("clusterId", "x"),
    ("clusterId", 1),
    ("projectId", 1),
    ("category", 1),
    ("useGivenNameAsPrefix", "yes"),
)
