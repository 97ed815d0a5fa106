"""HTTP around the operations: methods that a path does not have, bodies of other media types."""

from __future__ import annotations

import json

from workloads_conformance.client import CREATE_PATH, Request
from workloads_conformance.engine import Trial, is_success, judges


@judges("WV2-HTTP-005", over=("collection", "workload"))
async def test_an_undeclared_method(trial: Trial, path: str) -> None:
    """405 with Allow. Only PATCH is tried: a wrong server may act on other methods."""
    target = CREATE_PATH if path == "collection" else f"{CREATE_PATH}/{(await trial.existing()).id}"
    answer = await trial.send(Request(method="PATCH", path=target, body=b"{}"))
    response = answer.exchange.response
    assert response is not None
    # RFC 9110, 9.1: a method that the server knows nowhere is answered 501.
    if trial.status("WV2-HTTP-005", answer, (405, 501), f"PATCH of the {path}") and answer.status == 405:  # noqa: PLR2004
        trial.judge(
            "WV2-HTTP-005",
            response.header("allow") is not None,
            message=f"405 to PATCH of the {path} has no Allow",
            expected="Allow: the methods of the path",
            observed="no Allow",
            answer=answer,
        )


@judges("WV2-HTTP-006", over=("text/plain", "application/x-www-form-urlencoded", "application/yaml"))
async def test_a_body_of_another_media_type(trial: Trial, media_type: str) -> None:
    """Left open: a JSON text under another media type is refused, or read all the same."""
    await trial.control()
    data = json.dumps(trial.body()).encode()
    dry_run = "true" if trial.context.settings.mode == "dry-run" else None
    answer = await trial.create(data, dry_run=dry_run, headers=(("Content-Type", media_type),))
    trial.observe("WV2-HTTP-006", f"{media_type}: " + ("read as JSON" if is_success(answer) else str(answer.status)))
