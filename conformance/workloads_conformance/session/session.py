"""One run: brings up the target, runs tests, cleans up, and makes the report."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence

from workloads_conformance.api import (
    AGREEMENT_CHECK,
    BUSY,
    CONTROL_CHECK,
    DRY_RUN_CHECK,
    REFUSED_KIND,
    REMAINING_CHECK,
    Account,
    check_controls,
    check_target,
)
from workloads_conformance.errors import ConformanceError, TargetError
from workloads_conformance.http import LOST
from workloads_conformance.output import Redactor
from workloads_conformance.runner import JudgingTest, LoopThread, Started, Tally
from workloads_conformance.settings import Mode, Settings
from workloads_conformance.settings.waivers import load_waivers
from workloads_reports import Report, Waiver
from workloads_specs import load_catalogue, load_contract

from .described import describe, describe_selection
from .examining import Examiner
from .part import Part
from .reporting import Ended, Reporter
from .running import Running, running_on
from .selecting import Selection
from .targets import LiveTarget, Target


class RequirementViolatedError(AssertionError):
    """A test found the target to violate requirements; the text names them, with what was expected and observed."""


class Session:
    """A run in progress: opened, given tests, cleaned up, reported on, and closed.

    Args:
        settings: the given settings.
        environ: the environment, which holds the tokens.
        shrink: whether smaller cases are looked for where a drawn one violates a requirement.
        target: what is judged; the server that the settings name, if None.
        waivers: failures that somebody answers for; those in the file that the settings name, if None.

    Attributes:
        stopped: why the run does not come to its end, if somebody said so.
        is_settled: whether it ends here, for a MUST failed, and that is enough.
        ran: the cases that have been run, by test, as `Plan.missing` takes them.
        on_progress: called after each exchange.
        on_notice: called with what whoever looks on has to know at once.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        shrink: bool = True,
        target: Target | None = None,
        waivers: Sequence[Waiver] | None = None,
    ) -> None:
        self._given, self._shrink = settings, shrink
        self.redactor = Redactor()
        self.catalogue = load_catalogue()
        if waivers is None:
            waivers = load_waivers(settings.waivers, self.catalogue) if settings.waivers else ()
        self.waivers = waivers
        self.contract = load_contract(literal=settings.literal)
        self._target = target or LiveTarget(settings, environ)
        self._resources = contextlib.ExitStack()
        self._resources.callback(self._target.close)
        self._reporter = Reporter(target=self._target, contract=self.contract, waivers=waivers, redactor=self.redactor)
        self._examiner = Examiner(self.catalogue, waivers, self._target, self.redactor, shrink=shrink)
        self.stopped: str | None = None
        self.is_settled = False
        self.ran: dict[str, int] = {}
        self.on_progress: Callable[[], None] = lambda: None
        self.on_notice: Callable[[str], None] = lambda _text: None
        self._cleaning = False
        self._told: dict[str, list[str]] = {}
        self._selection = Selection()
        self._running: Running | None = None
        self._account: Account | None = None
        self._why: str | None = "no report was made"
        self._finished = self._target.started

    @property
    def settings(self) -> Settings:
        """The given settings; once the target is open, what is in effect."""
        return self._running.settings if self._running is not None else self._given

    @property
    def tally(self) -> Tally:
        """What was found so far."""
        return self._examiner.tally

    @property
    def exchanges(self) -> int:
        """How many there have been."""
        return self._running.client.exchanges if self._running is not None else 0

    @property
    def doing(self) -> str:
        """What is waited for, beside the tests, in words for who looks on; empty if nothing is."""
        waits = self._running.context.patience.told if self._running is not None else ""
        return ", ".join(filter(None, ("cleaning up" if self._cleaning else "", waits)))

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
        loop = self._resources.enter_context(LoopThread())
        access = self._target.open(loop, self.redactor, self._resources)
        running = running_on(access, loop, self.contract, self.redactor, self._selection, store=self._target.live)
        self._running = running
        told = describe_selection(self._selection)
        access.log.begin(describe(self._target, access, self.contract, self.waivers, **told, shrink=self._shrink))
        running.client.on_exchange = self._on_exchange
        loop.run(check_target(running.context))
        if running.settings.mode is not Mode.READ_ONLY:
            self._check_dry_run(running)
            if self.stopped is None:
                self._running = self._with_accepted_kinds(running)
            if self.stopped is None:
                self._check_agreement(self._running)

    def _check_dry_run(self, running: Running) -> None:
        """Makes sure, before there are many, that a dry run creates nothing; one that does ends mode dry-run."""
        self._run_check(running, DRY_RUN_CHECK)
        custody = running.context.custody
        if running.settings.mode is Mode.DRY_RUN and custody.inventory.dry_runs_create:
            self.stopped = custody.no_more_creates = (
                "a dry run created a workload: mode dry-run is not safe on this target, and was stopped"
            )

    def _check_agreement(self, running: Running) -> None:
        """Makes sure that whoever answers knows what was created; else this is said, and the run ends with it."""
        if running.settings.mode is Mode.FULL:
            self._run_check(running, AGREEMENT_CHECK)
            if self.tally.first_shown(AGREEMENT_CHECK.requirements[0]) is not None:
                self.is_settled = True
                running.context.custody.inventory.contradicted()
                self.stopped = (
                    "the target's answers contradict each other: of readings at one time some show a workload, and "
                    "others do not. Whatever else a test found would be due to that"
                )

    def _with_accepted_kinds(self, running: Running) -> Running:
        """Goes on without kinds that the target does not take; the report says so.

        Where it takes none, and that is its own fault, this is found, and the run ends with it.
        """
        try:
            kinds = running.loop.run(check_controls(running.context))
        except TargetError as error:
            if running.settings.mode is Mode.FULL:
                self._run_check(running, CONTROL_CHECK)
            if self.tally.first_shown(CONTROL_CHECK.requirements[0]) is None:
                raise
            self.is_settled, self.stopped = True, self.redactor.text(str(error))
            return running
        for kind, status in kinds.items() if running.part.speaks_for_all else ():
            self.tally.observe(REFUSED_KIND, f"{kind}: set aside, for the plainest create is refused ({status})")
        return running.without(tuple(kinds), self._selection)

    def _run_check(self, running: Running, check: JudgingTest) -> None:
        """Runs a test that is none of the suite's; every shard does, and what is in order counts once."""
        outcomes = running.explorer.start(check.name, check.run, {0: None})
        started = Started(check, check.name, None, outcomes)
        counted = self._examiner.counted(running, started, sound=running.part.speaks_for_all)
        self._examiner.problems(running, started, counted)

    def _on_exchange(self) -> None:
        self.on_progress()

    # -- tests ------------------------------------------------------------------------------------------------------

    def plan(self, selection: Selection) -> None:
        """Learns, before it is opened, which tests will be run: they are started early, and share the budget."""
        self._selection = selection

    def run_test(self, test: JudgingTest) -> None:
        """Runs a test on its cases and records what they show.

        Raises:
            RequirementViolatedError: a MUST was found violated that no earlier test had found violated in the same way.
        """
        assert self._running
        if self._running.access.transport.full is not None or test.name in self._running.part.others:
            return
        if test.name not in self._told:
            if self.is_settled:
                return
            self._told[test.name] = self._problems(self._running, test)
        # A test that is run again, as by a plugin that repeats what failed, says what it said.
        if problems := self._told[test.name]:
            raise RequirementViolatedError("\n\n".join(problems))

    def _problems(self, running: Running, test: JudgingTest) -> list[str]:
        """Runs a test; returns the text of each finding that fails it."""
        running.access.log.test(test.name)
        problems: list[str] = []
        for started in running.schedule.rounds(test):
            outcomes = self._examiner.counted(running, started)
            self.ran.setdefault(test.name, len(outcomes))  # of the first round, which is the plan's
            problems += self._examiner.problems(running, started, outcomes)
            if problems and running.settings.fail_fast:
                self.is_settled = True
                self.stopped = f"{test.name} found a MUST violated, and the first failure was to end the run"
                break
        if running.schedule.is_over:
            running.explorer.still()  # what is cut off at the end would end elsewhere when the run is judged again
        return problems

    def error(self, test: JudgingTest, error: BaseException) -> None:
        """Records that the suite itself failed on a test."""
        for requirement in test.requirements:
            self.tally.error(requirement, self.redactor.text(f"{type(error).__name__}: {error} ({test.name})"))

    # -- the end ----------------------------------------------------------------------------------------------------

    def clean_up(self) -> None:
        """Deletes what the run created and waits until it is gone."""
        running = self._running
        if running is None:
            return
        self._cleaning = True
        loop, cleanup = running.loop, running.context.cleanup
        running.schedule.abandon()
        self._observe_busy(running)
        self._account = loop.run(cleanup.finish())
        if running.client.lost or not running.context.custody.inventory.still_there():
            return
        if not cleanup.waited_in_full and self.tally.first_shown(REMAINING_CHECK.requirements[0]) is None:
            self._account = loop.run(cleanup.finish(in_full=True))  # no test has judged what stays
        if cleanup.waited_in_full and running.context.custody.inventory.still_there():
            self._run_check(running, REMAINING_CHECK)
            self._account = loop.run(cleanup.finish())

    def _observe_busy(self, running: Running) -> None:
        """Notes how often the target said that it is busy, and about how many requests a second it takes."""
        waits = ", ".join(f"{count} times {status}" for status, count in sorted(running.client.waits.items()))
        transport = running.access.transport
        takes = transport.recorded("requests a second that the target takes", lambda: round(transport.takes or 0.0, 1))
        if not (waits or takes or running.part.speaks_for_all):
            return
        told = waits or "never"
        if takes:
            told += f"; the target takes about {takes:g} requests a second"
        if rate := self._given.rate:
            told += f"; {rate:g} a second were allowed"
        self.tally.observe(BUSY, told)

    @property
    def pace(self) -> str:
        """What is known of how many requests the target takes, as the progress tells it; empty if nothing is."""
        takes = self._running.access.transport.takes if self._running is not None else None
        return f", the target limits the rate to about {takes:.3g}/s" if takes else ""

    def _accounted(self) -> Account:
        """Returns what became of what was created: what is known so far, where the cleaning up was cut short."""
        if self._account is not None or self._running is None:
            return self._account or Account()
        return self._running.context.custody.inventory.account()

    def close(self) -> None:
        """Ends the record, the embedded server and the loop; the ledger stays if something is left."""
        if self._running is not None:
            access = self._running.access
            access.ledger.close(clean=self._accounted().is_clean)
            access.log.end({"stopped": self._why, "finished": self._finished.isoformat()})
            self._given, self._running = self._running.settings, None
        self._resources.close()

    def report(self, *, interrupted: bool = False) -> Report:
        """Returns the report on what was found so far."""
        self._why = self.stopped or self._ended_early() or ("the run was interrupted" if interrupted else None)
        self._finished = self._target.finished()
        ended = Ended(
            finished=self._finished,
            stopped=self._why,
            exchanges=self.exchanges,
            account=self._accounted(),
            ran=self.ran,
            told=self._told,
            part=(self._running.part if self._running is not None else Part.of(self._selection.tests, self._given)),
            selected=self._selection.selected,
        )
        return self._reporter.report(self.tally, self.settings, ended)

    def _ended_early(self) -> str | None:
        """Returns what the target, or the record, put an end to; None if nothing did."""
        if self._running is None:
            return None
        client, custody = self._running.client, self._running.context.custody
        lost = f"{LOST}: {client.lost}" if client.lost else None
        return lost or custody.no_more_creates or self._running.access.transport.full
