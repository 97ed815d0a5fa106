"""`sweep`: removes what a killed run left on its target, by the ledgers in the report directory."""

from __future__ import annotations

import argparse
import asyncio
import os
from dataclasses import replace
from pathlib import Path

from workloads_conformance.client import Client, Ledger, Redactor, Safety, Wire, ledgers, read_ledger, token_source
from workloads_conformance.client.ledger import Unfinished
from workloads_conformance.engine.cleanup import Cleanup
from workloads_conformance.errors import ExitStatus, TargetError
from workloads_conformance.settings import Mode, Settings

from .options import settings_of


def execute(options: argparse.Namespace) -> int:
    """Sweeps every ledger in the report directory; returns 0 if nothing is left on any target."""
    directory = Path(options.report_dir or "conformance-report")
    found = ledgers(directory)
    if not found:
        print(f"{directory} holds no ledger: nothing is left to remove.")  # noqa: T201
        return ExitStatus.CONFORMANT
    clean = True
    for path in found:
        unfinished = read_ledger(path)
        settings = settings_of(options, target=unfinished.target, project_id=unfinished.project)
        clean &= asyncio.run(_sweep(settings, unfinished, path))
    return ExitStatus.CONFORMANT if clean else ExitStatus.INCONCLUSIVE


async def _sweep(settings: Settings, unfinished: Unfinished, path: Path) -> bool:
    redactor = Redactor()
    settings = replace(settings, mode=Mode.FULL)
    async with Wire(settings, unfinished.target) as wire:
        tokens = token_source(settings, os.environ, wire, redactor)
        ledger = Ledger(path.parent, prefix=f"{unfinished.prefix}sweep-", target=unfinished.target, project="")
        client = Client(wire, tokens, Safety(settings.mode), ledger, patience=settings.settle)
        client.unanswered = unfinished.unanswered
        try:
            cleanup = Cleanup(client, unfinished.prefix, patience=settings.settle)
            leaked = await cleanup.remove(unfinished.identifiers)
        finally:
            ledger.close(clean=True)
    removed = len(client.created) - len(leaked)
    if client.lost:
        raise TargetError(f"{unfinished.target}: {redactor.text(client.lost)}; sweep again when it is back.")
    print(f"{path.name}: {removed} gone, {len(leaked)} left" + "".join(f"\n  {one}" for one in leaked))  # noqa: T201
    if leaked:
        return False
    path.unlink()
    return True


