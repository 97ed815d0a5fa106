"""`sweep`: removes what a killed run left on its target, by the ledgers in the report directory."""

from __future__ import annotations

import argparse
import asyncio
import os
from dataclasses import replace
from pathlib import Path

from workloads_conformance.client import (
    EMBEDDED,
    Client,
    Direct,
    Ledger,
    Redactor,
    Safety,
    Unfinished,
    Wire,
    ledgers,
    read_ledger,
    token_source,
)
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
        if unfinished.target == EMBEDDED:
            path.unlink()
            print(f"{path.name}: its embedded server ended with the run, and its workloads with the server.")  # noqa: T201
            continue
        settings = settings_of(options, target=unfinished.target, project_id=unfinished.project)
        if asyncio.run(_sweep(settings, unfinished, path.parent)):
            path.unlink()
        else:
            clean = False
    return ExitStatus.CONFORMANT if clean else ExitStatus.INCONCLUSIVE


async def _sweep(settings: Settings, unfinished: Unfinished, directory: Path) -> bool:
    redactor = Redactor()
    settings = replace(settings, mode=Mode.FULL)
    async with Wire(settings, unfinished.target) as wire:
        tokens = token_source(settings, os.environ, wire, redactor)
        ledger = Ledger(directory, prefix=f"{unfinished.prefix}sweep-", target=unfinished.target, project="")
        client = Client(Direct(wire), tokens, Safety(settings.mode), ledger, patience=settings.settle)
        client.unanswered = unfinished.unanswered
        try:
            cleanup = Cleanup(client, unfinished.prefix, patience=settings.settle)
            leaked = await cleanup.remove(unfinished.identifiers)
        finally:
            ledger.close(clean=True)
    if client.lost:
        raise TargetError(f"{unfinished.target}: {redactor.text(client.lost)}; sweep again when it is back.")
    removed = len(client.created) - len(leaked)
    print(f"{unfinished.target}: {removed} gone, {len(leaked)} left" + "".join(f"\n  {one}" for one in leaked))  # noqa: T201
    return not leaked
