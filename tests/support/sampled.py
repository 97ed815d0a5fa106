"""Parameters of a test that takes seconds for each, and of which a sample is enough for every day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], every: int) -> list[Any]:
    """Returns parameters for `pytest.mark.parametrize`: the first of so many is quick, the others are slow."""
    return [
        # A case of a class of its own, though that may be a tuple, is one parameter.
        pytest.param(*(case if type(case) is tuple else (case,)), marks=pytest.mark.slow if index % every else ())
        for index, case in enumerate(cases)
    ]
