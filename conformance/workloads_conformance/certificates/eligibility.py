"""What a report has to show to be certified."""

from __future__ import annotations

from dataclasses import fields

from workloads_conformance.settings import Mode, Profile
from workloads_reports import Implementation, Report, Verdict
from workloads_specs import Level

_MOST_NAMED = 8
_WORDS = {
    Verdict.FAIL: "failed",
    Verdict.WAIVED: "waived, and a waiver is no pass",
    Verdict.INCONCLUSIVE: "could not be decided",
    Verdict.ERROR: "met a fault of the suite",
    Verdict.NOT_TESTED: "not tested",
}


def unnamed(implementation: Implementation) -> list[str]:
    """Returns what of the vendor's details is missing."""
    return [item.name for item in fields(implementation) if not getattr(implementation, item.name).strip()]


def shortcomings(report: Report) -> list[str]:
    """Returns what keeps a report from being certified, one sentence each; nothing if it can be."""
    run = report.run
    found = []
    if missing := unnamed(report.implementation):
        found.append(f"the vendor's details lack {', '.join(missing)}; give them in [implementation].")
    if run.profile != Profile.THOROUGH or run.mode != Mode.FULL:
        found.append(f"it is a {run.profile} run in mode {run.mode}; a certificate takes a thorough one in mode full.")
    if not run.complete:
        found.append(f"the run did not come to its end: {report.reason}")
    for verdict, words in _WORDS.items():
        results = report.having(verdict, Level.MUST)
        if results:
            reasons = "; ".join(f"{one.requirement.id} ({one.reason})" for one in results[:_MOST_NAMED])
            more = f"; and {len(results) - _MOST_NAMED} more" if len(results) > _MOST_NAMED else ""
            found.append(f"{len(results)} MUST {words}: {reasons}{more}.")
    return found
