"""What Workloads V2 is stands in the rooms that are about it, and requirements are named so that a search finds all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "conformance/workloads_conformance"
ABOUT_IT = tuple(PACKAGE / room for room in ("api", "suite", "selfcheck", "reference"))
"""The suite's knowledge of the API, and the servers that it is tried on. `specs` is the contract itself."""

SOURCES = sorted(path for top in ("conformance", "strategies", "reports") for path in (ROOT / top).rglob("*.py"))
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
