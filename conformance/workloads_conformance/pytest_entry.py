"""The pytest entry point: brings in the plugin only when the suite is what pytest was asked to run.

It is loaded in every pytest run of an environment that has the package, so it imports nothing and adds no option there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_SUITE = "workloads_conformance.suite"
_PLUGIN = "workloads_conformance.plugin"


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Registers the plugin, and with it its options, if an argument names the suite."""
    if any(_SUITE in argument for argument in args) and not early_config.pluginmanager.has_plugin(_PLUGIN):
        early_config.pluginmanager.import_plugin(_PLUGIN)
