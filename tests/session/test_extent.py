"""A run says how much of the suite's plan it went through, and nothing that did not run is taken for passed."""

from __future__ import annotations

import pytest
from support.servers import Changed, json_reply, serving

from workloads_conformance.session import RequirementViolatedError, Session, suite_tests
from workloads_conformance.settings import load_settings
from workloads_conformance.suite import test_delete, test_get
from workloads_reports import RunVerdict


def test_a_selected_run_is_inconclusive_and_names_what_is_missing(judge):
    report = judge(Changed(), test_get.test_an_unknown_id_is_not_found)
    assert report.verdict is RunVerdict.INCONCLUSIVE
    assert report.plan.tests == len(suite_tests())
    assert len(report.plan.missing) == report.plan.tests - 1
    assert "test_get.test_an_unknown_id_is_not_found" not in report.plan.missing
    assert "of the suite's tests did not run to the end" in report.reason
    assert report.objections


def test_a_failure_decides_whatever_is_missing(judge):
    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    report = judge(Changed(after=after), test_delete.test_an_unknown_id_is_not_found)
    assert report.verdict is RunVerdict.NONCONFORMANT


def test_a_test_that_is_run_again_says_what_it_said(tmp_path):
    """As plugins do that repeat what failed: a finding that is known is no reason to be green."""

    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    with serving(Changed(after=after)) as target:
        given = {**target.flags, "report-dir": str(tmp_path), "settle": "1", "deadline": "5"}
        session = Session(load_settings(given, target.environ), target.environ)
        try:
            session.open()
            for _ in range(3):
                with pytest.raises(RequirementViolatedError, match="WV2-DELETE-004"):
                    test_delete.test_an_unknown_id_is_not_found(session)
            session.clean_up()
        finally:
            session.close()
