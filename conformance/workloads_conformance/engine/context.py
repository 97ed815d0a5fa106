"""What all trials of a run share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from workloads_conformance.checks import Shapes, UniversalChecks
from workloads_conformance.client import Authorization, Client, Redactor
from workloads_conformance.settings import Settings
from workloads_specs import Contract

from .calm import Calm
from .cleanup import Cleanup
from .patience import Patience


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the run acts as on the target, and where. The other tokens are None if none were given."""

    project_id: str
    cluster_id: str | None
    forbidden: Authorization | None = None
    expired: Authorization | None = None


@dataclass(frozen=True)
class Context:
    """The run's settings, contract, client and identity, and the controls of the test that is running."""

    settings: Settings
    contract: Contract
    client: Client
    checks: UniversalChecks
    shapes: Shapes
    identity: Identity
    cleanup: Cleanup
    patience: Patience
    prefix: str
    redactor: Redactor
    controls: dict[tuple[object, ...], asyncio.Future[Any]] = field(default_factory=dict)
    calm: Calm = field(default_factory=Calm)
    ids: dict[str, str] = field(default_factory=dict)
    """Every id that a create was answered with, and the name it was given to."""
