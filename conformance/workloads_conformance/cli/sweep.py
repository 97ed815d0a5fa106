"""`sweep`: removes what runs left on the target, by the ledgers in the report directory."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from workloads_conformance.api import (
    PROBE,
    TOKEN_ENDPOINTS,
    Account,
    Safety,
    Unfinished,
    WorkloadCustody,
    ledger_key,
    ledgers,
    read_ledger,
)
from workloads_conformance.api.cleanup import Cleanup
from workloads_conformance.errors import ConformanceError, ExitStatus, TargetError, UsageError
from workloads_conformance.http import Client, DirectTransport, Line, Wire, token_source
from workloads_conformance.output import Redactor, tell
from workloads_conformance.recording import ReportDirectory
from workloads_conformance.runner.patience import Patience
from workloads_conformance.settings import OPTIONS, Mode, Settings

from .options import is_given, settings_of
from .taken import BY_SWEEP

_SHOWN = 20
"""Workloads of each kind that are named."""


def execute(options: argparse.Namespace) -> int:
    """Sweeps every ledger in the report directory; returns 0 if nothing is left on any target."""
    _set_aside(options)
    directory = Path(options.report_dir or "conformance-report")
    try:
        found = ledgers(directory)
    except (OSError, ValueError) as error:
        raise UsageError(f"report-dir {str(directory)!r} cannot be read: {error}.") from None
    if not directory.is_dir():
        raise UsageError(
            f"report-dir {str(directory)!r} is not a directory; give the --report-dir of the run to sweep."
        )
    if not found:
        tell(f"{directory} holds no ledger: nothing is left to remove.")
        return ExitStatus.CONFORMANT
    place = ReportDirectory(directory)  # what a run that goes on has alive is not a leftover
    try:
        return _sweep_all(found, options)
    finally:
        place.close()


def _sweep_all(found: Iterable[Path], options: argparse.Namespace) -> int:
    key = ledger_key(os.environ)
    status = ExitStatus.CONFORMANT
    for path in found:  # one that cannot be swept does not keep the others from it
        try:
            clean = _sweep_one(path, key, options)
        except ConformanceError as error:
            tell(f"workloads-conformance: {error}", error=True)
            status = max(status, error.exit_status) if status is not ExitStatus.USAGE else status
            continue
        if not clean and status is ExitStatus.CONFORMANT:
            status = ExitStatus.INCONCLUSIVE
    return status


def _set_aside(options: argparse.Namespace) -> None:
    """Takes back the flags that only a run uses: what they name may have gone, or be there by now."""
    for option in OPTIONS:
        if option.key not in BY_SWEEP:
            setattr(options, option.attribute, None)


def _sweep_one(path: Path, key: bytes, options: argparse.Namespace) -> bool:
    unfinished = read_ledger(path, key)
    header = unfinished.header
    if not is_given(options, "target"):
        raise UsageError(
            f"{path} is of a run on {header.target!r}; give that --target again, as you gave it to `run`, for a file "
            "alone does not decide who gets your credentials."
        )
    settings = replace(settings_of(options, project_id=header.project), mode=Mode.FULL)
    if settings.target != header.target:
        raise UsageError(
            f"{path} is of a run on {header.target!r}, and target is {settings.target!r}; give the target of the run."
        )
    account = asyncio.run(_sweep(settings, unfinished))
    _tell(unfinished, account)
    if account.is_clean and not unfinished.damaged:
        with contextlib.suppress(OSError):
            path.unlink()
    return account.is_clean


async def _sweep(settings: Settings, unfinished: Unfinished) -> Account:
    redactor = Redactor()
    header = unfinished.header
    inventory = unfinished.inventory(dry_runs_create=True)
    safety = Safety(settings.mode, header.target, inventory)
    async with Wire(settings, header.target, safety.check_url) as wire:
        tokens = token_source(settings, os.environ, wire, redactor, TOKEN_ENDPOINTS[settings.token_endpoint])
        transport = DirectTransport(Line(wire, tokens, PROBE, settings.settle))
        client = Client(transport, tokens, WorkloadCustody(safety, inventory), patience=settings.settle)
        account = await Cleanup(client, inventory, Patience(settings.settle)).finish()
    if client.lost:
        raise TargetError(f"{header.target}: {redactor.text(client.lost)}; sweep again when it is back.")
    return account


def _tell(unfinished: Unfinished, account: Account) -> None:
    counts = f"{account.removed} gone, {len(account.left)} left, {len(account.unknown)} unknown"
    tell(f"{unfinished.header.target}: {counts}")
    for what, found in (("left", account.left), ("unknown", account.unknown)):
        for one in found[:_SHOWN]:
            tell(f"  {what}: {one}")
    if account.unknown:
        tell("  unknown: nothing that the target shows says whether it is there, or that it is the run's.")
    if unfinished.damaged:
        tell(f"  {unfinished.damaged} lines of the ledger are damaged, and were left out; it is kept.")
