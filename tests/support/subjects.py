"""What commands are about, for tests that write some."""

from __future__ import annotations

from pathlib import Path

from workloads_conformance.api import GIVEN
from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import Bodies, Subject, Way

_PLAIN = Way()


def subject(
    directory: Path, target: str = "http://x", *, redactor: Redactor | None = None, way: Way = _PLAIN
) -> Subject:
    """A target at `target` whose token is `$TOKEN`; bodies go below `directory`."""
    redactor = redactor or Redactor()
    return Subject(target, "TOKEN", redactor, Bodies(redactor, directory), GIVEN, way)
