"""The pytest entry point: brings in the plugin only when the suite is what pytest was asked to run.

It is loaded in every pytest run of an environment that has the package, so it imports nothing and adds no option there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_SUITE = ("workloads_conformance.suite", "workloads_conformance/suite", "--wlc-")
"""What names the suite: its package, its path (as in the node ids that pytest prints), an option of the plugin."""

_PLUGIN = "workloads_conformance.plugin"


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Registers the plugin, and with it its options, if an argument names the suite."""
    given = (*args, *early_config.getini("testpaths"))
    named = any(name in argument for argument in given for name in _SUITE)
    if named and not early_config.pluginmanager.has_plugin(_PLUGIN):
        early_config.pluginmanager.import_plugin(_PLUGIN)
