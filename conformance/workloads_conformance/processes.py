"""How this package starts processes of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

_REFERENCE, _WITH_FAULTS = "workloads_conformance.reference", "workloads_conformance.selfcheck"
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")
"""What some installations of Python need to start at all; paths, and no secrets."""


def reference_command(*options: str) -> list[str]:
    """Returns the command that runs the reference server.

    The user's current directory is not one of them: files there may have the names of Python's own modules.
    """
    return [sys.executable, "-P", "-m", _REFERENCE, *options]


def server_command(faults: Sequence[str], *options: str) -> list[str]:
    """Returns the command that runs the reference server with faults, or variants, in it."""
    given = [part for name in faults for part in ("--fault", name)]
    return [sys.executable, "-P", "-m", _WITH_FAULTS, *given, *options] if faults else reference_command(*options)


def bare_environment() -> dict[str, str]:
    """Returns an environment that holds nothing but what this Python needs to find this package and what it imports.

    A server needs none of the user's variables, among which are tokens; what it never had, it cannot show.
    """
    kept = {name: os.environ[name] for name in _LOADER if name in os.environ}
    kept |= {"PYTHONDONTWRITEBYTECODE": "1"} if sys.dont_write_bytecode else {}
    return kept | {"PYTHONPATH": os.pathsep.join(_places())}


def _places() -> list[str]:
    """Returns where this process imports from, but for the directory that the user is in."""
    ours = Path(__file__).resolve().parents[1]
    here = Path.cwd()
    places = [Path(place) for place in sys.path if place]
    return [str(place) for place in places if place.resolve() != here or place.resolve() == ours]
