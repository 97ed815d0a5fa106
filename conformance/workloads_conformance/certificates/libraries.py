"""The libraries that a run was made with, those that are here, and how to install the former."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from workloads_conformance.session import versions
from workloads_reports.escaping import one_line


def other_libraries(made: Mapping[str, str]) -> list[str]:
    """Returns which versions that decide what is drawn, judged and shown are others here than those of a run."""
    here = versions()
    return [
        f"{name} {one_line(made.get(name, 'of no known version'))} (here {here[name]})"
        for name in here
        if made.get(name) != here[name]
    ]


def install_line(suite: str, made: Mapping[str, str]) -> str:
    """Returns the command that installs a version of the suite with the libraries of a run."""
    python = ".".join(made.get("python", "3").split(".")[:2])
    wanted = {"workloads-conformance": suite} | {name: made[name] for name in versions() if name in made}
    wanted.pop("python", None)
    pinned = (f"{name}=={version}" for name, version in wanted.items())
    return " ".join(shlex.quote(one_line(part)) for part in (f"python{python}", "-m", "pip", "install", *pinned))
