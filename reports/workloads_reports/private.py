"""Files that hold exchanges are for their owner alone: the one place where they and their directories are made."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_OWNER = 0o600
_OWNERS_DIRECTORY = 0o700


def private_directory(path: Path) -> None:
    """Makes a directory that its owner alone can enter; one that is there already stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=_OWNERS_DIRECTORY, parents=True, exist_ok=True)


def open_private(path: Path, flags: int = 0) -> int:
    """Returns the descriptor of a new file in the place of what is at `path`; a link there is replaced, not followed.

    Args:
        path: where, in a directory that is made if need be.
        flags: more for `os.open`, such as O_APPEND; it is opened for writing.

    Raises:
        OSError: it cannot be made.
    """
    private_directory(path.parent)
    path.unlink(missing_ok=True)
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY | flags, _OWNER)


def stage_private(path: Path, write: Callable[[BinaryIO], object]) -> Path:
    """Writes a new file beside `path`, in a directory that is made if need be; returns the new file's path.

    Raises:
        OSError: it cannot be written; nothing is left of it.
    """
    private_directory(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # new, followed by nobody, the owner's
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def write_private(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file whole or not at all, in the place of what is at `path`.

    Raises:
        OSError: it cannot be written.
    """
    temporary = stage_private(path, write)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
