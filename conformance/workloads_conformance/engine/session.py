"""One run: brings up the target, runs tests, cleans up, and makes the report."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from workloads_conformance._version import __version__
from workloads_conformance.checks import Judgement, Shapes, UniversalChecks
from workloads_conformance.client import EMBEDDED, Account, Client, Redactor, Shell, Snippets
from workloads_conformance.errors import ConformanceError
from workloads_conformance.settings import Mode, Settings
from workloads_conformance.settings.waivers import load_waivers
from workloads_reports import (
    Coverage,
    Extent,
    Finding,
    Implementation,
    Leftovers,
    Report,
    Run,
    RunVerdict,
    Spec,
    apply_waivers,
    covers,
    rule,
)
from workloads_specs import Level, load_catalogue, load_contract

from .cleanup import Cleanup
from .collected import suite_tests
from .context import Context
from .described import describe
from .explore import Examined, Explorer, Outcome
from .findings import Known, finding_of, known, shortened, size_of
from .judges import InTurn, JudgingTest
from .loop import LoopThread
from .patience import Patience
from .pieces import pieces
from .preflight import DRY_RUN_CHECK, check_controls, check_target
from .record import Record
from .remaining import REMAINING_CHECK
from .schedule import Schedule, Started
from .targets import Access, LiveTarget, Target

_LIVE_PER_TRIAL = 2
"""Workloads that a trial has alive at a time, as a rule; `max-live` bounds the number of trials by it."""


_ROOM = 3_000_000
"""Characters of findings that a report takes in; of more, each is shortened. They are written four times."""

_MOST_TRIED = 3
"""Cases of one test that are repeated for one requirement, if what they showed does not repeat."""


class BrokenRequirementError(AssertionError):
    """A test found the target to break requirements; the text names them, with what was expected and observed."""


class Session:
    """A run in progress: opened, given tests, cleaned up, reported on, and closed.

    Args:
        settings: what the run was told.
        environ: the environment, which holds the tokens.
        shrink: whether smaller cases are looked for where a drawn one breaks a requirement.
        target: what is judged; the server that the settings name, if None.

    Attributes:
        ran: the cases that have been run, by test, as `Plan.missing` takes them.
    """

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], *, shrink: bool = True, target: Target | None = None
    ) -> None:
        self._shrink = shrink
        self.settings = settings
        self.redactor = Redactor()
        self.catalogue = load_catalogue()
        self.waivers = load_waivers(settings.waivers, self.catalogue) if settings.waivers else ()
        self.contract = load_contract(literal=settings.literal)
        self.record = Record(self.catalogue, self._is_waived)
        self.stopped: str | None = None
        self.ran: dict[str, int] = {}
        self._told: dict[str, list[str]] = {}
        self.on_progress: Callable[[], None] = lambda: None
        self._planned: list[JudgingTest] = []
        self._target = target or LiveTarget(settings, environ)
        self._resources = contextlib.ExitStack()
        self._resources.callback(self._target.close)
        self._context: Context | None = None
        self._account: Account | None = None
        self._access: Access | None = None
        self._why: str | None = "no report was made"
        self._room = _ROOM
        self._finished = self._target.started

    # -- the target -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Starts what the run needs and makes sure that the target can be judged.

        Raises:
            UsageError, TargetError: it cannot; `stopped` then says why, and a report can still be made.
        """
        try:
            self._open()
        except ConformanceError as error:
            self.stopped = self.redactor.text(str(error))
            raise

    def _open(self) -> None:
        self._loop = self._resources.enter_context(LoopThread())
        access = self._target.open(self._loop, self.redactor, self._resources)
        self._access, self.settings = access, access.settings
        plan = [test.name for test in self._planned]
        access.log.begin(describe(self._target, access, self.contract, self.waivers, plan=plan, shrink=self._shrink))
        self.client = Client(
            access.course, access.tokens, access.safety, access.inventory, patience=self.settings.settle
        )
        self.client.on_exchange = self._on_exchange
        assert self.settings.target
        told = (self.settings.target, access.tokens.shell_name, self.redactor, self.settings.report_dir)
        self._shell = Shell(*told, store=self._target.live)
        self._snippets = Snippets(*told, store=self._target.live)
        patience = Patience(self.settings.settle)
        context = Context(
            settings=self.settings,
            contract=self.contract,
            client=self.client,
            checks=UniversalChecks(self.contract),
            shapes=Shapes(self.contract),
            identity=access.identity,
            cleanup=Cleanup(self.client, patience),
            patience=patience,
            prefix=access.inventory.prefix,
            redactor=self.redactor,
        )
        self._equip(context)
        self._loop.run(check_target(context))
        if self.settings.mode is not Mode.READ_ONLY:
            self._check_dry_run()
            if self.stopped is None:
                self._set_aside(self._loop.run(check_controls(context)))
                self._equip(replace(context, settings=self.settings))

    def _equip(self, context: Context) -> None:
        """Makes what runs tests."""
        self._context = context
        slots = max(1, self.settings.max_live // _LIVE_PER_TRIAL)
        self._explorer = Explorer(self._loop, context, slots=slots)
        self._schedule = Schedule(self._planned, self._explorer, self.client, self.settings)

    def _check_dry_run(self) -> None:
        """Makes sure, before there are many, that a dry run creates nothing; one that does ends mode dry-run."""
        function, scope = DRY_RUN_CHECK.run, DRY_RUN_CHECK.name
        self._explore(Started(DRY_RUN_CHECK, scope, None, self._explorer.start(scope, function, [None])))
        if self.settings.mode is Mode.DRY_RUN and self.client.inventory.dry_runs_create:
            self.stopped = self.client.no_more_creates = (
                "a dry run created a workload: mode dry-run is not safe on this target, and was stopped"
            )

    def _set_aside(self, kinds: Mapping[str, int]) -> None:
        """Goes on without kinds that the target does not take; the report says so."""
        for kind, status in kinds.items():
            self.record.observe("WV2-CREATE-039", f"{kind}: set aside, for the plainest create is refused ({status})")
        left = tuple(kind for kind in self.settings.kinds if kind not in kinds)
        self.settings = replace(self.settings, kinds=left)

    def _on_exchange(self) -> None:
        self.on_progress()

    # -- tests ------------------------------------------------------------------------------------------------------

    def plan(self, tests: Iterable[JudgingTest]) -> None:
        """Learns, before it is opened, which tests will be run: they are started early, and share the budget."""
        self._planned = list(tests)

    def run_test(self, test: JudgingTest) -> None:
        """Runs a test on its cases and records what they show.

        Raises:
            BrokenRequirementError: a MUST was found broken that no earlier test had found broken in the same way.
        """
        assert self._access
        if self._access.course.full is not None:
            return
        if test.name not in self._told:
            self._told[test.name] = self._problems(test)
        # A test that is run again, as by a plugin that repeats what failed, says what it said.
        if problems := self._told[test.name]:
            raise BrokenRequirementError("\n\n".join(problems))

    def _problems(self, test: JudgingTest) -> list[str]:
        """Runs a test; returns the text of each finding that fails it."""
        assert self._access
        self._access.log.test(test.name)
        problems = [problem for started in self._schedule.rounds(test) for problem in self._explore(started)]
        if self._schedule.is_over:
            self._explorer.still()  # what is cut off at the end would end elsewhere when the run is judged again
        return problems

    def fault(self, test: JudgingTest, error: BaseException) -> None:
        """Records that the suite itself failed on a test."""
        for requirement in test.requirements:
            self.record.fault(requirement, self.redactor.text(f"{type(error).__name__}: {error} ({test.name})"))

    def _explore(self, started: Started) -> list[str]:
        """Records what a test's cases show; returns the text of each finding that fails the test."""
        outcomes = self._explorer.wait(started.outcomes)
        if started.test not in (DRY_RUN_CHECK, REMAINING_CHECK):
            self.ran.setdefault(started.test.name, len(outcomes))  # of the first round, which is the plan's
        for outcome in outcomes:
            self._count(started.test, outcome)
        problems = []
        tried: Counter[tuple[str, bool]] = Counter()
        for breach, first in self._breaches(outcomes):
            # One of a requirement is enough, if it repeats; but a waived one must not hide another.
            by = known(breach, self.redactor)
            kind = (breach.requirement, self._is_waived(by))
            if tried[kind] >= _MOST_TRIED or not self.record.wants(by):
                continue
            examined = self._examine(started, outcomes, breach, first)
            tried[kind] += _MOST_TRIED if examined.repeated == examined.repetitions else 1
            if problem := self._note(started.test, examined, outcomes):
                problems.append(problem)
        return problems

    def _examine(self, started: Started, outcomes: Sequence[Outcome], breach: Judgement, first: Outcome) -> Examined:
        """Looks for a smaller case, where there may be one, and repeats it while no other test goes on."""
        test, scope = started.test, started.scope
        early = self._schedule.started_early()
        self._explorer.still()
        smallest = first
        if isinstance(test.cases, InTurn) and self._shrink:
            groups = test.cases.shorter_than(first.case)
            smallest = self._explorer.shortest(scope, test.run, groups, first, breach)
        elif first.takes_long:
            self._repeat_early([started, *early])
        elif self._shrink and started.redraw is not None and self._explorer.repeats(scope, test.run, first, breach):
            smallest = self._explorer.smallest(scope, test.run, started.redraw, outcomes, breach)
        return self._explorer.confirm(scope, test.run, smallest, breach)

    def _count(self, test: JudgingTest, outcome: Outcome) -> None:
        judged = {judgement.requirement for judgement in outcome.trial.judgements}
        judged |= {requirement for requirement, _ in outcome.trial.observations}
        for judgement in outcome.trial.judgements:
            if judgement.kept:
                self.record.kept(judgement.requirement)
            else:
                last = max((exchange.number for exchange in outcome.trial.exchanges), default=self.client.exchanges)
                self.record.broken(judgement.requirement, judgement.exchange.number if judgement.exchange else last)
        for requirement, answer in outcome.trial.observations:
            self.record.observe(requirement, self.redactor.text(answer))
        for what, item in outcome.trial.covered:
            self.record.cover(what, item)
        for name, seconds in outcome.trial.durations:
            self.record.took(name, seconds)
        for exchange in outcome.trial.exchanges:
            self.record.took(exchange.request.method, exchange.seconds)
        for requirement in test.requirements:
            self._note_why_not(test, outcome, requirement, judged=requirement in judged)

    def _note_why_not(self, test: JudgingTest, outcome: Outcome, requirement: str, *, judged: bool) -> None:
        """Records why a case did not judge a requirement of its test, if it did not."""
        if outcome.fault:
            self.record.fault(requirement, self.redactor.text(outcome.fault))
        elif outcome.doubt and not judged:
            self.record.doubt(requirement, self.redactor.text(outcome.doubt))
        elif outcome.untestable:
            self.record.untestable(requirement, self.redactor.text(outcome.untestable))
        elif not judged:
            self.record.untestable(requirement, self.redactor.text(_not_reached(test, outcome)))

    def _repeat_early(self, tests: Iterable[Started]) -> None:
        """Starts to repeat what takes long in these tests: it is waited for together, and not one after the other."""
        repeated: set[tuple[str, str]] = set()
        for started in tests:
            for breach, first in self._first_breaches(self._explorer.wait(started.outcomes)):
                key = (breach.requirement, breach.code)
                if key not in repeated:  # what two tests show in the same way is one finding
                    repeated.add(key)
                    self._explorer.repeat_early(started.scope, started.test.run, first, breach)

    def _breaches(self, outcomes: Sequence[Outcome]) -> list[tuple[Judgement, Outcome]]:
        """Returns what the cases broke, each with the case, in order; what one broke several times in one way, once."""
        found: dict[tuple[int, str, str], tuple[Judgement, Outcome]] = {}
        for index, outcome in enumerate(outcomes):
            for judgement in outcome.trial.judgements:
                if not judgement.kept:
                    found.setdefault((index, judgement.requirement, judgement.code), (judgement, outcome))
        return list(found.values())

    def _first_breaches(self, outcomes: Sequence[Outcome]) -> list[tuple[Judgement, Outcome]]:
        """Returns what will be examined first of what the cases broke."""
        taken: dict[tuple[str, bool], tuple[Judgement, Outcome]] = {}
        for breach, outcome in self._breaches(outcomes):
            by = known(breach, self.redactor)
            if self.record.wants(by):
                kind = (breach.requirement, self._is_waived(by))
                taken.setdefault(kind, (breach, outcome))
        return list(taken.values())

    def _is_waived(self, by: Known) -> bool:
        today = self._target.finished().date()
        return any(
            waiver.requirement == by.requirement and waiver.expires >= today and covers(waiver, by.code, by.message)
            for waiver in self.waivers
        )

    def _note(self, test: JudgingTest, examined: Examined, outcomes: Sequence[Outcome]) -> str | None:
        judgement = examined.judgement
        requirement = self.catalogue[judgement.requirement]
        count = sum(outcome.breach(judgement.requirement, judgement.code) is not None for outcome in outcomes)
        finding = finding_of(examined, test, self._shell, self._snippets, self.redactor, occurrences=max(1, count))
        self._room -= size_of(finding)
        if self._room < 0:
            finding = shortened(finding)
        if examined.repeated < examined.repetitions:
            self.record.doubt(
                requirement.id,
                f"{finding.message}, but only {finding.confirmed} times when repeated: {finding.observed}",
            )
            return None
        self.record.find(requirement.id, finding)
        assert self._access
        self._access.log.finding(requirement.id, asdict(finding))
        if requirement.level is not Level.MUST or self._is_waived(known(judgement, self.redactor)):
            return None
        return _told(requirement.id, requirement.title, finding)

    # -- the end ----------------------------------------------------------------------------------------------------

    def clean_up(self) -> None:
        """Deletes what the run created and waits until it is gone."""
        if self._context is None:
            return
        self._loop.cancel()  # tests that were started early, and whose turn will not come
        waits = ", ".join(f"{count} times {status}" for status, count in sorted(self.client.waits.items()))
        self.record.observe("WV2-HTTP-013", waits or "never")
        self._account = self._loop.run(self._context.cleanup.finish())
        in_full = self._context.cleanup.waited_in_full and self.client.lost is None
        if in_full and self.client.inventory.still_there():
            function, scope = REMAINING_CHECK.run, REMAINING_CHECK.name
            self._explore(Started(REMAINING_CHECK, scope, None, self._explorer.start(scope, function, [None])))
            self._account = self._loop.run(self._context.cleanup.finish())

    def _accounted(self) -> Account:
        """Returns what became of what was created: what is known so far, where the cleaning up was cut short."""
        if self._account is not None or not hasattr(self, "client"):
            return self._account or Account()
        return self.client.inventory.account()

    def _leftovers(self) -> Leftovers:
        account = self._accounted()
        return Leftovers(
            created=account.created,
            removed=account.removed,
            leaked=tuple(map(self.redactor.text, account.left)),
            unknown=tuple(map(self.redactor.text, account.unknown)),
        )

    @property
    def _full(self) -> str | None:
        return self._access.course.full if self._access is not None else None

    def close(self) -> None:
        """Ends the record, the embedded server and the loop; the ledger stays if something is left."""
        if self._access is not None:
            self._access.ledger.close(clean=self._accounted().is_clean)
            self._access.log.end({"stopped": self._why, "finished": self._finished.isoformat()})
            self._access = self._context = None
        self._resources.close()

    def _halted(self) -> str | None:
        return self.client.no_more_creates if hasattr(self, "client") else None

    def _extent(self) -> Extent:
        tests = suite_tests()
        missing = tuple(name for name in tests if name not in self._told)
        coverage = [
            Coverage(what, self.record.covered(what), possible)
            for test in tests.values()
            for what, possible in test.coverage(self.settings).items()
        ]
        return Extent(tests=len(tests), cases=sum(self.ran.values()), missing=missing, coverage=tuple(coverage))

    def report(self, *, interrupted: bool = False) -> Report:
        """Returns the report on what was found so far."""
        lost = self.client.lost if hasattr(self, "client") else None
        lost = f"the target stopped answering: {lost}" if lost else None
        why = self._why = (
            self.stopped or lost or self._halted() or self._full or ("the run was interrupted" if interrupted else None)
        )
        self._finished = self._target.finished()
        found = self.record.results(otherwise=why or "no test of it was selected")
        results, waivers = apply_waivers(found, self.waivers, on=self._finished.date())
        plan = self._extent()
        verdict, reason = rule(results, complete=why is None, missing=plan.missing)
        if why and verdict is RunVerdict.INCONCLUSIVE:
            reason = why if why.endswith(".") else f"{why}."
        return Report(
            verdict=verdict,
            reason=self.redactor.text(reason),
            suite_version=__version__,
            spec=Spec(title=self.contract.title, version=self.contract.version, sha256=self.contract.sha256),
            target_url=self.settings.target or EMBEDDED,
            implementation=Implementation(**asdict(self.settings.implementation)),
            run=Run(
                id=self._target.run_id,
                started=self._target.started,
                finished=self._finished,
                seed=self.settings.seed,
                profile=self.settings.profile,
                mode=self.settings.mode,
                concurrency=self.settings.concurrency,
                complete=why is None,
            ),
            exchanges=self.client.exchanges if hasattr(self, "client") else 0,
            requirements=results,
            observations=self.record.observations(),
            timings=self.record.timings(),
            leftovers=self._leftovers(),
            waivers=waivers,
            pieces=pieces(),
            embedded=self._target.embedded,
            plan=plan,
        )


def _not_reached(test: JudgingTest, outcome: Outcome) -> str:
    """Returns why a case did not come to a requirement: what it found before."""
    broken = next((judgement for judgement in outcome.trial.judgements if not judgement.kept), None)
    if broken is None:
        return f"no case of {test.name} came to it"
    return f"{test.name} did not come to it: {broken.requirement}: {broken.message}"


def _told(identifier: str, title: str, finding: Finding) -> str:
    commands = finding.reproduce.replace("\n", "\n    ")
    return (
        f"{identifier} {title}\n  {finding.message}\n  code: {finding.code}\n"
        f"  expected: {finding.expected}\n  observed: {finding.observed}\n"
        f"  repeated {finding.confirmed}; to reproduce:\n    {commands}"
    )
