"""`diff`: what changed from one report to another, and whether a gate may pass it."""

from __future__ import annotations

import argparse
from pathlib import Path

from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_reports import DIFF_FORMS, compare, read_report

from .results import told_to_the_user


def execute(options: argparse.Namespace) -> int:
    """Prints the difference; returns 1 if there is a regression."""
    with told_to_the_user():
        old, new = read_report(Path(options.old)), read_report(Path(options.new))
        difference = compare(old, new, across_contracts=options.across_contracts)
    tell(DIFF_FORMS[options.format](difference), end="")
    return ExitStatus.NONCONFORMANT if difference.regressions else ExitStatus.CONFORMANT
