"""What time does to a workload that nobody writes to, and when and by whom it says that it was made."""

from __future__ import annotations

from workloads_conformance.api import Answer, WorkloadTrial, instant, is_gone, is_settled
from workloads_conformance.runner import Kinds, UndecidedError, UntestableError, is_success, judges

from .keeping import judge_unmarked
from .times import TOLERANCE, date_of


@judges("WV2-LIFE-004", kinds=Kinds.EACH)
async def test_when_a_workload_was_created(trial: WorkloadTrial) -> None:
    """createdAt: the timestamp for when the workload was created."""
    answer = trial.need_accepted(await trial.create(trial.body()), "the create")
    now, created = date_of(answer), instant(answer.metadata.get("createdAt"))
    if created is None:
        raise UndecidedError("createdAt is not a valid timestamp")
    if now is None:
        raise UntestableError("the answer to POST has no Date to compare createdAt with")
    trial.judge(
        "WV2-LIFE-004",
        abs(created - now) <= TOLERANCE,
        message="createdAt is not when the workload was created",
        code="create/createdAt-not-now",
        expected=f"about {now.isoformat()}",
        observed=answer.metadata.get("createdAt"),
        answer=answer,
    )


@judges(
    "WV2-LIFE-002",
    "WV2-LIFE-006",
    "WV2-LIFE-009",
    "WV2-LIFE-010",
    over=("after create", "after update"),
    kinds=Kinds.EACH,
)
async def test_a_workload_at_rest(trial: WorkloadTrial, when: str) -> None:
    """A workload that nobody writes to can be read, is not being deleted, and stays settled once it is."""
    created = await trial.existing()
    seen = await trial.settles(lambda: trial.get(created.id), _alive)
    if when == "after update" and _alive(seen):
        trial.need_accepted(await trial.update(created.id, {"metadata": {"priority": "high"}}), "the update")
        # Whoever answers knows it by now.
        seen = await trial.remains(lambda: trial.get(created.id), _alive)
    trial.judge(
        "WV2-LIFE-009",
        _alive(seen),
        message="a workload that could be read is not there, and nobody has deleted it",
        code="at-rest/gone",
        expected="200, and a workload that is not marked as deleted",
        observed=str(seen),
        answer=seen,
    )
    settled = await trial.settled(created.id)
    for reading in (seen, settled):
        if _alive(reading):
            judge_unmarked(trial, reading)
    if settled.at("syncInfo", "status") is None:
        raise UntestableError("the target shows no syncInfo")
    if when == "after create":  # an update may delete what runs, and make it again
        trial.judge(
            "WV2-LIFE-010",
            settled.at("syncInfo", "status") != "Deleting",
            message="a workload is said to be Deleting, and nobody deletes it",
            code="at-rest/status:Deleting",
            expected="any other status",
            observed=str(settled),
            answer=settled,
        )
    if not is_settled(settled):
        raise UntestableError("the workload did not settle within the settle time, which may take as long as it likes")

    def rests(answer: Answer) -> bool:
        return is_settled(answer) or not is_success(answer)

    seen = await trial.settles(lambda: trial.get(created.id), rests)
    trial.judge(
        "WV2-LIFE-006",
        rests(seen),
        message="a settled workload went on to another state without a write",
        code="at-rest/no-longer-settled",
        expected="Synced or Failed",
        observed=seen.at("syncInfo", "status"),
        answer=seen,
    )


def _alive(answer: Answer) -> bool:
    return is_success(answer) and not is_gone(answer)
