"""The directory of a report: one run's at a time, for what a run records and what it reports belong together."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_reports import ReportError, private_directory

_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)


class ReportDirectory:
    """Holds a directory, made if need be, until it is closed or the process ends, however that comes.

    Raises:
        UsageError: it cannot be made, or another run holds it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            private_directory(path)
            self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise UsageError(f"report-dir {str(path)!r} cannot be written: {error.strerror}.") from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # File systems that have no locks are used without.
            if error.errno in _TAKEN:
                self.close()
                raise UsageError(
                    f"report-dir {str(path)!r} is used by another run that goes on; wait for its end, or give each "
                    "run a --report-dir of its own."
                ) from None

    def check(self) -> None:
        """Returns if the directory is still where it was.

        Raises:
            ReportError: it is not: what was recorded is elsewhere.
        """
        with contextlib.suppress(OSError):
            if os.path.samestat(self._path.stat(), os.fstat(self._handle)):
                return
        raise ReportError(
            f"report-dir {str(self._path)!r} was replaced while the run went on; its record, and its ledger if "
            "something is left, are no longer there."
        )

    def close(self) -> None:
        """Gives the directory free."""
        os.close(self._handle)
