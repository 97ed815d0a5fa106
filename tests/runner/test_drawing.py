"""Cases are drawn by the seed alone, with the versions of hypothesis whose internals are known."""

from __future__ import annotations

import tomllib
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from workloads_conformance.errors import UsageError
from workloads_conformance.runner.drawing import draw
from workloads_conformance.runner.hypothesis_internals import BELOW, FROM, check_hypothesis

ROOT = Path(__file__).parents[2]


def test_the_project_asks_for_the_versions_that_are_known():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [asked] = [one for one in project["dependencies"] if one.startswith("hypothesis>")]
    least, below = (".".join(map(str, numbers)) for numbers in (FROM, BELOW))
    assert asked == f"hypothesis>={least},<{below}"


@pytest.mark.parametrize("version", ["6.169.9", "6.99", "7.0.0", "7", "60.170"])
def test_another_version_is_told_in_a_sentence(version, monkeypatch):
    monkeypatch.setattr(hypothesis, "__version__", version)
    with pytest.raises(UsageError, match=f"hypothesis {version} is installed, .*; install one .* 6.170 and below 7"):
        draw(st.integers(), 1, 0)


@pytest.mark.parametrize("version", ["6.170.0", "6.170.17", "6.999.1", hypothesis.__version__])
def test_these_are_known(version, monkeypatch):
    monkeypatch.setattr(hypothesis, "__version__", version)
    check_hypothesis()


def test_internals_that_are_not_there_are_told_in_the_same_way(monkeypatch):
    monkeypatch.delattr(providers, "_get_local_constants")
    with pytest.raises(UsageError, match="is installed, with whose internals"):
        draw(st.integers(), 1, 0)


def test_the_seed_decides_and_nothing_else():
    one, other = (draw(st.text(), 20, 5) for _ in range(2))
    assert one == other
    assert one != draw(st.text(), 20, 6)
