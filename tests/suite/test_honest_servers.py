"""Each of these servers keeps the contract in its own way, and is blamed for nothing."""

from __future__ import annotations

import base64
import dataclasses
import json

import pytest
from support.servers import Call, Changed

from workloads_conformance.suite import test_authentication, test_authorization
from workloads_reports import Verdict


def told(report, requirement: str):
    return next(found for found in report.requirements if found.requirement.id == requirement)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def taking(token: str) -> Changed:
    """A server whose one user has this token."""
    app = Changed()

    def before(call: Call) -> Call:
        if call.headers.get(b"authorization") != f"Bearer {token}".encode():
            return call
        own = f"Bearer {app.tokens.issue(app.tokens.member)}".encode()
        return dataclasses.replace(call, headers=call.headers | {b"authorization": own})

    app.before = before
    return app


@pytest.mark.parametrize(
    "claims",
    [{"exp": 4_102_444_800}, {"exp": 4_102_444_800, "workloads-conformance": 1}, {"sub": "somebody"}],
    ids=["exp in 2100", "the mark of the suite", "no exp"],
)
def test_a_forgery_is_another_token_whatever_the_token(claims, judge):
    """The token is written as the suite writes forgeries: what it says is all that can tell them apart."""
    token = f"{part({'alg': 'HS256'})}.{part(claims)}.{part('signature')}"
    tests = (test_authentication.test_with_an_altered_token, test_authentication.test_with_alg_none)
    report = judge(taking(token), *tests, environ={"TEST_TOKEN": token})
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-AUTH-006").cases == 30
    assert told(report, "WV2-AUTH-007").cases == 20


def test_a_token_that_is_a_word_the_suite_makes_up_is_no_forgery(judge):
    report = judge(
        taking("undefined"), test_authentication.test_with_what_is_no_token, environ={"TEST_TOKEN": "undefined"}
    )
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-AUTH-005").cases == 35


def test_one_token_given_for_two_users_is_no_wrong_one(judge):
    """Whoever gives the run's own token as the expired one, or the one without rights, finds nothing out by it."""
    tests = (
        test_authentication.test_with_an_expired_token,
        test_authorization.test_with_a_token_that_lacks_the_rights,
        test_authorization.test_a_write_without_the_rights_changes_nothing,
    )
    app = taking("some-opaque-token")
    given = dict.fromkeys(("TEST_TOKEN", "TEST_EXPIRED", "TEST_FORBIDDEN"), "some-opaque-token")
    report = judge(app, *tests, environ=given)
    assert not report.having(Verdict.FAIL)
    for requirement in ("WV2-AUTH-008", "WV2-AUTH-010", "WV2-AUTH-013"):
        assert told(report, requirement).verdict is Verdict.NOT_TESTED
