"""From parsed flags to settings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from workloads_conformance.settings import OPTIONS, Settings, load_settings


def settings_of(options: argparse.Namespace, **overrides: str) -> Settings:
    """Returns the settings that the flags, the environment and the configuration file give.

    Args:
        options: what argparse read.
        overrides: option values by attribute name, which win over everything.
    """
    flags = {option.key: getattr(options, option.attribute, None) for option in OPTIONS}
    flags |= {option.key: overrides[option.attribute] for option in OPTIONS if option.attribute in overrides}
    return load_settings(flags, os.environ, Path(options.config) if options.config else None)
