"""The suite's errors: each says in one sentence what is wrong and what to do, and knows its exit status.

    ConformanceError
    ├── UsageError         2    an option, the configuration or a credential is not usable as given
    ├── TargetError        3    the target cannot be judged: unreachable, not this API, credentials refused
    └── NotPermittedError       the mode or the safety rules forbid a request; the case is not tested

A violation is never an exception: it is a finding.
"""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of the command line."""

    CONFORMANT = 0
    NONCONFORMANT = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERRUPTED = 130


class ConformanceError(Exception):
    """Anything that ends a run, or a case, without a judgement. `str()` is the sentence for the user."""

    exit_status = ExitStatus.INCONCLUSIVE


class UsageError(ConformanceError):
    """An option, the configuration file, the environment or a file it names is not usable as given."""

    exit_status = ExitStatus.USAGE


class TargetError(ConformanceError):
    """The target cannot be judged at all."""

    exit_status = ExitStatus.INCONCLUSIVE


class NotPermittedError(ConformanceError):
    """The mode, or the rule to touch only what the run created, forbids a request."""
