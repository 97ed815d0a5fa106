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
    NOT_HERE,
    Coverage,
    Extent,
    Implementation,
    Leftovers,
    Report,
    Run,
    RunVerdict,
    Selected,
    Shards,
    Spec,
    Waiver,
    apply_waivers,
    rule,
)
from workloads_specs import Contract

from .collected import suite_tests
from .elements import contract_elements
from .part import Part
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
        part: what was to be run here.
        selected: how its tests were chosen; None if nothing was left out by choice.
    """

    finished: datetime
    stopped: str | None
    exchanges: int
    account: Account
    ran: Mapping[str, int]
    told: Container[str]
    part: Part
    selected: Selected | None = None


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
        found = tally.results(lambda requirement: why or _untried(requirement, ended))
        results, waivers = apply_waivers(found, self.waivers, on=ended.finished.date())
        plan = _extent(ended, tally, settings)
        verdict, reason = rule(results, complete=why is None, plan=plan)
        if why and verdict is RunVerdict.INCONCLUSIVE:
            reason = why if why.endswith(".") else f"{why}."
        elif why and verdict is RunVerdict.NONCONFORMANT:
            reason = f"{reason} The run ended early: {why.rstrip('.')}."
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


def _untried(requirement: str, ended: Ended) -> str:
    """Returns why a requirement was not tried in a run that came to its end."""
    if ended.part.others:
        return NOT_HERE
    if ended.selected is not None and requirement not in ended.selected.requirements:
        return "no test of it was selected"
    names = [test.name for test in suite_tests().values() if requirement in test.requirements]
    if names and not any(name in ended.ran for name in names):
        return "none of its tests was run"
    if all(name in ended.told for name in names):
        return "no answer came that it is about"
    return "its tests did not run to their end"


def _extent(ended: Ended, tally: Tally, settings: Settings) -> Extent:
    tests, part = suite_tests(), ended.part
    shards = None
    if part.shard is not None:
        numbers = (part.shard.number,)
        shards = Shards(of=part.shard.of, numbers=numbers, plan=part.plan, unreached=tally.unreached())
    in_part = bool(shards and shards.absent)
    planned = {test.name for test in part.tests} | part.others | set(ended.ran)
    coverage = (
        Coverage(what, tally.covered(what), possible, tally.covered_items(what) if in_part else ())
        for test in tests.values()
        if test.name in planned  # of what was left out by choice nothing need be counted, which takes its time
        for what, possible in test.coverage(settings).items()
    )
    return Extent(
        tests=len(tests),
        cases=sum(ended.ran.values()),
        missing=tuple(name for name in tests if name not in ended.told and name not in part.others),
        coverage=tuple(sorted(coverage, key=lambda one: one.what)),
        selected=ended.selected,
        shards=shards,
    )
