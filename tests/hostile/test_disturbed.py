"""Runs that are disturbed blame nobody, and leave nothing: rate limits, gateways, restarts, tokens that end."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.disturbing import Disturbed
from support.servers import serving

pytestmark = pytest.mark.slow

SMOKE = ("--profile", "smoke", "--settle", "30")


def report_of(tmp_path: Path) -> dict:
    return json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))


def blamed(report: dict) -> list[str]:
    return [one["id"] for one in report["requirements"] if one["findings"]]


def assert_whole(done, server: Disturbed, tmp_path: Path, command) -> None:
    """The run is conformant, nothing is left, and its record says the same."""
    report = report_of(tmp_path)
    assert blamed(report) == []
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert server.alive == 0
    assert report["leftovers"]["leaked"] == report["leftovers"]["unknown"] == []
    again = command("report", "conformance-report/record.jsonl", "--format", "summary.md")
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.parametrize(
    "refusal", ["429", *(pytest.param(other, marks=pytest.mark.exhaustive) for other in ("503", "close"))]
)
def test_a_rate_limit_is_learned(refusal, tmp_path, command):
    server = Disturbed(rate=40, refusal=refusal)
    with serving(server) as target:
        done = command("run", *target.arguments, *SMOKE, environ=target.environ)
        assert_whole(done, server, tmp_path, command)
    assert server.refused < server.requests / 5
    told = report_of(tmp_path)["observations"]["WV2-HTTP-013"]
    assert server.refused == 0 or refusal == "close" or f" times {refusal}" in json.dumps(told)


def test_a_rate_that_the_user_gives_is_kept(command):
    server = Disturbed()
    with serving(server) as target:
        began = time.monotonic()
        done = command("run", *target.arguments, *SMOKE, "--rate", "30", "--mode", "read-only", environ=target.environ)
        passed = time.monotonic() - began
    assert done.returncode in (0, 3), done.stderr
    assert server.requests <= 30 * passed + 1


def test_no_more_are_alive_than_may_be(tmp_path, command):
    server = Disturbed(deletion=2)
    with serving(server) as target:
        done = command("run", *target.arguments, *SMOKE, "--max-live", "8", environ=target.environ)
        assert_whole(done, server, tmp_path, command)
    assert server.most_alive <= 8


def test_where_nothing_is_deleted_the_run_goes_on(tmp_path, command):
    server = Disturbed(deletion=10**9)
    with serving(server) as target:
        options = ("--only", "WV2-CREATE-*", "--max-live", "8", "--profile", "smoke", "--settle", "3")
        done = command("run", *target.arguments, *options, environ=target.environ)
    report = report_of(tmp_path)
    # A part was selected; a story in it may have come to a deletion, which is violated indeed.
    assert (done.returncode, blamed(report)) in [(3, []), (1, ["WV2-DELETE-003"])], done.stdout + done.stderr
    assert {one["verdict"] for one in report["requirements"] if one["id"] in ("WV2-CREATE-001", "WV2-CREATE-002")} == {
        "pass"
    }
    assert server.alive > 8
    assert len(report["leftovers"]["leaked"]) == server.alive


def away(status: int, seconds: float, *, restarts: bool) -> Callable[[Disturbed], None]:
    def goes(server: Disturbed) -> None:
        def back() -> None:
            if restarts:
                server.restart()
            server.away = None

        server.away = status
        asyncio.get_running_loop().call_later(seconds, back)

    return goes


GATEWAYS = [
    (502, True),
    (0, True),
    *(pytest.param(*one, marks=pytest.mark.exhaustive) for one in ((504, False), (404, False), (503, True))),
]
"""What is answered in the place of a target that is away, 0 for closed connections; whether it loses its state."""


@pytest.mark.parametrize(("status", "restarts"), GATEWAYS)
def test_what_a_gateway_answers_is_not_the_targets(status, restarts, tmp_path, command):
    server = Disturbed()
    server.when = [(400, away(status, 3, restarts=restarts)), (1200, away(status, 3, restarts=restarts))]
    with serving(server) as target:
        done = command("run", *target.arguments, *SMOKE, environ=target.environ)
        assert_whole(done, server, tmp_path, command)


def test_a_target_that_is_gone_ends_the_run_with_the_request_after_which_it_went(tmp_path, command):
    server = Disturbed()
    server.when = [(400, lambda server: setattr(server, "away", 0))]
    with serving(server) as target:
        done = command("run", *target.arguments, *SMOKE, environ=target.environ)
        assert server.requests < 600
    assert done.returncode == 3, done.stdout + done.stderr
    report = report_of(tmp_path)
    assert blamed(report) == []
    assert "first seen at" in report["reason"]
    assert server.alive <= len(report["leftovers"]["leaked"]) + len(report["leftovers"]["unknown"])
    again = command("report", "conformance-report/record.jsonl", "--format", "summary.md")
    assert again.returncode == 0, again.stdout + again.stderr


# -- tokens -----------------------------------------------------------------------------------------------------------


def run_with_file(command, target, path: Path):
    flags = [*target.arguments]
    flags[flags.index("--token-env") : flags.index("--token-env") + 2] = ["--token-file", str(path)]
    return command("run", *flags, *SMOKE, environ=target.environ)


TROUBLES: dict[str, Callable[[Path, str], None]] = {
    "at once": lambda path, text: path.write_text(text),
    "missing for a moment": lambda path, text: (path.unlink(), time.sleep(1.5), path.write_text(text)),
    "empty for a moment": lambda path, text: (path.write_text(""), time.sleep(1.5), path.write_text(text)),
    "truncated for a moment": lambda path, text: (path.write_text(text[:-9]), time.sleep(1.5), path.write_text(text)),
}


ALIKE = {"at once", "empty for a moment"}
"""Troubles that are tried only where all are."""


@pytest.mark.parametrize(
    "trouble", [pytest.param(name, marks=pytest.mark.exhaustive if name in ALIKE else []) for name in TROUBLES]
)
def test_a_token_that_is_revoked_and_replaced_in_its_file_is_no_finding(trouble, tmp_path, command):
    server, path = Disturbed(), tmp_path / "token"
    first, second = (server.tokens.issue(server.tokens.member) for _ in range(2))
    path.write_text(first)

    def rotates(server: Disturbed) -> None:
        server.revoked.add(first)
        threading.Thread(target=TROUBLES[trouble], args=(path, second), daemon=True).start()

    server.when = [(400, rotates)]
    with serving(server) as target:
        done = run_with_file(command, target, path)
        assert_whole(done, server, tmp_path, command)


def test_a_token_that_ends_for_good_ends_the_run_and_is_said(tmp_path, command):
    server = Disturbed()
    with serving(server) as target:
        environ = target.environ
        server.when = [(400, lambda server: server.revoked.add(environ["TEST_TOKEN"]))]
        done = command("run", *target.arguments, *SMOKE, environ=environ)
    assert done.returncode == 3, done.stdout + done.stderr
    report = report_of(tmp_path)
    assert blamed(report) == []
    assert "refuses the access token that it took before" in report["reason"]
    assert server.alive <= len(report["leftovers"]["leaked"]) + len(report["leftovers"]["unknown"])


def test_the_clean_up_waits_for_a_token(tmp_path, command):
    server, path = Disturbed(), tmp_path / "token"
    first, second = (server.tokens.issue(server.tokens.member) for _ in range(2))
    path.write_text(first)
    server.when = [(400, lambda server: server.revoked.add(first))]

    def later() -> None:
        while not (server.revoked and server.requests >= 400):
            time.sleep(0.1)
        time.sleep(8)
        path.write_text(second)

    threading.Thread(target=later, daemon=True).start()
    with serving(server) as target:
        flags = [*target.arguments]
        flags[flags.index("--token-env") : flags.index("--token-env") + 2] = ["--token-file", str(path)]
        done = command("run", *flags, "--profile", "smoke", "--settle", "4", environ=target.environ)
        assert done.returncode == 3, done.stdout + done.stderr
        assert blamed(report_of(tmp_path)) == []
        assert server.alive == 0


def test_a_token_endpoint_that_is_busy_is_waited_for(tmp_path, command):
    server = Disturbed()
    server.token_away = 503

    def comes() -> None:
        time.sleep(3)
        server.token_away = None

    threading.Thread(target=comes, daemon=True).start()

    def busy(server: Disturbed) -> None:
        server.token_away = 429
        asyncio.get_running_loop().call_later(4, lambda: setattr(server, "token_away", None))

    server.when = [(500, busy)]
    with serving(server) as target:
        flags = [*target.arguments]
        flags[flags.index("--token-env") : flags.index("--token-env") + 2] = [
            *("--client-id", server.tokens.member.id, "--client-secret-env", "SECRET")
        ]
        environ = target.environ | {"SECRET": server.tokens.member.secret}
        server.tokens.lifetime = 8  # of the tokens that are still to come
        done = command("run", *flags, *SMOKE, environ=environ)
        assert_whole(done, server, tmp_path, command)
