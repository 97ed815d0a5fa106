"""junit.xml: the report for build servers, a test case for each requirement, for the verdict and for the waivers."""

from __future__ import annotations

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from workloads_specs import Level

from .escaping import one_line, printed
from .json_report import SUITE
from .model import Finding, Report, RequirementResult
from .verdicts import RunVerdict, Verdict


def junit_text(report: Report) -> str:
    """Returns junit.xml. It counts failures or errors if and only if a release gate must not pass."""
    suite = TestSuite(SUITE)
    suite.timestamp = report.run.started.isoformat(timespec="seconds")
    suite.add_property("target", report.subject or one_line(report.target_url))
    suite.add_property("seed", str(report.run.seed))
    suite.add_property("profile", report.run.profile)
    suite.add_property("mode", report.run.mode)
    cases = [*map(_testcase, report.requirements), _verdict(report)]
    if report.waivers:
        cases.append(_waivers(report))
    suite.add_testcases(cases)  # at once: each addition counts all cases anew
    suite.time = round(report.run.seconds, 3)
    document = JUnitXml(SUITE)
    document.add_testsuite(suite)
    return str(document.tostring().decode()) + "\n"  # type: ignore[no-untyped-call]


def _testcase(result: RequirementResult) -> TestCase:
    requirement = result.requirement
    case = TestCase(f"{requirement.id} {one_line(requirement.title)}", f"{SUITE}.{requirement.area}", result.seconds)
    decides = requirement.level is Level.MUST
    reason = one_line(result.reason)
    match result.verdict:
        case Verdict.FAIL if decides:
            failure = Failure(one_line(result.findings[0].message if result.findings else result.reason), "MUST")
            failure.text = "\n\n".join(map(_told, result.findings))
            case.result = [failure]
        case Verdict.FAIL:
            # A SHOULD never decides, so a build must not break on it.
            case.result = [Skipped(f"warning: {one_line(result.findings[0].message) if result.findings else reason}")]
            case.system_out = "\n\n".join(map(_told, result.findings))
        case Verdict.WAIVED:
            case.result = [Skipped(f"waived: {reason}")]
            case.system_out = "\n\n".join(map(_told, result.findings))
        case Verdict.INCONCLUSIVE | Verdict.ERROR if decides:
            case.result = [Error(f"{result.verdict}: {reason}", result.verdict)]
        case Verdict.PASS:
            pass
        case _:
            case.result = [Skipped(f"{result.verdict}: {reason}")]
    return case


def _verdict(report: Report) -> TestCase:
    """The verdict as a test case, so that a run of too little is not green."""
    case = TestCase("verdict", SUITE, 0)
    text = f"{report.verdict}: {one_line(report.reason)}"
    if report.verdict is RunVerdict.NONCONFORMANT:
        case.result = [Failure(text, report.verdict)]
    elif report.verdict is not RunVerdict.CONFORMANT:
        case.result = [Error(text, report.verdict)]
    return case


def _waivers(report: Report) -> TestCase:
    """The waivers as a test case: one that has expired or is no longer needed breaks the build."""
    case = TestCase("waivers", SUITE, 0)
    case.result = [Failure(one_line(use.objection), use.state) for use in report.waivers if use.objection]
    return case


def _told(finding: Finding) -> str:
    return (
        f"{one_line(finding.message)}\ncode: {one_line(finding.code)}\ntest: {one_line(finding.test)}\n"
        f"case: {one_line(finding.case)}\nexpected: {printed(finding.expected)}\n"
        f"observed: {printed(finding.observed)}\n"
        f"repeated: {finding.confirmed}\nreproduce:\n{printed(finding.reproduce)}"
    )
