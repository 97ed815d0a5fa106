"""The tally: what the run has found so far, by requirement, and the verdict that follows from it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from workloads_reports import Durations, Finding, RequirementResult, Timing, Verdict, counted
from workloads_specs import Catalogue, Level, Requirement

MOST_FINDINGS = 3
"""Distinct findings that are examined and kept for one requirement, and as many waived ones; more are counted."""

_MOST_ANSWERS = 50
"""Different answers to one question that the contract leaves open; of more, the rest is counted as one."""

_LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """What a finding is known by, as a report shows it."""

    requirement: str
    code: str
    message: str


@dataclass(slots=True)
class _Entry:
    satisfied: int = 0
    violated: int = 0
    first: int | None = None
    findings: list[Finding] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    cut_short: list[str] = field(default_factory=list)
    untestable: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Tally:
    """Gathers judgements and findings, and folds them into one result for each requirement of the catalogue.

    `waived` says whether what is known of a finding is waived: such ones take no place from others.
    """

    def __init__(self, catalogue: Catalogue, waived: Callable[[Known], bool] = lambda _known: False) -> None:
        self.catalogue = catalogue
        self._waived = waived
        # All of them, for the progress of the run looks through them meanwhile, from a thread of its own.
        self._entries = {identifier: _Entry() for identifier in catalogue}
        self._durations: defaultdict[str, Durations] = defaultdict(Durations)
        self._covered: defaultdict[str, set[object]] = defaultdict(set)

    def satisfied(self, requirement: str) -> None:
        """Counts a case in which the requirement was satisfied."""
        self._entries[requirement].satisfied += 1

    def violated(self, requirement: str, exchange: int) -> None:
        """Counts a case in which it was violated, as the exchange of this number showed."""
        entry = self._entries[requirement]
        entry.violated += 1
        entry.first = exchange if entry.first is None else min(entry.first, exchange)

    def spent(self, requirement: str, seconds: float) -> None:
        """Adds the time that a case of the requirement took."""
        self._entries[requirement].seconds += seconds

    def wants(self, known: Known) -> bool:
        """True if a finding known by this would be new and is still of interest."""
        waived = self._waived(known)
        findings = [
            Known(known.requirement, one.code, one.message) for one in self._entries[known.requirement].findings
        ]
        alike = [one.code for one in findings if self._waived(one) is waived]
        return known.code not in alike and len(alike) < MOST_FINDINGS

    def find(self, requirement: str, finding: Finding) -> None:
        """Keeps a finding that was examined; `inconclusive` is for one that did not repeat."""
        self._entries[requirement].findings.append(finding)

    def inconclusive(self, requirement: str, reason: str) -> None:
        """Notes why the requirement could not be decided in some case."""
        self._entries[requirement].inconclusive.append(reason[:_LONGEST_REASON])

    def cut_short(self, requirement: str, reason: str) -> None:
        """Notes why a case did not reach the requirement; it is undecided unless another case judged it."""
        self._entries[requirement].cut_short.append(reason[:_LONGEST_REASON])

    def untestable(self, requirement: str, reason: str) -> None:
        """Notes why the requirement could not be tried."""
        self._entries[requirement].untestable.append(reason)

    def error(self, requirement: str, reason: str) -> None:
        """Notes that the suite itself failed on the requirement."""
        self._entries[requirement].errors.append(reason)

    def observe(self, requirement: str, answer: str) -> None:
        """Counts an answer to what the contract leaves open."""
        answers = self._entries[requirement].answers
        answers[answer if answer in answers or len(answers) < _MOST_ANSWERS else "(others)"] += 1

    def cover(self, what: str, item: object) -> None:
        """Notes one of the many that the suite is to go through."""
        self._covered[what].add(item)

    def covered(self, what: str) -> int:
        """Returns how many different ones it has been through."""
        return len(self._covered[what])

    def covered_items(self, what: str) -> tuple[str, ...]:
        """Returns a digest of each, in an order that says nothing."""
        return tuple(sorted(hashlib.sha256(repr(item).encode()).hexdigest()[:12] for item in self._covered[what]))

    def unreached(self) -> tuple[str, ...]:
        """Returns the requirements that are undecided only because violations kept all cases from them."""
        return tuple(
            identifier
            for identifier, entry in self._entries.items()
            if entry.cut_short
            and not (entry.satisfied or entry.violated or entry.answers or entry.errors or entry.inconclusive)
        )

    def took(self, name: str, seconds: float) -> None:
        """Records a duration."""
        self._durations[name].add(seconds)

    def first_shown(self, requirement: str) -> int | None:
        """Returns the number of the first exchange that showed it violated; None unless there is a finding of it."""
        entry = self._entries[requirement]
        return entry.first if entry.findings else None

    @property
    def failures(self) -> int:
        """The number of MUST requirements known to be violated."""
        return sum(
            bool(entry.findings) and self.catalogue[identifier].level is Level.MUST
            for identifier, entry in self._entries.items()
        )

    def results(self, untried: Callable[[str], str]) -> tuple[RequirementResult, ...]:
        """Returns a result for each requirement; `untried` says why nothing was tried on the one of an id."""
        return tuple(self._result(requirement, untried) for requirement in self.catalogue.values())

    def _result(self, requirement: Requirement, untried: Callable[[str], str]) -> RequirementResult:
        entry = self._entries[requirement.id]
        findings = tuple(entry.findings)
        cases = entry.satisfied + entry.violated + entry.answers.total()
        verdict, reason = _fold(entry, lambda: untried(requirement.id))
        return RequirementResult(
            requirement=requirement,
            verdict=verdict,
            reason=reason,
            cases=cases,
            violated=entry.violated,
            findings=findings,
            seconds=round(entry.seconds, 3),
        )

    def observations(self) -> dict[str, dict[str, int]]:
        """Returns the answers to what the contract leaves open, by requirement."""
        return {
            identifier: _ordered(self._entries[identifier].answers)
            for identifier in self.catalogue
            if self._entries[identifier].answers
        }

    def timings(self) -> dict[str, Timing]:
        """Returns the distribution of each duration."""
        return {name: durations.timing for name, durations in sorted(self._durations.items())}


def _fold(entry: _Entry, untried: Callable[[], str]) -> tuple[Verdict, str]:
    answers = _ordered(entry.answers)
    told = counted(cases=entry.satisfied + entry.violated, violated=entry.violated, answers=answers)
    if entry.findings:
        return Verdict.FAIL, told
    if entry.errors:
        return Verdict.ERROR, entry.errors[0]
    judged = entry.answers or entry.satisfied or entry.violated
    if undecided := entry.inconclusive or ([] if judged else entry.cut_short):
        return Verdict.INCONCLUSIVE, _most_common(undecided)
    if entry.violated:
        return Verdict.INCONCLUSIVE, f"{told}, but the run ended before it was repeated"
    if entry.answers or entry.satisfied:
        return Verdict.PASS, told
    return Verdict.NOT_TESTED, _most_common(entry.untestable) if entry.untestable else untried()


def _ordered(answers: Counter[str]) -> dict[str, int]:
    """Returns answers, the most frequent first, in an order that does not depend on which came first."""
    return dict(sorted(answers.items(), key=lambda item: (-item[1], item[0])))


def _most_common(reasons: Iterable[str]) -> str:
    return Counter(reasons).most_common(1)[0][0]
