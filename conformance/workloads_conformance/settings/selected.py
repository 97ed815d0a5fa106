"""What selecting a part of the suite means for the other options: which cases are drawn, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.errors import UsageError

from .model import Profile


def for_selection(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns option values as they are for the selection that `only` and `rerun` make.

    `rerun` takes over the seed and the profile of its report, which decided the cases. `only` without a profile is of
    the smoke profile: who asks for a part wants an answer at once, and opens no gate with it.

    Raises:
        UsageError: the report cannot be read, or another seed or profile is given.
    """
    if "rerun" in values:
        return {**values, **_as_then(values)}
    return {"profile": Profile.SMOKE, **values} if "only" in values else dict(values)


def _as_then(values: Mapping[str, Any]) -> dict[str, Any]:
    from workloads_reports import ReportError, read_report  # noqa: PLC0415 - `--help` has to be fast

    try:
        run = read_report(Path(values["rerun"])).run
    except ReportError as error:
        raise UsageError(str(error)) from None
    then = {"seed": run.seed, "profile": run.profile}
    for key, value in then.items():
        if values.get(key, value) != value:
            raise UsageError(
                f"{key} is {values[key]!r}, and {value!r} in the run that is to be run again, which decided its cases; "
                f"leave out {key}, or rerun."
            )
    return then
