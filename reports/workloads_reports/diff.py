"""What changed from one report to another: which requirements fail anew, were fixed, or are no longer judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workloads_specs import Level, Requirement

from .changes import Transition
from .errors import ReportError
from .escaping import one_line
from .model import Report, RequirementResult, Timing
from .verdicts import Verdict

TIMING_RULE = (
    "a timing counts as changed if both reports hold at least 20 durations of it, its median at least doubled or "
    "halved, by 10 ms or more, and the slower median lies above the faster report's 95th percentile"
)
_ENOUGH, _FACTOR, _LEAST = 20, 2.0, 0.010

REGRESSION_RULE = (
    "a regression is a MUST that fails and did not fail before, or that passed, failed or was waived before and is now "
    "not judged: inconclusive, not tested, an error of the suite, or gone"
)
_BROKEN = {Verdict.FAIL, Verdict.WAIVED}
_JUDGED = {Verdict.PASS, Verdict.FAIL, Verdict.WAIVED}


@dataclass(frozen=True, order=True, slots=True)
class FindingChange:
    """A finding that one report has and the other has not, by its code; and how the one report words it."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementChange:
    """A requirement that changed, or that still fails.

    Attributes:
        requirement: as the new report has it; as the old one has it, if it is gone.
        before: its verdict in the old report; None if it was not there.
        after: its verdict in the new report; None if it is gone.
        reason: the new report's reason, or the old one's.
        regression: whether it is one, by `REGRESSION_RULE`.
        new_findings: findings whose codes the old report does not have.
        gone_findings: findings whose codes the new report does not have.
        reworded: whether its level, its title or the words it stands on differ between the reports.
    """

    requirement: Requirement
    change: Transition
    before: Verdict | None
    after: Verdict | None
    reason: str
    regression: bool
    new_findings: tuple[FindingChange, ...] = ()
    gone_findings: tuple[FindingChange, ...] = ()
    reworded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservationChange:
    """An observed requirement whose answers are not the same ones, in cases that both runs tried."""

    requirement: str
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimingChange:
    """A duration that changed well beyond noise, by `TIMING_RULE`."""

    name: str
    before: Timing
    after: Timing

    @property
    def slower(self) -> bool:
        """True if the new one takes longer."""
        return self.after.median > self.before.median


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDifference:
    """Everything that changed from `old` to `new`, each part sorted by name, whatever the reports' own order.

    `circumstances` are the settings in which the runs differ: what, the old value, the new value.
    """

    old: Report
    new: Report
    circumstances: tuple[tuple[str, str, str], ...]
    requirements: tuple[RequirementChange, ...]
    observations: tuple[ObservationChange, ...]
    timings: tuple[TimingChange, ...]

    def having(self, change: Transition) -> tuple[RequirementChange, ...]:
        """The requirements to which this happened."""
        return tuple(one for one in self.requirements if one.change is change)

    @property
    def regressions(self) -> tuple[RequirementChange, ...]:
        """The changes that a release gate must not pass."""
        return tuple(one for one in self.requirements if one.regression)


def compare(old: Report, new: Report, *, across_contracts: bool = False) -> ReportDifference:
    """Returns what changed from one report to the other.

    Args:
        old: the report to compare with.
        new: the report that is of interest.
        across_contracts: also compare reports on different versions of the contract, where the same id may stand
            for other words.

    Raises:
        ReportError: the contracts differ in title or version, and `across_contracts` is false; or one report is on the
            embedded reference server, and the other on a target.
    """
    if old.embedded is not new.embedded:
        which = "old" if old.embedded else "new"
        raise ReportError(
            f"the {which} report is on the embedded reference server, and the other on a target; "
            "give two reports on one target."
        )
    told = [f"{report.spec.title} {report.spec.version}" for report in (old, new)]
    if told[0] != told[1] and not across_contracts:
        raise ReportError(
            f"the old report is on {one_line(told[0])!r} and the new one on {one_line(told[1])!r}, whose requirements "
            "cannot be told apart by their ids; give --across-contracts to compare them all the same."
        )
    before = {result.requirement.id: result for result in old.requirements}
    after = {result.requirement.id: result for result in new.requirements}
    changes = [_change(before.get(one), after.get(one)) for one in sorted(before.keys() | after.keys())]
    return ReportDifference(
        old=old,
        new=new,
        circumstances=_circumstances(old, new),
        requirements=tuple(change for change in changes if change is not None),
        observations=_observations(old.observations, new.observations),
        timings=_timings(old.timings, new.timings),
    )


_CIRCUMSTANCES: dict[str, Callable[[Report], object]] = {
    "target": lambda report: report.subject or report.target_url,
    "contract": lambda report: f"{report.spec.title} {report.spec.version}",
    "contract's sha256": lambda report: report.spec.sha256,
    "suite": lambda report: report.suite_version,
    "implementation": lambda report: " ".join(
        filter(None, (report.implementation.organization, report.implementation.project, report.implementation.version))
    ),
    "seed": lambda report: report.run.seed,
    "profile": lambda report: report.run.profile,
    "mode": lambda report: report.run.mode,
    "complete": lambda report: "yes" if report.run.complete else "no",
}


def _circumstances(old: Report, new: Report) -> tuple[tuple[str, str, str], ...]:
    values = [(what, str(value(old)), str(value(new))) for what, value in _CIRCUMSTANCES.items()]
    return tuple((what, before, after) for what, before, after in values if before != after)


def _change(old: RequirementResult | None, new: RequirementResult | None) -> RequirementChange | None:
    kind = _kind(old, new)
    shown = new or old
    if kind is None or shown is None:
        return None
    return RequirementChange(
        requirement=shown.requirement,
        change=kind,
        before=old.verdict if old else None,
        after=new.verdict if new else None,
        reason=shown.reason,
        regression=_is_regression(old, new),
        new_findings=_only_in(new, old),
        gone_findings=_only_in(old, new),
        reworded=bool(old and new and _words(old.requirement) != _words(new.requirement)),
    )


def _only_in(one: RequirementResult | None, other: RequirementResult | None) -> tuple[FindingChange, ...]:
    codes = {finding.code for finding in other.findings} if other else set()
    found = {finding.code: finding.message for finding in one.findings if finding.code not in codes} if one else {}
    return tuple(sorted(FindingChange(code, message) for code, message in found.items()))


def _kind(old: RequirementResult | None, new: RequirementResult | None) -> Transition | None:
    if old is None:
        return Transition.ADDED
    if new is None:
        return Transition.GONE
    if new.verdict in _BROKEN:
        return Transition.STILL_FAILING if _failed_alike(old, new) else Transition.NEWLY_FAILING
    if new.verdict is Verdict.PASS:
        if old.verdict in _BROKEN:
            return Transition.FIXED
        return None if old.verdict is Verdict.PASS else Transition.NEWLY_JUDGED
    return Transition.NO_LONGER_JUDGED if old.verdict in _JUDGED else None


def _failed_alike(old: RequirementResult, new: RequirementResult) -> bool:
    """True if the failure is no worse than it was: then as now a failure, of a MUST if it is one, waived or not."""
    if old.verdict not in _BROKEN or (_is_must(new) and not _is_must(old)):
        return False
    return old.verdict is Verdict.FAIL or new.verdict is Verdict.WAIVED


def _is_regression(old: RequirementResult | None, new: RequirementResult | None) -> bool:
    if new and new.verdict is Verdict.FAIL:
        return _is_must(new) and not (old and _failed_alike(old, new))
    lost = new is None or new.verdict not in _JUDGED
    return bool(old and _is_must(old) and old.verdict in _JUDGED and lost)


def _is_must(result: RequirementResult) -> bool:
    return result.requirement.level is Level.MUST


def _words(requirement: Requirement) -> tuple[object, ...]:
    return requirement.level, requirement.title, requirement.source


def _observations(
    old: Mapping[str, Mapping[str, int]], new: Mapping[str, Mapping[str, int]]
) -> tuple[ObservationChange, ...]:
    """Compares the answers in cases that both runs tried: another seed or profile tries others."""
    changes = []
    for one in sorted(old.keys() & new.keys()):
        both = {_case(answer) for answer in old[one]} & {_case(answer) for answer in new[one]}
        before, after = ({answer for answer in of[one] if _case(answer) in both} for of in (old, new))
        if before != after:
            changes.append(
                ObservationChange(
                    requirement=one, appeared=tuple(sorted(after - before)), vanished=tuple(sorted(before - after))
                )
            )
    return tuple(changes)


def _case(answer: str) -> str:
    """Returns the case that an observation tells of, before the colon; empty where a requirement has one case."""
    return answer.rpartition(": ")[0]


def _timings(old: Mapping[str, Timing], new: Mapping[str, Timing]) -> tuple[TimingChange, ...]:
    return tuple(
        TimingChange(name=name, before=old[name], after=new[name])
        for name in sorted(old.keys() & new.keys())
        if _beyond_noise(old[name], new[name])
    )


def _beyond_noise(one: Timing, other: Timing) -> bool:
    if min(one.count, other.count) < _ENOUGH:
        return False
    fast, slow = sorted((one, other), key=lambda timing: timing.median)
    return slow.median >= _FACTOR * fast.median and slow.median - fast.median >= _LEAST and slow.median > fast.p95
