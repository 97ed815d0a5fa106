"""What all trials of a run share of what it knows of the API."""

from __future__ import annotations

from dataclasses import dataclass

from workloads_conformance.http import Authorization
from workloads_conformance.runner import Context
from workloads_specs import Contract

from .checks import Shapes
from .cleanup import Cleanup
from .custody import WorkloadCustody
from .quota import Quota


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the run acts as on the target, and where. The other tokens are None if none were given."""

    project_id: str
    cluster_id: str | None
    forbidden: Authorization | None = None
    expired: Authorization | None = None


@dataclass(frozen=True)
class WorkloadContext(Context):
    """The contract, who the run is, and what answers for, bounds and removes what it creates."""

    contract: Contract
    shapes: Shapes
    identity: Identity
    custody: WorkloadCustody
    cleanup: Cleanup
    quota: Quota
