"""The suite's version, readable without importing anything else (`--version` and `--help` stay fast)."""

__version__ = "0.1.0"
