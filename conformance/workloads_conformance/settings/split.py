"""What the options of a run are in one of its shards: what all of them share is divided, and each has its own files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError

from .model import Settings
from .options import OPTIONS
from .shard import AUTO, Shard, told_by_engine


def split(values: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Returns the options as they are in the shard that they name; unchanged, if they name none.

    Raises:
        UsageError: there is no such shard, or too little to divide.
    """
    if "shard" not in values:
        return dict(values)
    given = values["shard"]
    shard = told_by_engine(environ) if given == AUTO else Shard.read(given)
    defaults = Settings()
    directory = Path(values.get("report-dir", defaults.report_dir)) / f"shard-{shard.number}-of-{shard.of}"
    divided: dict[str, Any] = {}
    for option in OPTIONS:
        whole = values.get(option.key, getattr(defaults, option.attribute))
        if option.is_divided and whole:
            divided[option.key] = _share(option.key, whole, option.schema, shard.of)
    return {**values, **divided, "shard": str(shard), "report-dir": str(directory)}


def _share(key: str, whole: float, schema: Mapping[str, Any], of: int) -> float:
    """Returns what a shard gets of an amount that all of them share."""
    share = whole // of if schema["type"] == "integer" else whole / of
    least = schema.get("minimum", 0)
    if share < least or not share:
        raise UsageError(
            f"{key} is {whole:g} for the whole run, which leaves fewer than {max(least, 1):g} for each of {of} shards; "
            f"give --{key} {max(least, 1) * of:g} or more, or fewer shards."
        )
    return share
