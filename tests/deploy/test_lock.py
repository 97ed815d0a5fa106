"""uv.lock is of this pyproject.toml, and of the public registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def test_what_is_declared_is_locked_and_from_the_public_registry():
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    locked = {package["name"]: package["version"] for package in tomllib.loads(text)["package"] if "version" in package}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    declared = [
        *project["project"]["dependencies"],
        *(one for group in groups for one in group if isinstance(one, str)),
    ]
    for requirement in map(Requirement, declared):
        name = canonicalize_name(requirement.name)
        assert name in locked, "run `uv lock`"
        assert requirement.specifier.contains(locked[name], prereleases=True), name
    hosts = {urlsplit(url).hostname for url in re.findall(r'https?://[^"]+', text)}
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
