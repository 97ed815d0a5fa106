"""What a run has once its target is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from workloads_conformance.api import GIVEN, Cleanup, Shapes, UniversalChecks, WorkloadContext, WorkloadTrial
from workloads_conformance.http import Client
from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import Shell, Snippets
from workloads_conformance.runner import Controls, Exclusive, Explorer, JudgingTest, LoopThread, Patience, Schedule
from workloads_conformance.settings import Settings
from workloads_specs import Contract

from .targets import OpenTarget

_LIVE_PER_TRIAL = 2
"""Workloads that a trial has alive at a time, as a rule; `max-live` bounds the number of trials by it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A target that has been opened, and what runs tests on it: whole, or not there at all."""

    access: OpenTarget
    loop: LoopThread
    context: WorkloadContext
    explorer: Explorer
    schedule: Schedule
    shell: Shell
    snippets: Snippets

    @property
    def client(self) -> Client:
        """Through which everything is sent."""
        return self.context.client

    @property
    def settings(self) -> Settings:
        """Those in effect."""
        return self.context.settings

    def without(self, kinds: Sequence[str], planned: Sequence[JudgingTest]) -> Self:
        """Returns the same without these kinds of workload, on which no test is run then."""
        left = tuple(kind for kind in self.settings.kinds if kind not in kinds)
        context = replace(self.context, settings=replace(self.settings, kinds=left))
        explorer, schedule = _equipped(self.loop, context, planned)
        return replace(self, context=context, explorer=explorer, schedule=schedule)


def running_on(
    access: OpenTarget,
    loop: LoopThread,
    contract: Contract,
    redactor: Redactor,
    planned: Sequence[JudgingTest],
    *,
    store: bool,
) -> Running:
    """Returns what runs the planned tests on a target; `store` says whether files may be written beside the report."""
    settings, custody = access.settings, access.custody
    client = Client(access.transport, access.tokens, custody, patience=settings.settle)
    patience = Patience(settings.settle)
    context = WorkloadContext(
        settings=settings,
        client=client,
        checks=UniversalChecks(contract),
        patience=patience,
        redactor=redactor,
        controls=Controls(),
        exclusive=Exclusive(),
        contract=contract,
        shapes=Shapes(contract),
        identity=access.identity,
        custody=custody,
        cleanup=Cleanup(client, custody.inventory, patience),
    )
    explorer, schedule = _equipped(loop, context, planned)
    assert settings.target
    told = (settings.target, access.tokens.shell_name, redactor, settings.report_dir, GIVEN)
    return Running(
        access=access,
        loop=loop,
        context=context,
        explorer=explorer,
        schedule=schedule,
        shell=Shell(*told, store=store),
        snippets=Snippets(*told, store=store),
    )


def _equipped(loop: LoopThread, context: WorkloadContext, planned: Sequence[JudgingTest]) -> tuple[Explorer, Schedule]:
    """Returns what explores tests, and what starts them."""

    def trials(scope: str, part: str, *, repeats: bool, attempt: int, is_last: bool) -> WorkloadTrial:
        return WorkloadTrial(context, scope, part, repeats=repeats, attempt=attempt, is_last=is_last)

    slots = max(1, context.settings.max_live // _LIVE_PER_TRIAL)
    explorer = Explorer(loop, context, trials, slots=slots)
    return explorer, Schedule(planned, explorer, context.client, context.settings)
