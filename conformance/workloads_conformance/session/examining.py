"""From what the cases of a test showed to its findings: which are examined, repeated, kept, and fail the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Protocol

from workloads_conformance.output import Redactor
from workloads_conformance.runner import Examined, Judgement, JudgingTest, Known, Outcome, Started, Tally
from workloads_reports import Finding, Waiver, covers
from workloads_specs import Catalogue, Level

from .counting import count
from .findings import finding_of, known, shortened, size_of
from .running import Running

_ROOM = 3_000_000
"""Characters of findings that a report takes in; of more, each is shortened. They are written four times."""

_MOST_TRIED = 3
"""Cases of one test that are repeated for one requirement, if what they showed does not repeat."""


class Clock(Protocol):
    """Tells when the run ended, if it is over now."""

    def finished(self) -> datetime:
        """Returns that."""
        ...


class Examiner:
    """Adds what tests show to a tally.

    Args:
        catalogue: the requirements.
        waivers: failures that somebody answers for.
        clock: until when they do.
        redactor: hides secrets.
        shrink: whether smaller cases are looked for where a drawn one violates a requirement.

    Attributes:
        tally: what was found so far.
    """

    def __init__(
        self, catalogue: Catalogue, waivers: Sequence[Waiver], clock: Clock, redactor: Redactor, *, shrink: bool
    ) -> None:
        self.tally = Tally(catalogue, self._is_waived)
        self._catalogue, self._waivers, self._clock = catalogue, waivers, clock
        self._redactor, self._shrink = redactor, shrink
        self._room = _ROOM

    def counted(self, running: Running, started: Started, *, sound: bool = True) -> list[Outcome]:
        """Waits for what a test's cases show, and counts it; `sound` says whether also where nothing is wrong."""
        outcomes = running.explorer.wait(started.outcomes)
        for outcome in [one for one in outcomes if sound or not one.is_sound]:
            count(started.test, outcome, self.tally, self._redactor, exchanges=running.client.exchanges)
        return outcomes

    def problems(self, running: Running, started: Started, outcomes: Sequence[Outcome]) -> list[str]:
        """Examines the violations of a test's cases; returns the text of each finding that fails the test."""
        problems = []
        tried: Counter[tuple[str, bool]] = Counter()
        for violation, first in _violations(outcomes):
            # One of a requirement is enough, if it repeats; but a waived one must not hide another.
            by = known(violation, self._redactor)
            kind = (violation.requirement, self._is_waived(by))
            if tried[kind] >= _MOST_TRIED or not self.tally.wants(by):
                continue
            examined = self._examine(running, started, outcomes, violation, first)
            tried[kind] += _MOST_TRIED if examined.is_confirmed else 1
            problem = self._note(running, started.test, examined, outcomes)
            problem = problem or self._instead(running, started, examined, outcomes)
            if problem:
                problems.append(problem)
                if running.settings.fail_fast:
                    break
        return problems

    def _examine(
        self, running: Running, started: Started, outcomes: Sequence[Outcome], violation: Judgement, first: Outcome
    ) -> Examined:
        """Looks for a smaller case, where there may be one, and repeats it while no other test goes on."""
        test, scope, explorer = started.test, started.scope, running.explorer
        early = running.schedule.started_early()
        explorer.still()
        smallest, smaller = first, started.smaller if self._shrink else None
        if first.takes_long and not (smaller is not None and smaller.at_once):
            self._repeat_early(running, [started, *early])
        elif smaller is not None and explorer.repeats(scope, test.run, first, violation):
            smallest = explorer.smallest(scope, test.run, smaller, outcomes, violation, first)
        return explorer.confirm(scope, test.run, smallest, violation)

    def _instead(
        self, running: Running, started: Started, examined: Examined, outcomes: Sequence[Outcome]
    ) -> str | None:
        """Examines what a case shows in place of what was looked for; as `_note`."""
        if examined.instead is None or not self.tally.wants(known(examined.instead[0], self._redactor)):
            return None
        violation, shown = examined.instead
        found = running.explorer.confirm(started.scope, started.test.run, shown, violation)
        return self._note(running, started.test, found, outcomes) if found.is_confirmed else None

    def _repeat_early(self, running: Running, tests: Iterable[Started]) -> None:
        """Starts to repeat what takes long in these tests: it is waited for together, and not one after the other."""
        repeated: set[tuple[str, str]] = set()
        for started in tests:
            for violation, first in self._first_violations(running.explorer.wait(started.outcomes)):
                key = (violation.requirement, violation.code)
                if key not in repeated:  # what two tests show in the same way is one finding
                    repeated.add(key)
                    running.explorer.repeat_early(started.scope, started.test.run, first, violation)

    def _first_violations(self, outcomes: Sequence[Outcome]) -> list[tuple[Judgement, Outcome]]:
        """Returns the violations of the cases that are examined first."""
        taken: dict[tuple[str, bool], tuple[Judgement, Outcome]] = {}
        for violation, outcome in _violations(outcomes):
            by = known(violation, self._redactor)
            if self.tally.wants(by):
                kind = (violation.requirement, self._is_waived(by))
                taken.setdefault(kind, (violation, outcome))
        return list(taken.values())

    def _is_waived(self, by: Known) -> bool:
        today = self._clock.finished().date()
        return any(
            waiver.requirement == by.requirement and waiver.expires >= today and covers(waiver, by.code, by.message)
            for waiver in self._waivers
        )

    def _note(self, running: Running, test: JudgingTest, examined: Examined, outcomes: Sequence[Outcome]) -> str | None:
        """Records what was examined; returns the text of a finding that fails the test."""
        judgement = examined.judgement
        requirement = self._catalogue[judgement.requirement]
        cases = sum(outcome.violation(judgement.requirement, judgement.code) is not None for outcome in outcomes)
        finding = finding_of(examined, test, running.shell, running.snippets, self._redactor, occurrences=max(1, cases))
        self._room -= size_of(finding)
        if self._room < 0:
            finding = shortened(finding)
        if not examined.is_confirmed:
            self.tally.inconclusive(
                requirement.id,
                f"{finding.message}, but only {finding.confirmed} times when repeated: {finding.observed}",
            )
            return None
        self.tally.find(requirement.id, finding)
        running.access.log.finding(requirement.id, asdict(finding))
        if requirement.level is not Level.MUST or self._is_waived(known(judgement, self._redactor)):
            return None
        return _told(requirement.id, requirement.title, finding)


def _violations(outcomes: Sequence[Outcome]) -> list[tuple[Judgement, Outcome]]:
    """Returns the violations of the cases in order, each with its case; equal ones of a case once."""
    found: dict[tuple[int, str, str], tuple[Judgement, Outcome]] = {}
    for index, outcome in enumerate(outcomes):
        for judgement in outcome.trial.judgements:
            if not judgement.satisfied:
                found.setdefault((index, judgement.requirement, judgement.code), (judgement, outcome))
    return list(found.values())


def _told(identifier: str, title: str, finding: Finding) -> str:
    commands = finding.reproduce.replace("\n", "\n    ")
    return (
        f"{identifier} {title}\n  {finding.message}\n  code: {finding.code}\n"
        f"  expected: {finding.expected}\n  observed: {finding.observed}\n"
        f"  repeated {finding.confirmed}; to reproduce:\n    {commands}"
    )
