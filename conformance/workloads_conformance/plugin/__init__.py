"""The pytest plugin: its options, and the run that it registers. pytest loads it only if it is asked to run the suite.

The options are those of the command line under names that begin with `--wlc-`, so that they clash with nobody's.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from workloads_conformance.errors import UsageError
from workloads_conformance.output import shown
from workloads_conformance.pytest_output import ShownAsText
from workloads_conformance.settings import OPTIONS, Settings, load_settings

from .ending import announced, exit_status, gate_status
from .parts import Part, PartsRun, is_controller, is_worker, of_worker, pytest_cmdline_main
from .running import ConformanceRun

__all__ = ["ConformanceRun", "announced", "exit_status", "gate_status", "pytest_cmdline_main"]

_PREFIX = "--wlc-"
_CONFIG = "config"
_FLAG = re.compile(rf"--({'|'.join([_CONFIG, *(option.key for option in OPTIONS)])})(?![\w-])")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options of the command line, each with the prefix."""
    group = parser.getgroup("workloads-conformance", "conformance of a Workloads V2 server")
    group.addoption(_PREFIX + _CONFIG, dest=_dest(_CONFIG), metavar="PATH", help="a conformance.toml")
    for option in OPTIONS:
        group.addoption(_prefixed(option.flag), dest=_dest(option.attribute), **option.of_parser)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Reads the settings and registers the run; a mistake in them ends pytest with status 4, its usage error."""
    config.pluginmanager.register(ShownAsText(config), "workloads-conformance-output")
    flags = {option.key: config.getoption(_dest(option.attribute)) for option in OPTIONS}
    given = config.getoption(_dest(_CONFIG))
    try:
        run = _run(config, load_settings(flags, os.environ, Path(given) if given else None))
    except UsageError as error:
        raise pytest.UsageError(shown(_prefixed(str(error)))) from None
    config.pluginmanager.register(run, "workloads-conformance-run")


def _run(config: pytest.Config, settings: Settings) -> ConformanceRun | PartsRun:
    """Returns the run: of all that is collected, of a worker's part, or of the parts of all workers."""
    if is_controller(config):
        return PartsRun(settings)
    if not is_worker(config):
        return ConformanceRun(settings)
    settings = of_worker(config, settings)
    part = Part(config)
    config.pluginmanager.register(part, "workloads-conformance-part")
    return ConformanceRun(settings, part)


def _dest(attribute: str) -> str:
    return f"conformance_{attribute}"


def _prefixed(text: str) -> str:
    """Returns a text with the options that it names as pytest has them."""
    return _FLAG.sub(rf"{_PREFIX}\1", text)
