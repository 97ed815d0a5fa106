"""What is judged on every exchange, told from single answers."""

import pytest

from workloads_conformance.api import UniversalChecks
from workloads_conformance.http import Exchange, Request, Response
from workloads_specs import load_contract

CHECKS = UniversalChecks(load_contract())
PATH = "/api/v2/workloads/12345678-1234-4234-8234-123456789abc"


def broken(status: int, *headers: tuple[str, str], method: str = "GET", body: bytes = b"") -> set[str]:
    """The requirements that an answer breaks."""
    answer = Response(status, headers, body)
    exchange = Exchange(Request(method=method, path=PATH), answer, None, 0.1)
    return {found.requirement for found in CHECKS.judge(exchange) if not found.satisfied}


def challenges(*lines: str) -> bool:
    return "WV2-AUTH-014" not in broken(401, *(("WWW-Authenticate", line) for line in lines))


@pytest.mark.parametrize(
    "lines",
    [
        ("Bearer",),
        ('Bearer realm="a"',),
        ("bearer error=invalid_token",),
        ('Basic realm="a", Bearer realm="b"',),
        ('Basic realm="a"', 'Bearer realm="b"'),
        ('Digest realm="a, b", nonce=c', "Bearer"),
        ("Negotiate", "Basic realm=x", "Bearer , Digest realm=y"),
        (", ,Bearer",),
    ],
)
def test_a_bearer_challenge_is_found_in_any_line(lines):
    assert challenges(*lines)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("",),
        ('Basic realm="a"', "Negotiate"),
        ('Basic realm="a, Bearer b"',),
        ('Basic realm="\\", Bearer b"',),
        ("Basic realm=a, bearer=b",),
        ("Bearer-Like realm=a",),
        ("NotBearer realm=a",),
    ],
)
def test_what_is_no_bearer_challenge_is_none(lines):
    assert not challenges(*lines)


def allows(*lines: str) -> bool:
    return "WV2-HTTP-005" not in broken(405, *(("Allow", line) for line in lines), method="PATCH")


@pytest.mark.parametrize("lines", [("GET, PUT, DELETE",), ("GET", "PUT,HEAD", "DELETE"), ("GET,,PUT", "", "DELETE,")])
def test_allow_may_stand_in_several_lines(lines):
    assert allows(*lines)


@pytest.mark.parametrize("lines", [(), ("",), ("GET", "PUT"), ("GET, PUT, DELETE", "PATCH"), ("get, put, delete",)])
def test_an_allow_that_lacks_a_method_is_found(lines):
    assert not allows(*lines)
