"""Where two reports on one run differ, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MEMBERS = ("verdict", "cases", "reason", "findings")


def report_differences(given: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """Returns what a report says otherwise than one made again of the same run; both as in report.json."""
    found = list(_requirements(given["requirements"], again["requirements"]))
    for name in {**given, **again}:
        if name != "requirements":
            found += _values(name, given.get(name), again.get(name))
    return found


def _requirements(given: list[dict[str, Any]], again: list[dict[str, Any]]) -> Iterator[str]:
    others = {one["id"]: one for one in again}
    if [one["id"] for one in given] != list(others):
        yield "it does not list the requirements of this suite, in their order"
    for one in given:
        other = others.get(one["id"], one)
        changed = [name for name in {**one, **other} if one.get(name) != other.get(name)]
        if not changed:
            continue
        told = [f"{name} {_short(one.get(name))}, judged again {_short(other.get(name))}" for name in _MEMBERS
                if name in changed]  # fmt: skip
        yield f"{one['id']}: " + ("; ".join(told) or f"{', '.join(changed)} is not the catalogue's")


def _values(path: str, given: object, again: object) -> Iterator[str]:
    if isinstance(given, dict) and isinstance(again, dict):
        for name in {**given, **again}:
            yield from _values(f"{path}.{name}", given.get(name), again.get(name))
    elif given != again:
        yield f"{path}: {_short(given)}, judged again {_short(again)}"


def _short(value: object) -> str:
    return f"{value!r:.80}" if not isinstance(value, list) else f"{len(value)}: {value!r:.200}"
