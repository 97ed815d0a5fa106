"""Schemathesis's hooks for the comparison: what its user would do so that its requests reach the server's insides.

- A name is used once: schemathesis repeats names, and most of its creates would be conflicts.
- Every second request with some id goes to a workload that is there; such ids come from the environment.
- A delete may take effect a moment later, as the contract permits: what follows waits for it.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from typing import Any
from uuid import UUID

import schemathesis

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_ACCEPTED = 202
_SETTLE_SECONDS = 0.1
_DIGITS = 5
_used: set[str] = set()
_numbers = itertools.count()
_turns = itertools.count()
_lasting = itertools.cycle(os.environ["LASTING_IDS"].split(","))
_mortal = iter(os.environ["MORTAL_IDS"].split(","))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Gives a name that was used before another end, and every second well-formed id to a workload that is there."""
    del context, kwargs
    metadata = case.body.get("metadata") if isinstance(case.body, dict) else None
    if case.method == "POST" and isinstance(metadata, dict) and isinstance(metadata.get("name"), str):
        metadata["name"] = _unused(metadata["name"])
    identifier = (case.path_parameters or {}).get("WorkloadV2Id")
    if not _is_uuid(identifier) or _follows_a_link(case) or next(_turns) % 2:
        return
    case.path_parameters["WorkloadV2Id"] = next(_mortal, identifier) if case.method == "DELETE" else next(_lasting)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Waits after an accepted delete."""
    del context
    if case.method == "DELETE" and response.status_code == _ACCEPTED:
        time.sleep(_SETTLE_SECONDS)


def _unused(name: str) -> str:
    """Returns the name, or if it was used before, one of the same length where that can be."""
    if name in _used and _LABEL.match(name):
        number = f"{next(_numbers):0{_DIGITS}}"
        name = f"{name[:-_DIGITS]}{number}" if len(name) > _DIGITS else f"{name}{number}"
    _used.add(name)
    return name


def _follows_a_link(case: Any) -> bool:
    return case.meta is None or case.meta.phase.name.value == "stateful"


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False
