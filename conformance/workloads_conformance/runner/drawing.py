"""Draws cases from strategies, without any I/O: the seed decides which, and nothing else does."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning
from hypothesis.strategies import SearchStrategy

from .hypothesis_internals import without_local_constants


def draw(
    strategy: SearchStrategy[Any], count: int, number: int, shrink: Callable[[Any], None] | None = None
) -> list[Any]:
    """Returns `count` cases of `strategy`, or fewer if it has fewer; the seed `number` decides which.

    `shrink` is called with each case, and raises for one to find smaller ones like; those are given to it too.
    """
    cases: list[Any] = []
    phases = (Phase.generate,) if shrink is None else (Phase.generate, Phase.shrink)

    @seed(number)
    @settings(
        max_examples=count,
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] - its metaclass confuses
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(strategy)
    def runner(case: Any) -> None:
        cases.append(case)
        if shrink is not None:
            shrink(case)

    with warnings.catch_warnings(), without_local_constants():
        warnings.simplefilter("ignore", HypothesisWarning)
        runner()
    return cases
