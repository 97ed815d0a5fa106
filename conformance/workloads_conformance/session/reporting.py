"""The report on a run: what was found, what became of what was created, and how much of the plan it is."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from workloads_conformance._version import __version__
from workloads_conformance.api import EMBEDDED, Account
from workloads_conformance.output import Redactor
from workloads_conformance.runner import Tally
from workloads_conformance.settings import Settings
from workloads_reports import (
    Coverage,
    Extent,
    Implementation,
    Leftovers,
    Report,
    Run,
    RunVerdict,
    Spec,
    Waiver,
    apply_waivers,
    rule,
)
from workloads_specs import Contract

from .collected import suite_tests
from .elements import contract_elements
from .targets import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How far a run came.

    Attributes:
        finished: when it ended, if it is over now.
        stopped: why it did not come to its end; None if it did.
        exchanges: how many there were.
        account: what became of what it created.
        ran: the cases that ran, by test.
        told: the names of the tests that came to an end.
    """

    finished: datetime
    stopped: str | None
    exchanges: int
    account: Account
    ran: Mapping[str, int]
    told: Container[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reporter:
    """Makes the report on a run of what the session knows from its beginning."""

    target: Target
    contract: Contract
    waivers: Sequence[Waiver]
    redactor: Redactor

    def report(self, tally: Tally, settings: Settings, ended: Ended) -> Report:
        """Returns the report on what was found so far."""
        why = ended.stopped
        found = tally.results(otherwise=why or "no test of it was selected")
        results, waivers = apply_waivers(found, self.waivers, on=ended.finished.date())
        plan = _extent(ended, tally, settings)
        verdict, reason = rule(results, complete=why is None, missing=plan.missing)
        if why and verdict is RunVerdict.INCONCLUSIVE:
            reason = why if why.endswith(".") else f"{why}."
        return Report(
            verdict=verdict,
            reason=self.redactor.text(reason),
            suite_version=__version__,
            spec=Spec(title=self.contract.title, version=self.contract.version, sha256=self.contract.sha256),
            target_url=settings.target or EMBEDDED,
            implementation=Implementation(**asdict(settings.implementation)),
            run=self._run(settings, ended),
            exchanges=ended.exchanges,
            requirements=results,
            observations=tally.observations(),
            timings=tally.timings(),
            leftovers=self._leftovers(ended.account),
            waivers=waivers,
            elements=contract_elements(),
            embedded=self.target.embedded,
            plan=plan,
        )

    def _run(self, settings: Settings, ended: Ended) -> Run:
        return Run(
            id=self.target.run_id,
            started=self.target.started,
            finished=ended.finished,
            seed=settings.seed,
            profile=settings.profile,
            mode=settings.mode,
            concurrency=settings.concurrency,
            complete=ended.stopped is None,
            config=settings.config_place,
        )

    def _leftovers(self, account: Account) -> Leftovers:
        return Leftovers(
            created=account.created,
            removed=account.removed,
            leaked=tuple(map(self.redactor.text, account.left)),
            unknown=tuple(map(self.redactor.text, account.unknown)),
        )


def _extent(ended: Ended, tally: Tally, settings: Settings) -> Extent:
    tests = suite_tests()
    coverage = (
        Coverage(what, tally.covered(what), possible)
        for test in tests.values()
        for what, possible in test.coverage(settings).items()
    )
    missing = tuple(name for name in tests if name not in ended.told)
    return Extent(tests=len(tests), cases=sum(ended.ran.values()), missing=missing, coverage=tuple(coverage))
