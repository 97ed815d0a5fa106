"""When, and by whom: what timestamps and users in answers have to be, whatever they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from workloads_conformance.api import Answer, WorkloadTrial, instant, value_of
from workloads_conformance.runner import is_success

TOLERANCE: Final = timedelta(minutes=5)
"""By which the clock behind timestamps, and those that they are compared with, may differ."""

_TIMES: Final = ("createdAt", "updatedAt", "deletedAt")


def date_of(answer: Answer) -> datetime | None:
    """Returns the Date of an answer (RFC 9110, 6.6.1); None without a valid one."""
    response = answer.exchange.response
    try:
        found = parsedate_to_datetime((response.header("date") if response else None) or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def judge_times(trial: WorkloadTrial, answer: Answer) -> None:
    """Judges that no timestamp of an answer is of a time to come, by the later of its Date and the run's own clock."""
    if not is_success(answer):
        return
    now = max(filter(None, (trial.time_of(answer), date_of(answer))))
    for member in _TIMES:
        shown = instant(value_of(answer, member))
        if shown is not None:
            trial.judge(
                "WV2-LIFE-011",
                shown <= now + TOLERANCE,
                message=f"{member} is a time to come",
                code=f"{member}/time-to-come",
                expected=f"not after {now.isoformat()}",
                observed=str(value_of(answer, member)),
                answer=answer,
            )


def judge_who_deleted(trial: WorkloadTrial, answer: Answer) -> None:
    """Judges that deletedBy is who created the workload, where the same user did both and the answer names both."""
    creator, deleter = value_of(answer, "createdBy"), value_of(answer, "deletedBy")
    if is_success(answer) and creator and deleter:
        trial.same("WV2-DELETE-013", creator, deleter, "deletedBy, where one user created and deleted,", answer)
