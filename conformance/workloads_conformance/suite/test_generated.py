"""What schemathesis generates from the bundled contract, sent through the suite's client and judged by the suite."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from workloads_conformance.api import CREATE_PATH, Answer, Flaw, WorkloadTrial
from workloads_conformance.http import Request
from workloads_conformance.runner import Drawn, judges
from workloads_conformance.settings import Mode, Settings
from workloads_strategies.generated import GeneratedRequest, coverage_requests, generated_requests

from .lengths import refusals_of_id

REFUSED = 400
_NAME_LIMIT = 63
NO_BODY = Flaw("there is no body", "there is no body")


def _drawn(operation: str, *, valid: bool, share: float = 1.0) -> Drawn:
    def strategy(settings: Settings) -> st.SearchStrategy[GeneratedRequest]:
        return generated_requests(operation, valid=valid, literal=settings.literal)

    def at_each_boundary(settings: Settings) -> Sequence[GeneratedRequest]:
        return coverage_requests(operation, valid=valid, literal=settings.literal)

    # To load schemathesis and draw from it takes longer than the smoke profile has time for.
    return Drawn(strategy, share, at_each_boundary, smoke=False, form=GeneratedRequest)


def _ours(trial: WorkloadTrial, body: Any) -> Any:
    """Returns a create's body under a name, project and cluster of ours, as far as it has valid ones of its own.

    What is wrong with the body then stays the only thing that is, and what a wrong server makes of it can be found.
    """
    if not isinstance(body, dict) or not isinstance(body.get("metadata"), dict):
        return body
    plain = trial.body()
    result = copy.deepcopy(body)
    metadata = result["metadata"]
    name = metadata.get("name", "")
    if isinstance(name, str):
        fresh = plain["metadata"]["name"]
        metadata["name"] = fresh if len(name) <= _NAME_LIMIT else fresh.ljust(len(name), "n")
    if isinstance(metadata.get("projectId", ""), str):
        metadata["projectId"] = plain["metadata"]["projectId"]
    if "clusterId" in metadata and not trial.request_flaws("create", {"metadata": {
        "clusterId": metadata["clusterId"]}}):  # fmt: skip
        metadata.pop("clusterId")
    manifest = result.get("manifest")
    if isinstance(manifest, dict):
        result["manifest"] = plain["manifest"]
    return result


async def _send_create(trial: WorkloadTrial, case: GeneratedRequest, body: object) -> Answer:
    query = tuple((name, value) for name, value in case.query if name == "dryRun" and value in ("true", "false"))
    if trial.settings.mode is Mode.DRY_RUN:
        query = (("dryRun", "true"),)
    # An empty body still says application/json, so that its emptiness is all that is wrong.
    data = json.dumps(body).encode() if case.has_body else b""
    return await trial.send(Request(method="POST", path=CREATE_PATH, query=query, body=data))


async def _get_item(trial: WorkloadTrial, case: GeneratedRequest) -> Answer:
    assert case.path_id is not None
    return await trial.send(Request(method="GET", path=f"{CREATE_PATH}/{case.path_id}"))


@judges("WV2-CREATE-001", over=_drawn("create", valid=True))
async def test_post_of_what_the_schema_allows(trial: WorkloadTrial, case: GeneratedRequest) -> None:
    """Whatever the schema allows gets a documented answer; more rules than the schema's may refuse it."""
    body = copy.deepcopy(case.body)
    if isinstance(body.get("metadata"), dict):
        plain = trial.body()["metadata"]
        body["metadata"] |= {"name": plain["name"], "projectId": plain["projectId"]}
    await _send_create(trial, case, body)


@judges("WV2-CREATE-012", over=_drawn("create", valid=False, share=2))
async def test_post_of_what_the_schema_forbids(trial: WorkloadTrial, case: GeneratedRequest) -> None:
    """A body that violates the schema on every reading is refused with 400."""
    await trial.control()
    body = _ours(trial, case.body)
    flaws = trial.request_flaws("create", body) if case.has_body else [NO_BODY]
    answer = await _send_create(trial, case, body)
    if flaws:
        trial.status("WV2-CREATE-012", answer, REFUSED, f"a create that breaks the schema ({flaws[0].kind})")


@judges("WV2-UPDATE-001", over=_drawn("update", valid=True, share=0.5))
async def test_put_of_what_the_schema_allows(trial: WorkloadTrial, case: GeneratedRequest) -> None:
    """An update of an unknown workload gets a documented answer, whatever its body."""
    data = json.dumps(case.body).encode() if case.has_body else b""
    await trial.update(trial.unknown_id(), data)


@judges("WV2-UPDATE-009", over=_drawn("update", valid=False))
async def test_put_of_what_the_schema_forbids(trial: WorkloadTrial, case: GeneratedRequest) -> None:
    """A body that violates the schema on every reading is refused, on a workload that takes updates."""
    flaws = trial.request_flaws("update", case.body) if case.has_body else [NO_BODY]
    statuses = trial.refusals("update")
    identifier = await trial.updatable()
    data = json.dumps(case.body).encode() if case.has_body else b""
    answer = await trial.update(identifier, data)
    if flaws:
        trial.status("WV2-UPDATE-009", answer, statuses, f"an update that breaks the schema ({flaws[0].kind})")


@judges("WV2-GET-004", over=_drawn("get", valid=True, share=0.5))
async def test_get_of_generated_ids(trial: WorkloadTrial, case: GeneratedRequest) -> None:
    """An id made up at random is not a workload's."""
    answer = await _get_item(trial, case)
    trial.status("WV2-GET-004", answer, 404, "GET of an id that no workload has")


@judges("WV2-GET-005", over=_drawn("get", valid=False, share=0.5))
async def test_get_of_what_is_no_id(trial: WorkloadTrial, case: GeneratedRequest) -> None:
    """Any text that is not a valid UUID is refused with 400 or 404."""
    answer = await _get_item(trial, case)
    trial.status("WV2-GET-005", answer, refusals_of_id(case.path_id or ""), "GET of an id that is not a valid UUID")
