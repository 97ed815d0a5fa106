"""Digests (SHA-256, in hexadecimal) of what a certificate speaks of."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_PACKAGES = ("workloads_conformance", "workloads_reports", "workloads_specs", "workloads_strategies")
_COMPILED = (".pyc", ".pyo")
_CHUNK = 1 << 20


def file_digest(path: Path) -> str:
    """Returns the digest of a file.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def value_digest(value: object) -> str:
    """Returns the digest of a JSON value, written with sorted names and without spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def suite_digest() -> str:
    """Returns the digest of the suite as it is installed: every file of its packages, by its path."""
    found: dict[str, str] = {}
    for package in _PACKAGES:
        found |= _files(files(package), package)
    return value_digest(found)


def _files(folder: Traversable, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            found |= _files(entry, name)
        elif entry.is_file() and not entry.name.endswith(_COMPILED):
            found[name] = hashlib.sha256(entry.read_bytes()).hexdigest()
    return found
