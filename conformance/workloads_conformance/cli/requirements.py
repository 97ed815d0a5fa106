"""`requirements`: the catalogue, as a list or as JSON."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_reports import document_text
from workloads_specs import load_catalogue


def execute(options: argparse.Namespace) -> int:
    """Prints the requirements."""
    chosen = [found for found in load_catalogue().values() if options.level in (None, found.level)]
    if options.json:
        tell(document_text([asdict(found) for found in chosen]), end="")
    else:
        for found in chosen:
            tell(f"{found.id:<17} {found.level:<8} {found.title}")
    return ExitStatus.CONFORMANT
