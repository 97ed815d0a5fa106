"""The suite run on mutants: which it finds, and which survive.

Apart from where mutants are made: each is judged in a process that imports this module, and none needs a parser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from loading import put_source

from workloads_conformance.selfcheck.judging import Job, ServerOutcome, judge_patched
from workloads_conformance.selfcheck.pool import run_each
from workloads_specs import Level, load_catalogue

PROFILES: Mapping[str, float] = {"smoke": 90.0, "standard": 300.0}
"""The profiles in the order in which a mutant has to survive them, with the seconds after which it is ended."""


class Verdict(Enum):
    """What came of a mutant.

    A target that is refused, undecided in a MUST, or never through passes no gate, and no finding says what is wrong.
    """

    KILLED = "killed"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A module of the reference server with its changed source."""

    module: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A mutant's verdict, `reason` the requirement that it broke or why it was not judged, `seconds` of the run."""

    verdict: Verdict
    reason: str
    profile: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _MutantJob:
    changed: Changed
    job: Job


def judge_all(
    mutants: Sequence[Changed], at_once: int, requirements: tuple[str, ...] = ()
) -> Iterator[tuple[int, Judged]]:
    """Yields each mutant's number and verdict as they come, those of a later profile last.

    The tests that judge one of these requirements are run, or all, if none is given.
    """
    left = list(range(len(mutants)))
    binding = tuple(name for name, found in load_catalogue().items() if found.level is not Level.OBSERVE)
    for profile, longest in PROFILES.items():
        job = Job(patches=(), requirements=requirements, until=binding, profile=profile)
        jobs = [_MutantJob(mutants[number], job) for number in left]
        survivors = []
        for place, outcome in run_each(_judge, jobs, at_once, longest):
            judged = _judged(outcome, profile, longest)
            if judged.verdict is Verdict.SURVIVED and profile != list(PROFILES)[-1]:
                survivors.append(left[place])
            else:
                yield left[place], judged
        left = sorted(survivors)


def _judge(given: _MutantJob) -> ServerOutcome:
    return judge_patched(given.job, [partial(put_source, given.changed.module, given.changed.source)])


def _judged(outcome: ServerOutcome, profile: str, longest: float) -> Judged:
    catalogue = load_catalogue()
    broken = [name for name in outcome.failed if catalogue[name].level is not Level.OBSERVE]
    undecided = [name for name in outcome.undecided if catalogue[name].level is Level.MUST]
    if broken:
        verdict, reason = Verdict.KILLED, broken[0]
    elif outcome.problem:
        verdict = Verdict.TIMED_OUT if outcome.seconds >= longest else Verdict.REFUSED
        reason = outcome.problem
    elif undecided:
        verdict, reason = Verdict.REFUSED, f"{undecided[0]} is undecided: {outcome.undecided[undecided[0]]}"
    else:
        verdict, reason = Verdict.SURVIVED, ""
    return Judged(verdict=verdict, reason=reason, profile=profile, seconds=outcome.seconds)
