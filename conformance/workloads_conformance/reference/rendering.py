"""What the server shows of a workload, in the shapes of the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .store import CLUSTER, TENANT, Store, Workload


def workload_v2(workload: Workload) -> dict[str, Any]:
    """Returns the WorkloadV2."""
    return {
        "metadata": {
            "name": workload.name,
            "projectId": workload.project.id,
            "priority": workload.priority,
            "category": workload.category,
            "preemptibility": workload.preemptibility,
            "configuration": {"mnnvl": workload.mnnvl},
            "id": workload.id,
            "gvk": {"group": workload.type.group, "version": workload.version, "kind": workload.type.kind},
            "projectName": workload.project.name,
            "clusterId": CLUSTER,
            "tenantId": TENANT,
            "departmentId": workload.project.department_id,
            "departmentName": workload.project.department_name,
            "createdAt": _time(workload.created_at),
            "createdBy": workload.created_by,
            "updatedAt": _time(workload.updated_at),
            "updatedBy": workload.updated_by,
            "deletedAt": _time(workload.deleted_at) if workload.deleted_at else None,
            "deletedBy": workload.deleted_by,
        },
        "desiredPhase": "Running" if workload.deletion is None else "Deleted",
        "workloadManifest": _applied(workload),
        "rawManifest": workload.manifest,
    }


def get_response(workload: Workload, store: Store) -> dict[str, Any]:
    """Returns the WorkloadV2GetResponse."""
    return {"workload": workload_v2(workload), "syncInfo": {"status": store.sync_status(workload)}}


def listed(workload: Workload, store: Store) -> dict[str, Any]:
    """Returns the entry in the platform's list of workloads."""
    return {
        "id": workload.id,
        "name": workload.name,
        "type": workload.type.kind,
        "projectId": workload.project.id,
        "projectName": workload.project.name,
        "phase": store.sync_status(workload),
    }


def _applied(workload: Workload) -> dict[str, Any]:
    """The manifest as the platform applies it: under the workload's name, in the project's namespace."""
    metadata = workload.manifest.get("metadata", {})
    labels = metadata.get("labels")
    return {
        **workload.manifest,
        "metadata": {
            **metadata,
            "name": workload.name,
            "namespace": f"runai-{workload.project.name}",
            "labels": {**(labels if isinstance(labels, dict) else {}), "project": workload.project.name},
        },
    }


def _time(moment: datetime) -> str:
    """RFC 3339, in UTC, to the microsecond."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
