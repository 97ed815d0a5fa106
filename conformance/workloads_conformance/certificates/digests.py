"""Digests (SHA-256, in hexadecimal) of what a certificate speaks of."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from workloads_reports import GivenError, open_given

_PACKAGES = ("workloads_conformance", "workloads_reports", "workloads_specs", "workloads_strategies")
_COMPILED = (".pyc", ".pyo")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileDigest:
    """What tells a file from all others: its size in bytes, and its digest."""

    size: int
    sha256: str


def file_digest(path: Path, most: int | None = None) -> FileDigest:
    """Returns the digest of a regular file.

    Args:
        path: of the file.
        most: bytes that it may have, if it is a stranger's; of a larger one nothing is read.

    Raises:
        GivenError: it is not a regular file, cannot be read, or is larger.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with open_given(path) as file:
            if most is not None and os.fstat(file.fileno()).st_size > most:
                raise GivenError("is larger than what was signed")
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if most is not None and size > most:
                    raise GivenError("grows while it is read")
    except OSError as error:
        raise GivenError(f"cannot be read: {error.strerror}") from None
    return FileDigest(size, digest.hexdigest())


def text_digest(text: str) -> FileDigest:
    """Returns the digest of the file that holds a text."""
    data = text.encode("utf-8")
    return FileDigest(len(data), hashlib.sha256(data).hexdigest())


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
