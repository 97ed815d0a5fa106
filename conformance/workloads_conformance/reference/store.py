"""The workloads: what is stored, how it moves with time, and what each write does.

One thread, no await: each method is atomic, so that concurrent requests cannot come between a check and what it guards.
"""

from __future__ import annotations

import copy
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from .errors import bad_request, conflict, not_found
from .validation import MAX_NAME, CreateRequest, UpdateRequest, workload_type
from .workload_types import WorkloadType, derived_preemptibility

_SUFFIX = "abcdefghijklmnopqrstuvwxyz0123456789"
_SUFFIX_LENGTH = 5
TENANT = 1001
CLUSTER = "3c1f7c5e-7d0b-4f57-9d34-0b9a5d3f6c11"


@dataclass(frozen=True, slots=True)
class Project:
    """A project, its department, and whether its node pools support MNNVL."""

    id: str
    name: str
    department_id: str
    department_name: str
    mnnvl: bool


PROJECTS = {
    found.id: found
    for found in (
        Project("4500001", "vision", "101", "research", mnnvl=False),
        Project("4500002", "language", "102", "platform", mnnvl=True),
    )
}


@dataclass(slots=True, kw_only=True)
class Workload:
    """One stored workload. `written` and `deletion` are readings of the store's clock, in seconds."""

    id: str
    name: str
    project: Project
    type: WorkloadType
    version: str
    manifest: dict[str, Any]
    priority: str
    category: str
    preemptibility: str
    mnnvl: str
    created_by: str
    created_at: datetime
    updated_by: str = ""
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    deleted_by: str | None = None
    deleted_at: datetime | None = None
    written: float = 0.0
    deletion: float | None = None


class Store:
    """All workloads of the one tenant.

    Args:
        sync_seconds: from an accepted write to Synced.
        deletion_seconds: from an accepted delete to the end of the workload.
        clock: seconds, never going back.
    """

    def __init__(
        self, sync_seconds: float, deletion_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sync_seconds, self._deletion_seconds, self._clock = sync_seconds, deletion_seconds, clock
        self._workloads: dict[str, Workload] = {}
        self._names: dict[tuple[str, str], str] = {}

    def create(self, request: CreateRequest, principal: str, *, dry_run: bool) -> Workload:
        """Returns the new workload; under `dry_run` it is checked and made the same way, and not kept."""
        project = PROJECTS.get(request.project_id)
        if project is None:
            raise bad_request(f"metadata.projectId: there is no project {request.project_id!r}")
        if request.cluster_id not in (None, CLUSTER):
            raise bad_request(f"metadata.clusterId: there is no cluster {request.cluster_id!r}")
        if request.mnnvl == "Required" and not (project.mnnvl and request.type.mnnvl):
            # 'The workload type and at least one project's node pool must support MNNVL, or the request fails.'
            raise bad_request("metadata.configuration.mnnvl: the workload type or the project does not support MNNVL")
        workload = self._new(request, project, principal)
        if not dry_run:
            self.keep(workload)
        return workload

    def keep(self, workload: Workload) -> None:
        """Stores a new workload, and its name as taken."""
        self._workloads[workload.id] = workload
        self._names[workload.project.id, workload.name] = workload.id

    def _new(self, request: CreateRequest, project: Project, principal: str) -> Workload:
        now = datetime.now(UTC)
        priority = request.priority or request.type.priority
        derived = derived_preemptibility(priority) if request.priority else request.type.preemptibility
        return Workload(
            id=str(uuid4()),
            name=self._name(request, project),
            project=project,
            type=request.type,
            version=request.manifest["apiVersion"].rpartition("/")[2],
            manifest=copy.deepcopy(request.manifest),
            priority=priority,
            category=request.category or request.type.category,
            preemptibility=request.preemptibility or derived,
            mnnvl=request.mnnvl or "None",
            created_by=principal,
            created_at=now,
            updated_by=principal,
            updated_at=now,
            written=self._clock(),
        )

    def _name(self, request: CreateRequest, project: Project) -> str:
        if not request.as_prefix:
            if self._holder(project, request.name) is not None:
                raise conflict(request.name)
            return request.name
        joint = "" if request.name.endswith("-") else "-"
        if len(request.name) + len(joint) + _SUFFIX_LENGTH > MAX_NAME:
            raise bad_request(f"metadata.name: is too long for a prefix; name and suffix have to fit in {MAX_NAME}")
        while True:
            name = request.name + joint + "".join(secrets.choice(_SUFFIX) for _ in range(_SUFFIX_LENGTH))
            if self._holder(project, name) is None:
                return name

    def _holder(self, project: Project, name: str) -> Workload | None:
        """The workload that a name belongs to: it is free again once a deletion is complete."""
        identifier = self._names.get((project.id, name))
        workload = self._workloads.get(identifier) if identifier else None
        return workload if workload and not self.is_deleted(workload) else None

    def get(self, identifier: str) -> Workload:
        """Returns a workload that is not deleted yet; raises RefusalError (404)."""
        workload = self._workloads.get(identifier)
        if workload is None or self.is_deleted(workload):
            raise not_found()
        return workload

    def update(self, identifier: str, request: UpdateRequest, principal: str) -> Workload:
        """Returns the updated workload. A member that is null goes back to the type's default."""
        workload = self.get(identifier)
        if workload.deletion is not None:
            # PUT documents 404 and no 409: what is on its way out cannot be found for an update any more.
            raise not_found()
        if request.manifest is not None:
            found = workload_type(request.manifest)
            if found != workload.type:
                raise bad_request("manifest: the kind of a workload cannot be changed")
            workload.version = request.manifest["apiVersion"].rpartition("/")[2]
            workload.manifest = copy.deepcopy(request.manifest)
        if "priority" in request.changes:
            # 'Once you change the priority ... the preemptibility field is not automatically updated.'
            workload.priority = request.changes["priority"] or workload.type.priority
        if "category" in request.changes:
            workload.category = request.changes["category"] or workload.type.category
        self._touch(workload, principal)
        workload.written = self._clock()
        return workload

    def delete(self, identifier: str, principal: str) -> Workload:
        """Returns the workload, now being deleted; a second delete changes nothing."""
        workload = self.get(identifier)
        if workload.deletion is None:
            workload.deletion = self._clock()
            workload.deleted_by = principal
            self._touch(workload, principal)
        return workload

    def _touch(self, workload: Workload, principal: str) -> None:
        """Moves updatedAt forward, by a microsecond at least."""
        workload.updated_at = max(datetime.now(UTC), workload.updated_at + timedelta(microseconds=1))
        workload.updated_by = principal

    def is_deleted(self, workload: Workload) -> bool:
        """True once a deletion is complete; deletedAt is then set."""
        if workload.deletion is None or self._clock() - workload.deletion < self._deletion_seconds:
            return False
        if workload.deleted_at is None:
            workload.deleted_at = datetime.now(UTC)
        return True

    def sync_status(self, workload: Workload) -> str:
        """Returns syncInfo.status, which moves with time: Queued, Applying, Synced; Deleting."""
        if workload.deletion is not None:
            return "Deleted" if self.is_deleted(workload) else "Deleting"
        passed = self._clock() - workload.written
        if passed >= self._sync_seconds:
            return "Synced"
        return "Queued" if passed < self._sync_seconds / 3 else "Applying"

    def listed(self, *, deleted: bool) -> list[Workload]:
        """Returns the workloads that live, or those that are deleted, oldest first."""
        return [workload for workload in self._workloads.values() if self.is_deleted(workload) is deleted]
