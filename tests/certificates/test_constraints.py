"""The libraries of each release are published: whoever judges an old certificate again can install them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workloads_conformance._version import __version__
from workloads_conformance.session import versions

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pinned():
    path = ROOT / "constraints" / f"{__version__}.txt"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {wanted.name: wanted.specifier for wanted in map(Requirement, lines)}


def test_this_release_s_are_within_what_the_project_asks_for(pinned):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in map(Requirement, project["dependencies"]):
        [pin] = pinned[canonicalize_name(wanted.name)]
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), wanted


def test_all_that_decides_what_is_drawn_judged_and_shown_is_among_them(pinned):
    assert {canonicalize_name(name) for name in versions()} - {"python"} <= pinned.keys()
