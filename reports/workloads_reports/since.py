"""What changed since an earlier run, as a part of the report on the later one."""

from __future__ import annotations

from dataclasses import replace

from .changes import Changed, Circumstance, Since
from .diff import compare
from .errors import ReportError
from .escaping import one_line
from .model import Report


def check_comparable(earlier: Report, title: str, version: str, *, embedded: bool, flag: str = "--since") -> None:
    """Makes sure that a report can be compared with one on this contract, and on the embedded server or on a target.

    Raises:
        ReportError: it is on another one.
    """
    if earlier.embedded is not embedded:
        what = ("the embedded reference server", "a target")
        raise ReportError(
            f"the earlier report is on {what[not earlier.embedded]}, and this run on {what[not embedded]}; "
            f"give {flag} a report on the same target."
        )
    told, now = f"{earlier.spec.title} {earlier.spec.version}", f"{title} {version}"
    if told != now:
        raise ReportError(
            f"the earlier report is on {one_line(told)!r} and this one on {one_line(now)!r}, whose requirements cannot "
            f"be told apart by their ids; give {flag} a report on the same contract."
        )


def with_since(report: Report, earlier: Report) -> Report:
    """Returns `report` with what changed since `earlier`.

    Raises:
        ReportError: they are on different versions of the contract.
    """
    check_comparable(earlier, report.spec.title, report.spec.version, embedded=report.embedded)
    difference = compare(earlier, report)
    since = Since(
        run=earlier.run.id,
        finished=earlier.run.finished,
        verdict=earlier.verdict,
        circumstances=tuple(Circumstance(*told) for told in difference.circumstances),
        changes=tuple(
            Changed(
                requirement=one.requirement.id,
                change=one.change,
                before=one.before,
                after=one.after,
                regression=one.regression,
            )
            for one in difference.requirements
        ),
    )
    return replace(report, since=since)
