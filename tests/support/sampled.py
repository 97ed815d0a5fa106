"""Parameters of a test that takes seconds for each, and of which a sample is enough for every day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], every: int) -> list[Any]:
    """Returns parameters for `pytest.mark.parametrize`: the first of so many is quick, the others are slow."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow if index % every else ())
        for index, case in enumerate(cases)
    ]
