"""What a target shows to whoever begins: whether it is there, what its certificate and the token say, what it lists."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workloads_conformance.api import (
    PROBE,
    TOKEN_ENDPOINTS,
    Inventory,
    Lists,
    NoLedger,
    Safety,
    WorkloadCustody,
    read_lists,
    speaks_json,
)
from workloads_conformance.errors import TargetError
from workloads_conformance.http import (
    Certificate,
    Client,
    DirectTransport,
    Line,
    TargetLostError,
    Wire,
    certificate_of,
    claims,
    token_source,
)
from workloads_conformance.output import Redactor
from workloads_conformance.settings import Mode, Settings

_UNAUTHORIZED = 401

_PATIENCE = 3.0
"""Seconds for which a target that gives no answer is waited for: somebody sits before it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a target showed.

    Attributes:
        certificate: that of TLS; None without TLS, or where a proxy is between.
        status: with which it answered a question for a workload that is not there.
        claims: what the token says of itself, unverified; empty if it says nothing that can be read.
        lists: what the platform lists for the token.
    """

    certificate: Certificate | None
    status: int
    claims: Mapping[str, Any]
    lists: Lists


def look(settings: Settings, environ: Mapping[str, str]) -> Seen:
    """Returns what the target shows; nothing is created.

    Raises:
        UsageError: a credential or a file is not usable as given.
        TargetError: it cannot be reached, or refuses the token.
    """
    return asyncio.run(_look(replace(settings, mode=Mode.READ_ONLY), environ))


async def _look(settings: Settings, environ: Mapping[str, str]) -> Seen:
    assert settings.target
    certificate = await certificate_of(settings)
    if isinstance(certificate, str):
        raise TargetError(
            f"{settings.target}: {certificate}; check the URL, and --ca-bundle if the authority is yours."
        )
    inventory = Inventory("wlc-", NoLedger())
    safety = Safety(settings.mode, settings.target, inventory)
    redactor = Redactor()
    async with Wire(settings, settings.target, safety.check_url) as wire:
        tokens = token_source(settings, environ, wire, redactor, TOKEN_ENDPOINTS[settings.token_endpoint])
        custody = WorkloadCustody(safety, inventory)
        transport = DirectTransport(Line(wire, tokens, PROBE, _PATIENCE))
        client = Client(transport, tokens, custody, patience=settings.settle)
        try:
            exchange = await client.send(PROBE)
            answer = exchange.response
            if answer is None:
                raise TargetError(f"{settings.target} gives no answer; check the URL, and that the server is up.")
            if answer.status == _UNAUTHORIZED:
                raise TargetError(f"{settings.target} refuses the token (401); give one of this target that is valid.")
            if not speaks_json(exchange):
                raise TargetError(
                    f"{settings.target} answers {answer.status}, and not with the JSON object that each answer of the "
                    "Workloads V2 API has; check the base URL."
                )
            lists = await read_lists(client)
        except TargetLostError as error:
            raise TargetError(f"{settings.target} cannot be reached: {redactor.text(str(error))}.") from None
        return Seen(certificate, answer.status, claims(tokens.first or await tokens.token()), lists)
