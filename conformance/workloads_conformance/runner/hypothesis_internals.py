"""What of hypothesis is used that is none of its interface: the one place that another version of it can break."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

import hypothesis

from workloads_conformance.errors import UsageError

FROM, BELOW = (6, 170), (7,)
"""The versions whose internals are as they are used here; pyproject.toml asks for the same."""


@contextlib.contextmanager
def without_local_constants() -> Iterator[None]:
    """Keeps hypothesis from drawing constants that it finds in the modules around it.

    It mixes in the literals of every module that lies outside site-packages, so that the directory a user is in,
    and what happens to be imported, would decide on the cases. There is no setting for it.

    Raises:
        UsageError: this version of hypothesis is another inside.
    """
    providers, constants = _internals()
    found, cache = providers._get_local_constants, providers.CONSTANTS_CACHE.cache  # noqa: SLF001 - as above
    providers._get_local_constants = constants  # noqa: SLF001
    cache.clear()
    try:
        yield
    finally:
        providers._get_local_constants = found  # noqa: SLF001
        cache.clear()


def check_hypothesis() -> None:
    """Returns if cases can be drawn with the hypothesis that is installed.

    Raises:
        UsageError: they cannot.
    """
    _internals()


def _internals() -> tuple[Any, Any]:
    version = hypothesis.__version__
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    with contextlib.suppress(ImportError, AttributeError):
        providers: Any = importlib.import_module("hypothesis.internal.conjecture.providers")
        constants = importlib.import_module("hypothesis.internal.constants_ast").Constants
        there = hasattr(providers, "_get_local_constants") and hasattr(providers.CONSTANTS_CACHE.cache, "clear")
        if there and FROM <= numbers < BELOW:
            return providers, constants
    least, below = (".".join(map(str, numbers)) for numbers in (FROM, BELOW))
    raise UsageError(
        f"hypothesis {version} is installed, with whose internals cases cannot be drawn as the seed says; install one "
        f"that is at least {least} and below {below}."
    )
