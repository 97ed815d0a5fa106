"""From parsed flags to settings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from workloads_conformance.settings import OPTIONS, Flag, Settings, given_values, load_settings


def settings_of(options: argparse.Namespace, **overrides: str) -> Settings:
    """Returns the settings that the flags, the environment and the configuration file give.

    Args:
        options: what argparse read.
        overrides: option values by attribute name, which win over everything.
    """
    flags = _flags(options)
    flags |= {option.key: overrides[option.attribute] for option in OPTIONS if option.attribute in overrides}
    return load_settings(flags, os.environ, _config(options))


def is_given(options: argparse.Namespace, key: str) -> bool:
    """True if an option is given as a flag, in the environment or in the configuration file."""
    return key in given(options)


def given(options: argparse.Namespace) -> dict[str, Any]:
    """Returns the values that are given as flags, in the environment or in the configuration file, by option key."""
    return given_values(_flags(options), os.environ, _config(options))


def _flags(options: argparse.Namespace) -> dict[str, Flag]:
    return {option.key: getattr(options, option.attribute, None) for option in OPTIONS}


def _config(options: argparse.Namespace) -> Path | None:
    return Path(options.config) if options.config else None
