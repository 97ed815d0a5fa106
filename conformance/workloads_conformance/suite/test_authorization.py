"""A token that is genuine and lacks the rights: 403, and nothing changes."""

from __future__ import annotations

from workloads_conformance.api import WorkloadTrial
from workloads_conformance.http import Authorization
from workloads_conformance.runner import Kinds, UndecidedError, UntestableError, judges

from .attempts import EACH_BUT_TAKEN, attempt, by_operation, judge_no_effect

_REQUIREMENTS = by_operation(
    {
        "create": "WV2-AUTH-009",
        "dry run": "WV2-AUTH-009",
        "get": "WV2-AUTH-010",
        "update": "WV2-AUTH-011",
        "delete": "WV2-AUTH-012",
    }
)
_STATUSES = by_operation(
    {"create": (403,), "dry run": (403,), "get": (403, 404), "update": (403, 404), "delete": (403, 404)}
)


def _forbidden(trial: WorkloadTrial) -> Authorization:
    forbidden = trial.forbidden
    if forbidden is None:
        raise UntestableError("no token without rights was given; --forbidden-token-env NAME gives one")
    return forbidden


@judges("WV2-AUTH-009", "WV2-AUTH-010", "WV2-AUTH-011", "WV2-AUTH-012", over=EACH_BUT_TAKEN)
async def test_with_a_token_that_lacks_the_rights(trial: WorkloadTrial, operation: str) -> None:
    """403: Forbidden; 404 where the caller may not know of the workload at all."""
    answer = await attempt(trial, operation, _forbidden(trial))
    if answer.status == 401:
        raise UndecidedError("the token without rights is refused as such (401), so that it shows nothing about rights")
    trial.status(
        _REQUIREMENTS[operation], answer, _STATUSES[operation], f"{operation} with a token that lacks the rights"
    )


@judges("WV2-AUTH-013", over=("create", "update", "delete"), kinds=Kinds.EACH)
async def test_a_write_without_the_rights_changes_nothing(trial: WorkloadTrial, operation: str) -> None:
    """A write that returned 403 was not done."""
    await judge_no_effect(trial, operation, _forbidden(trial))
