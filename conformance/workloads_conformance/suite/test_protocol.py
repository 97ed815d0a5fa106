"""HTTP around the operations: methods that a path does not have, bodies of other media types."""

from __future__ import annotations

import json

from workloads_conformance.api import CREATE_PATH, METADATA, Answer, WorkloadTrial, differing
from workloads_conformance.http import Request
from workloads_conformance.runner import is_success, judges
from workloads_conformance.settings import Mode

from .twins import stays_untouched


@judges("WV2-HTTP-005")
async def test_an_undeclared_method(trial: WorkloadTrial) -> None:
    """405; its Allow is judged on every 405. Only PATCH of a workload is tried: a wrong server may act on others."""
    created = await trial.existing()
    answer = await trial.send(Request(method="PATCH", path=f"{CREATE_PATH}/{created.id}", body=b"{}"))
    # RFC 9110, 9.1: a method that the server knows nowhere returns 501.
    trial.status("WV2-HTTP-005", answer, (405, 501), "PATCH of the workload")


@judges("WV2-HTTP-006", over=("text/plain", "application/x-www-form-urlencoded", "application/yaml", None))
async def test_a_body_of_another_media_type(trial: WorkloadTrial, media_type: str | None) -> None:
    """Left open: a JSON text under another media type, or under none, is refused, or read all the same."""
    await trial.control()
    answer = await _create_under(trial, media_type)
    told = "read as JSON" if is_success(answer) else answer.status
    trial.observe("WV2-HTTP-006", f"{media_type or 'no Content-Type'}: {told}")


async def _create_under(trial: WorkloadTrial, media_type: str | None) -> Answer:
    """Returns the answer to a create whose body is declared so; to a dry run where the mode permits nothing else."""
    return await trial.send(
        Request(
            method="POST",
            path=CREATE_PATH,
            query=(("dryRun", "true"),) if trial.settings.mode is Mode.DRY_RUN else (),
            headers=(("Content-Type", media_type),) if media_type else (),
            without=frozenset() if media_type else frozenset({"content-type"}),
            body=json.dumps(trial.body()).encode(),
        )
    )


@judges("WV2-HTTP-008", over=("*/*", "application/*", "text/html, application/json;q=0.5", "APPLICATION/JSON", None))
async def test_an_accept_that_includes_json(trial: WorkloadTrial, accept: str | None) -> None:
    """JSON is served to whoever accepts it, in whatever words, and to whoever says nothing."""
    created = await trial.existing()
    path = f"{CREATE_PATH}/{created.id}"
    if accept is None:
        answer = await trial.read(Request(method="GET", path=path, without=frozenset({"accept"})))
    else:
        answer = await trial.read(Request(method="GET", path=path, headers=(("Accept", accept),)))
    trial.status("WV2-HTTP-008", answer, 200, f"GET with {f'Accept: {accept}' if accept else 'no Accept'}")


@judges("WV2-HTTP-007")
async def test_an_accept_that_leaves_json_out(trial: WorkloadTrial) -> None:
    """Left open: 406, or JSON all the same."""
    created = await trial.existing()
    headers = (("Accept", "image/png"),)
    request = Request(method="GET", path=f"{CREATE_PATH}/{created.id}", headers=headers)
    answer = await trial.read(request, also=(406,))
    trial.observe("WV2-HTTP-007", str(answer.status))


@judges(
    "WV2-HTTP-009", over=("application/json; charset=utf-8", "Application/JSON", 'application/json;charset="UTF-8"')
)
async def test_json_under_its_media_type_in_other_words(trial: WorkloadTrial, media_type: str) -> None:
    """The type and subtype tokens are case-insensitive, and may have parameters."""
    await trial.control()
    answer = await _create_under(trial, media_type)
    trial.status("WV2-HTTP-009", answer, 202, f"a create with Content-Type: {media_type}")


@judges("WV2-HTTP-010", over=("unknown", "long"))
async def test_a_query_that_nobody_asked_for(trial: WorkloadTrial, which: str) -> None:
    """Left open: a query that the operation does not have is ignored, or refused."""
    created = await trial.existing()
    query = (("wlcUnknown", "x" if which == "unknown" else "x" * 7000),)
    request = Request(method="GET", path=f"{CREATE_PATH}/{created.id}", query=query)
    answer = await trial.read(request, also=(400, 414, 431))
    trial.observe("WV2-HTTP-010", f"{which}: {'ignored' if is_success(answer) else answer.status}")


@judges("WV2-HTTP-005", "WV2-HTTP-011", "WV2-HTTP-012", over=("HEAD", "OPTIONS"))
async def test_safe_methods_change_nothing(trial: WorkloadTrial, method: str) -> None:
    """The GET, HEAD, OPTIONS, and TRACE methods are defined to be safe."""
    created = await trial.existing()
    before = await trial.settled(created.id)
    for which, path in (("workload", f"{CREATE_PATH}/{created.id}"), ("collection", CREATE_PATH)):
        answer = await trial.send(Request(method=method, path=path))
        trial.observe("WV2-HTTP-012", f"{method} of the {which}: {answer.status}")

    members = (*sorted(METADATA), "desiredPhase", "rawManifest")

    after, compared = await stays_untouched(trial, members, before, created, lambda _answer: True)
    changed, difference = differing(compared, before, after), trial.compared(compared, before, after)
    trial.judge(
        "WV2-HTTP-011",
        is_success(after) and not changed,
        message=f"{method} changed {', '.join(changed) or 'the workload'}",
        code=f"{method}/changed:{','.join(changed)}",
        way=f"{method} changed the workload",
        expected=difference.expected,
        observed=difference.observed,
        answer=after,
    )
