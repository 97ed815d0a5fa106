"""Writes constraints/VERSION.txt: what this version of the suite is released with, as it is installed here.

    python docs/make_constraints.py

Whoever installs with `pip install -c constraints/VERSION.txt` draws and judges with the libraries of the release.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workloads_conformance._version import __version__

OWN = "workloads-conformance"


def installed(name: str, extras: frozenset[str] = frozenset(), found: dict[str, str] | None = None) -> dict[str, str]:
    """Returns the versions of a distribution and of all that it needs, by name."""
    found = {} if found is None else found
    here = distribution(name)
    found[canonicalize_name(name)] = here.version
    for text in here.requires or ():
        wanted = Requirement(text)
        marker = wanted.marker
        needed = marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})
        if needed and canonicalize_name(wanted.name) not in found:
            installed(wanted.name, frozenset(wanted.extras), found)
    return found


def text() -> str:
    """Returns the file's content."""
    lines = [f"{name}=={version}" for name, version in sorted(installed(OWN).items()) if name != OWN]
    return "\n".join([f"# {OWN} {__version__}", *lines]) + "\n"


if __name__ == "__main__":
    path = Path(__file__).parents[1] / "constraints" / f"{__version__}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text(), encoding="utf-8")
