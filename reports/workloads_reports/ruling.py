"""From what was counted to the verdict on a requirement in words, and from those verdicts to the verdict on the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workloads_specs import Level

from .model import RequirementResult
from .plan import Extent
from .verdicts import RunVerdict, Verdict

_WHOLE = Extent()

ENOUGH = 0.5
"""The share of MUST requirements that has to be judged before a run may call a target conformant."""

NOT_HERE = "none of its cases is in this shard"
"""The reason for what a shard leaves to the others; one that another shard has says more."""


def counted(*, cases: int, violated: int, answers: Mapping[str, int]) -> str:
    """Returns the reason of a verdict that follows from counts: what was violated, else observed, else satisfied."""
    if violated:
        return f"violated in {violated} of {cases} cases"
    if answers:
        return "observed: " + ", ".join(f"{text} ({count})" for text, count in answers.items())
    return f"satisfied in {cases} case{'s' if cases != 1 else ''}"


def rule(results: Sequence[RequirementResult], *, complete: bool, plan: Extent = _WHOLE) -> tuple[RunVerdict, str]:
    """Returns the verdict on the run and one sentence that says why.

    A failed MUST makes the target nonconformant, whatever else happened. Without one, the run is only `conformant`
    if it ended, nothing of the `plan` was left out by choice, is missing or is left to a shard that is not there, no
    MUST is undecided, and at least `ENOUGH` of them were judged.
    SHOULD and OBSERVE never decide. A waived failure holds up nothing, is counted apart, and never as passed.
    """
    must = [result for result in results if result.requirement.level is Level.MUST]
    by = {verdict: [result for result in must if result.verdict is verdict] for verdict in Verdict}
    if failed := by[Verdict.FAIL]:
        return RunVerdict.NONCONFORMANT, f"{_count(failed)} failed: {_ids(failed)}."
    if failed := by[Verdict.ERROR]:
        return RunVerdict.ERROR, f"the suite itself failed on {_count(failed)}: {_ids(failed)}; please report this."
    judged = len(must) - len(by[Verdict.NOT_TESTED])
    if not complete:
        why = "the run did not end, so what it had not yet tested is unknown."
    elif plan.selected is not None or plan.missing:
        why = _left_out(plan)
    elif absent := plan.absent:
        shards = "a shard of the run is" if len(absent) == 1 else f"{len(absent)} shards of the run are"
        why = f"{shards} missing ({_some(list(map(str, absent)))}); merge the reports of all for a verdict."
    elif undecided := by[Verdict.INCONCLUSIVE]:
        why = f"{_count(undecided)} could not be decided: {_ids(undecided)}."
    elif judged < ENOUGH * len(must):
        why = f"only {judged} of {len(must)} MUST requirements could be tested."
    else:
        waived = f", {len(by[Verdict.WAIVED])} waived" if by[Verdict.WAIVED] else ""
        untested = f", {len(by[Verdict.NOT_TESTED])} not tested" if by[Verdict.NOT_TESTED] else ""
        passed = len(by[Verdict.PASS])
        return RunVerdict.CONFORMANT, f"{passed} of {len(must)} MUST requirements passed{waived}{untested}."
    return RunVerdict.INCONCLUSIVE, why


def _left_out(plan: Extent) -> str:
    missing = plan.missing
    tests = f"{len(missing)} of the suite's tests" if len(missing) != 1 else "a test of the suite"
    why = f"{tests} did not run to the end: {_some(missing)}" if missing else "all of the suite's tests were among it"
    return f"{why}." if plan.selected is None else f"only a selection was asked for ({plan.selected.how}); {why}."


def _count(results: Sequence[RequirementResult]) -> str:
    return f"{len(results)} MUST requirement{'s' if len(results) != 1 else ''}"


def _ids(results: Sequence[RequirementResult], *, most: int = 5) -> str:
    return _some([result.requirement.id for result in results], most=most)


def _some(names: Sequence[str], *, most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
