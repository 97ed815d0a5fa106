"""What a run has to be, and what its report has to show, to be certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from workloads_conformance.session import Plan
from workloads_conformance.settings import Mode, Profile, Settings
from workloads_reports import Implementation, Report, Verdict
from workloads_specs import Level

FEWEST_AT_ONCE = 6
"""Requests in flight: as many as the tests of races send at once. With fewer, a server never sees a race."""

LONGEST_SETTLE = 600.0
"""Seconds. The contract names no time; but a client that waits ten minutes for a write considers it lost."""

LONGEST_DEADLINE = 120.0
"""Seconds. Clients and proxies have given up long before; an answer that comes later is none."""

_MOST_NAMED = 8
_WORDS = {
    Verdict.FAIL: "failed",
    Verdict.WAIVED: "waived, and a waiver is not a pass",
    Verdict.INCONCLUSIVE: "could not be decided",
    Verdict.ERROR: "met an error of the suite",
    Verdict.NOT_TESTED: "not tested",
}


def unnamed(implementation: Implementation) -> list[str]:
    """Returns what of the vendor's details is missing."""
    return [item.name for item in fields(implementation) if not getattr(implementation, item.name).strip()]


def unfit(settings: Settings) -> list[str]:
    """Returns what keeps any run with these settings from being certified, one sentence each.

    A certificate takes at least what the thorough profile tries, and no setting behind which a violation can hide.
    """
    found = []
    if settings.profile is not Profile.THOROUGH or settings.mode is not Mode.FULL:
        found.append(
            f"it is a {settings.profile} run in mode {settings.mode}; a certificate takes a thorough one in mode full."
        )
    if settings.budget > 0:
        found.append("it has a budget, and draws as few cases as a standard run; leave out the option budget.")
    if settings.only or settings.rerun or settings.fail_fast or settings.shard:
        found.append("it leaves out a part of the suite; leave out the options only, rerun, fail-fast and shard.")
    if settings.literal:
        found.append("it goes by the fragments alone, which contradict themselves; leave out the option literal.")
    if missing := [kind for kind in Settings().kinds if kind not in settings.kinds]:
        found.append(f"it creates no {' and no '.join(missing)}; add them to the option kinds.")
    if settings.concurrency < FEWEST_AT_ONCE:
        found.append(
            f"it has {settings.concurrency} requests in flight, so that none of its races is one; "
            f"concurrency has to be {FEWEST_AT_ONCE} or more."
        )
    if settings.settle > LONGEST_SETTLE:
        found.append(
            f"it gives each write {settings.settle:g} seconds to be seen; settle may be {LONGEST_SETTLE:g} at most."
        )
    if settings.deadline > LONGEST_DEADLINE:
        found.append(
            f"it gives each answer {settings.deadline:g} seconds; deadline may be {LONGEST_DEADLINE:g} at most."
        )
    return found


def left_out(plan: Plan, ran: Mapping[str, int]) -> list[str]:
    """Returns a sentence if not all of the plan ran."""
    missing = plan.missing(ran)
    if not missing:
        return []
    more = f"; and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    told = (
        f"the run is not the whole suite: of {len(missing)} of its {len(plan.tests)} tests there are cases that did "
        f"not run: {'; '.join(missing[:_MOST_NAMED])}{more}."
    )
    return [told]


def shortcomings(report: Report) -> list[str]:
    """Returns what keeps a report from being certified, one sentence each; nothing if it can be."""
    run = report.run
    found = []
    if missing := unnamed(report.implementation):
        found.append(f"the vendor's details lack {', '.join(missing)}; give them in [implementation].")
    if not run.complete:
        found.append(f"the run did not come to its end: {report.reason}")
    for verdict, words in _WORDS.items():
        results = report.having(verdict, Level.MUST)
        if results:
            reasons = "; ".join(f"{one.requirement.id} ({one.reason})" for one in results[:_MOST_NAMED])
            more = f"; and {len(results) - _MOST_NAMED} more" if len(results) > _MOST_NAMED else ""
            found.append(f"{len(results)} MUST {words}: {reasons}{more}.")
    return found
