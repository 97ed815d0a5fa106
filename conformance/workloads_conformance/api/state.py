"""The user's own key for ledgers: a ledger that was made or edited by somebody else is not believed."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from workloads_conformance.errors import UsageError

_BYTES = 32
_NAME = "ledger.key"


def ledger_key(environ: Mapping[str, str]) -> bytes:
    """Returns the key in the user's state directory (XDG_STATE_HOME, or ~/.local/state), made if there is none.

    Raises:
        UsageError: it cannot be read or made, or others can read it.
    """
    directory = _state_directory(environ)
    path = directory / _NAME
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise UsageError(
            f"the key that authenticates ledgers cannot be kept at {path}: {error.strerror}; set XDG_STATE_HOME to a "
            "directory of your own that can be written."
        ) from None


def _state_directory(environ: Mapping[str, str]) -> Path:
    given = environ.get("XDG_STATE_HOME", "")
    try:
        base = Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "state"
    except (RuntimeError, ValueError):
        raise UsageError(
            "there is no home directory to keep the key in that authenticates ledgers; set XDG_STATE_HOME to a "
            "directory of your own that can be written."
        ) from None
    return base / "workloads-conformance"


def _make(path: Path) -> None:
    """Writes a new key beside the path and links it there, so that two runs at once end up with one key."""
    temporary = path.with_name(f".{_NAME}-{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(_BYTES).encode())
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink()


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        text = file.read(2 * _BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    if status.st_mode & 0o077 or status.st_uid != os.geteuid():
        raise UsageError(f"{path} can be read or written by others; make it yours alone (chmod 600), or remove it.")
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise UsageError(f"{path} holds no key of this suite; remove it, and the next run makes another.")
    return key
