"""What a run has once its target is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from workloads_conformance.api import (
    GIVEN,
    TOKEN_ENDPOINTS,
    Cleanup,
    Quota,
    Shapes,
    UniversalChecks,
    WorkloadContext,
    WorkloadTrial,
)
from workloads_conformance.http import Client
from workloads_conformance.output import Redactor
from workloads_conformance.reproduce import SECRET, Bodies, Shell, Snippets, Subject, TokenRequest, Way
from workloads_conformance.runner import Attempt, Controls, Explorer, LoopThread, Patience, Schedule, Stays
from workloads_conformance.settings import Settings
from workloads_specs import Contract

from .part import Part
from .selecting import Selection
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
    part: Part

    @property
    def client(self) -> Client:
        """Through which everything is sent."""
        return self.context.client

    @property
    def settings(self) -> Settings:
        """Those in effect."""
        return self.context.settings

    def without(self, kinds: Sequence[str], selection: Selection) -> Self:
        """Returns the same without these kinds of workload, on which no test is run then."""
        left = tuple(kind for kind in self.settings.kinds if kind not in kinds)
        context = replace(self.context, settings=replace(self.settings, kinds=left))
        part = Part.of(selection.tests, context.settings)
        explorer, schedule = _equipped(self.loop, context, part, selection)
        return replace(self, context=context, explorer=explorer, schedule=schedule, part=part)


def running_on(
    access: OpenTarget,
    loop: LoopThread,
    contract: Contract,
    redactor: Redactor,
    selection: Selection,
    *,
    store: bool,
) -> Running:
    """Returns what runs the selected tests on a target; `store` says whether files may be written beside the report."""
    settings, custody = access.settings, access.custody
    client = Client(access.transport, access.tokens, custody, patience=settings.settle)
    patience = Patience(settings.settle)
    stays = Stays()
    quota = Quota(client, custody.inventory, patience, settings.max_live, on_less=stays.cut_short)
    context = WorkloadContext(
        settings=settings,
        client=client,
        checks=UniversalChecks(contract),
        patience=patience,
        redactor=redactor,
        controls=Controls(),
        stays=stays,
        contract=contract,
        shapes=Shapes(contract),
        identity=access.identity,
        custody=custody,
        cleanup=Cleanup(client, custody.inventory, patience, quota),
        quota=quota,
    )
    part = Part.of(selection.tests, settings)
    explorer, schedule = _equipped(loop, context, part, selection)
    assert settings.target
    subject = Subject(
        target=settings.target.rstrip("/"),
        token_name=access.tokens.shell_name,
        redactor=redactor,
        bodies=Bodies(redactor, settings.report_dir, store=store),
        given=GIVEN,
        way=_way(settings),
    )
    return Running(
        access=access,
        loop=loop,
        context=context,
        explorer=explorer,
        schedule=schedule,
        shell=Shell(subject),
        snippets=Snippets(subject),
        part=part,
    )


def _way(settings: Settings) -> Way:
    """Returns how the target is reached, for who repeats what the run did."""
    token = None
    if settings.client_id and settings.client_secret_env:
        endpoint = TOKEN_ENDPOINTS[settings.token_endpoint]
        token = TokenRequest(endpoint.request(settings.client_id, SECRET), settings.client_secret_env, endpoint.token)
    return Way(
        ca_bundle=settings.ca_bundle,
        client_cert=settings.client_cert,
        client_key=settings.client_key,
        proxy=settings.proxy,
        token=token,
    )


def _equipped(
    loop: LoopThread, context: WorkloadContext, part: Part, selection: Selection
) -> tuple[Explorer, Schedule]:
    """Returns what explores tests, and what starts them."""

    def trials(scope: str, part: str, attempt: Attempt) -> WorkloadTrial:
        return WorkloadTrial(context, scope, part, attempt)

    slots = max(1, context.settings.max_live // _LIVE_PER_TRIAL)
    explorer = Explorer(loop, context, trials, slots=slots)
    schedule = Schedule(
        part.tests, explorer, context.client, context.settings, shares=part.shares, first=selection.first
    )
    return explorer, schedule
