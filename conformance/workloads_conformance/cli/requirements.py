"""`requirements`: the catalogue, as a list or as JSON."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from workloads_conformance.errors import ExitStatus
from workloads_specs import load_catalogue


def execute(options: argparse.Namespace) -> int:
    """Prints the requirements."""
    chosen = [found for found in load_catalogue().values() if options.level in (None, found.level)]
    if options.json:
        print(json.dumps([asdict(found) for found in chosen], indent=2, ensure_ascii=False))  # noqa: T201
    else:
        for found in chosen:
            print(f"{found.id:<17} {found.level:<8} {found.title}")  # noqa: T201
    return ExitStatus.CONFORMANT
