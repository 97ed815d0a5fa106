"""A server by FastAPI as many would begin it: models of pydantic, a dictionary, 422 as the framework has it.

python fastapi_app.py PORT
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from pydantic import BaseModel


class Metadata(BaseModel):
    """The members of metadata that a client may send."""

    name: str
    projectId: str = "1"  # noqa: N815 - the contract's names
    clusterId: UUID | None = None  # noqa: N815
    priority: str | None = "low"
    category: str | None = None
    preemptibility: str | None = "preemptible"


class Submission(BaseModel):
    """What is created."""

    metadata: Metadata
    manifest: dict[str, Any]


class Update(BaseModel):
    """What is changed."""

    metadata: dict[str, Any] = {}
    manifest: dict[str, Any] | None = None


app = FastAPI(dependencies=[Depends(HTTPBearer())])
workloads: dict[UUID, dict[str, Any]] = {}


def found(identifier: UUID) -> dict[str, Any]:
    """Returns a workload; 404 if there is none."""
    if identifier not in workloads:
        raise HTTPException(404)
    return workloads[identifier]


@app.post("/api/v2/workloads", status_code=202)
def create(submission: Submission, *, dryRun: bool = False) -> dict[str, Any]:  # noqa: N803 - the contract's name
    """Creates a workload."""
    identifier, now = uuid4(), datetime.now(UTC).isoformat()
    metadata = submission.metadata.model_dump(mode="json") | {
        "id": str(identifier),
        "tenantId": 1,
        "departmentId": "1",
        "departmentName": "default",
        "projectName": "p",
        "createdAt": now,
        "createdBy": "somebody",
        "updatedAt": now,
        "updatedBy": "somebody",
        "gvk": {"group": "batch", "version": "v1", "kind": str(submission.manifest.get("kind"))},
    }
    manifests = {"workloadManifest": submission.manifest, "rawManifest": submission.manifest}
    made = {"metadata": metadata, "desiredPhase": "Running", **manifests}
    if not dryRun:
        workloads[identifier] = made
    return made


@app.get("/api/v2/workloads/{identifier}")
def get(identifier: UUID) -> dict[str, Any]:
    """Shows a workload."""
    return {"workload": found(identifier)}


@app.put("/api/v2/workloads/{identifier}", status_code=202)
def update(identifier: UUID, change: Update) -> dict[str, Any]:
    """Changes a workload."""
    workload = found(identifier)
    workload["metadata"] |= change.metadata
    if change.manifest is not None:
        workload |= {"rawManifest": change.manifest, "workloadManifest": change.manifest}
    return workload


@app.delete("/api/v2/workloads/{identifier}", status_code=202)
def delete(identifier: UUID) -> dict[str, Any]:
    """Deletes a workload."""
    found(identifier)
    return workloads.pop(identifier)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
