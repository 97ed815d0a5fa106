"""Requests that have to be refused, for a single flaw of one that the target accepts."""

from __future__ import annotations

from typing import Any

from workloads_conformance.api import WorkloadTrial
from workloads_strategies.mutations import Refusal

REFUSED = 400


async def refused_create(trial: WorkloadTrial, requirement: str, case: Refusal) -> None:
    """Judges that a create is refused."""
    await trial.control(form=case.form)
    if case.metadata:
        await trial.control(form=case.form, dry_run="true", **case.metadata)
    answer = await trial.probe(case.body(trial.body(form=case.form, **case.metadata)))
    trial.status(requirement, answer, REFUSED, f"a create with {case.label}")


async def refused_update(trial: WorkloadTrial, requirement: str, case: Refusal) -> None:
    """Judges that an update is refused."""
    statuses = trial.refusals("update")
    identifier = await trial.updatable(form="base64" if case.form == "base64" else "json")
    answer = await trial.update(identifier, case.body(_good(trial, case)))
    trial.status(requirement, answer, statuses, f"an update with {case.label}")


def _good(trial: WorkloadTrial, case: Refusal) -> dict[str, Any]:
    """Returns an update without a flaw: of nothing, of metadata, or of the manifest in a form."""
    good = {} if case.form == "none" else trial.body(form=case.form)
    return {**{name: value for name, value in good.items() if name != "metadata"}, **_metadata(case)}


def _metadata(case: Refusal) -> dict[str, Any]:
    return {"metadata": dict(case.metadata)} if case.metadata else {}
