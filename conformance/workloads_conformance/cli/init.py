"""`init`: looks at a target and writes a conformance.toml for it, which holds no secret."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workloads_conformance.api import Listed
from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import tell
from workloads_conformance.session.looking import Seen, look
from workloads_conformance.settings import OPTIONS
from workloads_conformance.settings.draft import draft
from workloads_reports import write_text
from workloads_reports.escaping import one_line

from .options import given, settings_of
from .results import told_to_the_user

_CREDENTIALS = ("token-env", "token-file", "client-id")
_SHOWN = 20
_UNCHOSEN = "not chosen yet"


def execute(options: argparse.Namespace) -> int:
    """Writes the file; returns 0 if it is written."""
    path = Path(options.file)
    if os.path.lexists(path) and not options.force:
        raise UsageError(f"{str(path)!r} is there already; give --force to replace it, or another name.")
    known = given(options)
    if "target" not in known:
        _ask(options, "target", "base URL of the server to judge")
    if not any(key in known for key in _CREDENTIALS):
        _ask(options, "token_env", "environment variable that holds an access token (its name, not the token)")
    settings = settings_of(options, project_id=known.get("project-id", _UNCHOSEN))
    seen = look(settings, os.environ)
    _tell(str(settings.target), seen)
    if "project-id" not in known:
        options.project_id = _chosen(options, "project_id", seen.lists.projects)
    if "cluster-id" not in known and seen.lists.clusters and len(seen.lists.clusters) == 1:
        options.cluster_id = seen.lists.clusters[0].key
    settings_of(options)
    values = {key: _relative(key, value, path) for key, value in given(options).items()}
    with told_to_the_user():
        write_text(path, draft(values, _notes(seen)))
    tell(f"wrote {path}; next:")
    named = "" if path == Path("conformance.toml") else f" --config {path}"
    tell(f"  workloads-conformance check{named}\n  workloads-conformance run{named}")
    return ExitStatus.CONFORMANT


def _ask(options: argparse.Namespace, attribute: str, what: str) -> None:
    """Asks for an option that is not given, where somebody can answer.

    Raises:
        UsageError: nobody can, or nothing is answered.
    """
    flag = "--" + attribute.replace("_", "-")
    if sys.stdin.isatty():
        tell(f"{what}: ", end="")
        sys.stdout.flush()
        setattr(options, attribute, sys.stdin.readline().strip() or None)
    if not getattr(options, attribute):
        raise UsageError(f"{flag[2:]} is missing, the {what}; give {flag}.")


def _chosen(options: argparse.Namespace, attribute: str, listed: Sequence[Listed] | None) -> str:
    if listed and len(listed) == 1:
        return listed[0].key
    some = "; ".join(one_line(str(one)) for one in (listed or ())[:_SHOWN])
    known = f" (the target lists {some})" if some else ""
    _ask(options, attribute, f"project to create workloads in{known}")
    return str(getattr(options, attribute))


def _relative(key: str, value: Any, path: Path) -> Any:
    """Returns a path as the file has to name it, relative to itself; other values as they are."""
    is_path = any(option.is_path for option in OPTIONS if option.key == key)
    return os.path.relpath(value, path.parent) if is_path else value


def _tell(target: str, seen: Seen) -> None:
    tell(f"{target} answers ({seen.status})")
    for lines in _notes(seen).values():
        for line in lines:
            tell(f"  {line}")


def _notes(seen: Seen) -> Mapping[str, Sequence[str]]:
    """Returns what was found, by the option that it is about; each line is one, whatever a target put into it."""
    notes: dict[str, list[str]] = {"target": [], "token-env": [], "project-id": [], "cluster-id": [], "kinds": []}
    if seen.certificate:
        certificate = seen.certificate
        notes["target"].append(f"{certificate.version}, a certificate of {certificate.subject} "
                               f"until {certificate.until:%Y-%m-%d}")  # fmt: skip
    ends = seen.claims.get("exp")
    if isinstance(ends, int | float) and not isinstance(ends, bool) and 0 < ends < 2**33:
        notes["token-env"].append(f"the token runs out at {datetime.fromtimestamp(ends, UTC):%Y-%m-%d %H:%M} UTC")
    for key, listed in (("project-id", seen.lists.projects), ("cluster-id", seen.lists.clusters)):
        if listed:
            notes[key].append("the target lists " + ", ".join(map(str, listed[:_SHOWN])))
    if seen.lists.kinds:
        notes["kinds"].append("registered: " + ", ".join(one.key for one in seen.lists.kinds))
    return {key: [one_line(line) for line in lines] for key, lines in notes.items()}
