"""`check`: the preflight alone; says of each need of a run whether it is met."""

from __future__ import annotations

import argparse
import os

from workloads_conformance.api import Need, State
from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_conformance.plugin import announced
from workloads_conformance.session.checking import check
from workloads_conformance.signals import heeded, interrupt
from workloads_reports.escaping import one_line

from .options import settings_of

_LONGEST = 400


def execute(options: argparse.Namespace) -> int:
    """Tells of each need; returns 0 if a run can be made, and 3 if not."""
    settings = settings_of(options)
    tell(announced(settings).replace("judging", "checking", 1))
    found: list[Need] = []
    with heeded(interrupt):  # what it created is removed first
        for need in check(settings, os.environ):
            found.append(need)
            tell(f"  {need.state:<8}{need.name:<16}{one_line(need.told)[:_LONGEST]}")
    broken = [need.name for need in found if need.state is State.BROKEN]
    lacking = [need.name for need in found if need.state is State.LACKING]
    if broken:
        tell(f"no run can be made: {', '.join(broken)}.")
        return ExitStatus.INCONCLUSIVE
    tell(f"a run can be made; what is lacking leaves a part untested: {', '.join(lacking)}." if lacking else
         "a run can be made, and every need of it is met.")  # fmt: skip
    return ExitStatus.CONFORMANT
