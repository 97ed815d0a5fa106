"""The preflight alone: what a run with given settings needs, one by one, and whether it is met."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from workloads_conformance.api import Account, Need, State, WorkloadContext, needs
from workloads_conformance.errors import TargetError
from workloads_conformance.http import Certificate, certificate_of
from workloads_conformance.output import Redactor
from workloads_conformance.runner import LoopThread
from workloads_conformance.settings import Settings
from workloads_specs import load_contract

from .described import describe
from .running import running_on
from .selecting import Selection
from .targets import LiveTarget


def check(settings: Settings, environ: Mapping[str, str]) -> Iterator[Need]:
    """Yields what a run needs, as it is found; creates little, and removes it.

    What it writes down is in a directory of its own, which goes again unless something is left on the target.

    Raises:
        UsageError: a credential or a file is not usable as given.
    """
    directory = Path(tempfile.mkdtemp(prefix="workloads-conformance-check-"))
    target = LiveTarget(replace(settings, report_dir=directory), environ)
    redactor = Redactor()
    with contextlib.ExitStack() as resources:
        resources.callback(target.close)
        loop = resources.enter_context(LoopThread())
        yield from _tls(settings, loop)
        try:
            access = target.open(loop, redactor, resources)
        except TargetError as error:
            yield Need("target", State.BROKEN, redactor.text(str(error)))
            return
        contract = load_contract(literal=settings.literal)
        running = running_on(access, loop, contract, redactor, Selection(), store=False)
        access.log.begin(describe(target, access, contract, (), plan=[], shrink=False))
        try:
            for need in loop.run(_needs(running.context)):
                yield replace(need, told=redactor.text(need.told))
        finally:
            account = loop.run(running.context.cleanup.finish())
            access.ledger.close(clean=account.is_clean)
            access.log.end({"stopped": None, "finished": target.finished().isoformat()})
        yield from _left(account, directory)
    if account.is_clean:
        for path in directory.iterdir():
            path.unlink()
        directory.rmdir()


def _tls(settings: Settings, loop: LoopThread) -> Iterator[Need]:
    shown = loop.run(certificate_of(settings)) if settings.target else None
    if isinstance(shown, Certificate):
        told = f"{shown.version}, a certificate of {shown.subject} until {shown.until:%Y-%m-%d}"
        yield Need("TLS", State.MET, told)
    elif shown is not None:
        yield Need("TLS", State.BROKEN, f"{shown}; check the URL, and ca-bundle if the authority is your own")


async def _needs(context: WorkloadContext) -> list[Need]:
    return [need async for need in needs(context)]


def _left(account: Account, directory: Path) -> Iterator[Need]:
    if not account.is_clean:
        told = f"{len(account.left)} workloads are left; `sweep --report-dir {directory}` removes them"
        yield Need("clean-up", State.LACKING, told)
