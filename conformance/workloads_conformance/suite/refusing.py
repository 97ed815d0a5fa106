"""Requests that have to be refused, for a single flaw of one that the target accepts."""

from __future__ import annotations

from typing import Any

from workloads_conformance.api import WorkloadTrial
from workloads_strategies.mutations import Refusal

REFUSED = 400


async def refused_create(trial: WorkloadTrial, requirement: str, case: Refusal) -> None:
    """Judges that a create is refused."""
    await trial.control(form=case.form)
    answer = await trial.probe(case.body(trial.body(form=case.form)))
    trial.status(requirement, answer, REFUSED, f"a create with {case.label}")


async def refused_update(trial: WorkloadTrial, requirement: str, case: Refusal) -> None:
    """Judges that an update is refused."""
    statuses = trial.refusals("update")
    identifier = await trial.updatable(form="base64" if case.form == "base64" else "json")
    answer = await trial.update(identifier, case.body(_good(trial, case.form)))
    trial.status(requirement, answer, statuses, f"an update with {case.label}")


def _good(trial: WorkloadTrial, form: str) -> dict[str, Any]:
    """Returns an update without a flaw: of nothing, or of the manifest in a form."""
    if form == "none":
        return {}
    return {name: value for name, value in trial.body(form=form).items() if name != "metadata"}
