"""Runs the suite against faults and variants, several at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .catalogue import HonestServer
from .declare import Fault
from .judging import Job, ServerOutcome, bearing_on
from .model import FaultResult, SelfCheck, VariantResult
from .pool import run_jobs

_PATIENCE = 3.0
"""Seconds that honest servers get to settle: a busy machine is not their fault."""

Result = FaultResult | VariantResult


@dataclass(frozen=True, kw_only=True, slots=True)
class SelfCheckPlan:
    """What to judge, and how. `profile` is how many of its cases the suite tries on a variant alone."""

    faults: Sequence[Fault]
    honest_servers: Sequence[HonestServer]
    seed: int
    jobs: int
    bar: float
    profile: str

    def work(self) -> list[Job]:
        """Returns the jobs: the honest servers, each of which gets the whole suite, and then the faults."""
        faults = [
            Job(
                patches=(fault.name,),
                requirements=bearing_on(fault),
                enough=fault.requirements,
                seed=self.seed,
            )
            for fault in self.faults
        ]
        honest = [
            Job(
                patches=tuple(variant.name for variant in honest_server.variants),
                profile=self.profile if len(honest_server.variants) == 1 else "standard",
                seed=self.seed,
                settle=_PATIENCE,
            )
            for honest_server in self.honest_servers
        ]
        return honest + faults


def self_check(plan: SelfCheckPlan, on_result: Callable[[Result], None] = lambda _result: None) -> SelfCheck:
    """Returns what the suite made of every server; each result is also told as soon as it is there."""
    started = time.monotonic()
    subjects: list[HonestServer | Fault] = [*plan.honest_servers, *plan.faults]
    results: dict[int, Result] = {}
    for number, outcome in run_jobs(plan.work(), plan.jobs):
        results[number] = _result(subjects[number], outcome)
        on_result(results[number])
    ordered = [results[number] for number in range(len(subjects))]
    return SelfCheck(
        faults=tuple(result for result in ordered if isinstance(result, FaultResult)),
        variants=tuple(result for result in ordered if isinstance(result, VariantResult)),
        seed=plan.seed,
        jobs=plan.jobs,
        bar=plan.bar,
        seconds=time.monotonic() - started,
    )


def _result(subject: Fault | HonestServer, outcome: ServerOutcome) -> Result:
    return FaultResult(subject, outcome) if isinstance(subject, Fault) else VariantResult(subject, outcome)
