"""What Workloads V2 is stands in the rooms that are about it, and requirements are named so that a search finds all."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "conformance/workloads_conformance"
ABOUT_IT = tuple(PACKAGE / room for room in ("api", "suite", "selfcheck", "reference"))
"""The suite's knowledge of the API, and the servers that it is tried on. `specs` is the contract itself."""

SOURCES = sorted(path for top in ("conformance", "strategies", "reports") for path in (ROOT / top).rglob("*.py"))
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
KNOWN = re.compile("/api/v2|rawManifest|WV2-")
MADE_UP = re.compile(r"""WV2-(?:[A-Z]+-)?["']|WV2-[^"'\s]*[{%]""")
"""An id that is put together: a prefix that ends too early, or a place for the rest."""


def found(pattern: re.Pattern[str], paths) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_else_knows_the_api():
    others = [path for path in SOURCES if not any(map(path.is_relative_to, ABOUT_IT))]
    assert found(KNOWN, others) == []


@pytest.mark.parametrize("room", ABOUT_IT, ids=lambda room: room.name)
def test_the_rooms_that_know_it_are_where_the_rule_looks(room):
    """A room that was moved would be left out of what is searched, or be found for the wrong reason."""
    assert found(KNOWN, room.rglob("*.py"))


def test_no_id_is_put_together():
    assert found(MADE_UP, SOURCES) == []


@pytest.mark.parametrize("contract", [0, 1], ids=["packages", "rooms"])
def test_the_picture_is_what_the_linter_enforces(contract):
    enforced = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [layer.split(" | ") for layer in enforced["contracts"][contract]["layers"]]
    picture = re.findall(r"(?:^    [\w ]+\n)+", ARCHITECTURE, re.MULTILINE)[contract]
    assert [line.split() for line in picture.splitlines()] == layers


def test_every_room_has_a_row():
    table = ARCHITECTURE.split("| room | holds |")[1].partition("\n\n")[0]
    told = re.findall(r"`([\w/.]+)`", " ".join(row.split("|")[1] for row in table.splitlines()[2:]))
    there = {f"{path.name}/" if path.is_dir() else path.name for path in PACKAGE.iterdir()}
    assert sorted(told) == sorted(there - {"__init__.py", "__pycache__/", "py.typed"})
