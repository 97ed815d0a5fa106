"""What the platform lists beside the contract: projects, clusters, types of workload; none of it is ever judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workloads_conformance.http import Client, Request

from .routes import CLUSTERS_PATH, PROJECTS_PATH, TYPES_PATH

_MOST = 200
"""Items of a list that are taken in."""

_LONGEST = 100
_OK = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a list: by what it is named in options, and what people call it."""

    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.key} ({self.name})" if self.name else self.key


@dataclass(frozen=True, slots=True)
class Lists:
    """What a target lists; None for a list that it does not show."""

    projects: tuple[Listed, ...] | None
    clusters: tuple[Listed, ...] | None
    kinds: tuple[Listed, ...] | None


async def read_lists(client: Client) -> Lists:
    """Returns what the target lists for this token.

    Raises:
        TargetLostError: it answers no more.
    """
    return Lists(
        projects=await _read(client, PROJECTS_PATH, "projects", "id"),
        clusters=await _read(client, CLUSTERS_PATH, "clusters", "uuid"),
        kinds=await _read(client, TYPES_PATH, "types", "name"),
    )


async def _read(client: Client, path: str, member: str, key: str) -> tuple[Listed, ...] | None:
    exchange = await client.send(Request(method="GET", path=path), "lists")
    answer = exchange.response
    if answer is None or answer.status != _OK or not answer.json.readable:
        return None
    value = answer.json.value
    items = value.get(member) if isinstance(value, dict) else value
    return tuple(_items(items, key)) if isinstance(items, list) else None


def _items(items: list[object], key: str) -> Iterator[Listed]:
    for item in items[:_MOST]:
        found = item.get(key) if isinstance(item, dict) else None
        if isinstance(found, str | int) and not isinstance(found, bool):
            assert isinstance(item, dict)
            name = item.get("name")
            named = name if isinstance(name, str) and name != found else ""
            yield Listed(str(found)[:_LONGEST], named[:_LONGEST])
