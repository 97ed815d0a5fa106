"""The vendor's published client (`runapy`) at the reference server: both are readings of one contract.

The client was generated of the same OpenAPI document by other people; its models say whether they can read the answers.
"""

from __future__ import annotations

import time
import uuid

import pytest
from support.servers import Changed, serving

runai = pytest.importorskip("runai", reason="runapy is not installed")
WorkloadsV2Api = pytest.importorskip("runai.api.workloads_v2_api").WorkloadsV2Api


@pytest.fixture
def client():
    app = Changed()
    with serving(app) as target:
        token = app.tokens.issue(app.tokens.member)

        class Client(runai.ApiClient):
            def _make_token_request(self) -> str:
                """Its own way to a token (grantType app_token) is none that the platform documents by now."""
                return token

        configuration = runai.Configuration(
            client_id="x", client_secret="x", runai_base_url=target.url, auto_refresh_token=False, retry_enabled=False
        )
        with Client(configuration) as api:
            yield WorkloadsV2Api(api), target.flags


def settled(read, holds):
    deadline = time.monotonic() + 60
    while not holds(seen := read()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen


def test_the_vendor_s_client_creates_reads_updates_and_deletes(client):
    api, flags = client
    name = f"wlc-{uuid.uuid4().hex[:8]}"
    manifest = {"apiVersion": "batch/v1", "kind": "Job", "spec": {"suspend": True}}
    request = runai.WorkloadV2CreateRequest(
        metadata=runai.WorkloadV2MetadataCreateParams(
            name=name, project_id=flags["project-id"], cluster_id=flags["cluster-id"]
        ),
        manifest=manifest,
    )
    created = runai.WorkloadV2.model_validate(api.create_workload_v2(request).data)
    identifier = str(created.metadata.id)
    assert created.metadata.name == name

    def read():
        return runai.WorkloadV2GetResponse.model_validate(api.get_workload_v2_by_id(identifier).data)

    assert read().workload.metadata.name == name
    changed = {**manifest, "metadata": {"annotations": {"a": "b"}}}
    api.update_workload_v2(identifier, runai.WorkloadV2UpdateRequest(manifest=changed))
    seen = settled(read, lambda one: "annotations" in one.workload.raw_manifest.get("metadata", {}))
    assert seen.workload.raw_manifest["metadata"]["annotations"] == {"a": "b"}
    assert api.delete_workload_v2(identifier).status_code == 202
    with pytest.raises(Exception, match="404"):
        settled(lambda: api.get_workload_v2_by_id(identifier), lambda _: False)
