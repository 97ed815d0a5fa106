"""A part of the suite, disturbed: little room, a gateway, a token that ends, answers that tell nothing of a write."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from support.disturbing import Disturbed, goes_away
from support.servers import serving

from workloads_conformance.recording import read_record
from workloads_conformance.replay import rejudge
from workloads_reports import Verdict

ONLY = ("--only", "test_create,test_update,test_delete", "--profile", "smoke", "--settle", "20")


def judged(server: Disturbed, tmp_path: Path, command, *options: str, token: tuple[str, str] | None = None) -> dict:
    """Returns the report of a run that has to blame nobody, and to leave nothing unsaid."""
    with serving(server) as target:
        arguments = list(target.arguments)
        if token is not None:
            place = arguments.index("--token-env")
            arguments[place : place + 2] = token
        done = command("run", *arguments, *ONLY, *options, environ=target.environ)
    assert done.returncode == 3, done.stdout + done.stderr  # only a part was selected
    report = json.loads((tmp_path / "conformance-report/report.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in report["requirements"] if one["findings"]] == []
    assert len(report["leftovers"]["leaked"]) == server.alive
    again, departures = rejudge(read_record(tmp_path / "conformance-report/record.jsonl"))
    assert departures == []
    assert [one.requirement.id for one in again.having(Verdict.INCONCLUSIVE)] == undecided(report)
    return report


def away(server: Disturbed) -> None:
    """Has a gateway answer for a second."""
    goes_away(server, 502, 1.0, loses_state=False)


def undecided(report: dict) -> list[str]:
    return [one["id"] for one in report["requirements"] if one["verdict"] == "inconclusive"]


@pytest.mark.slow
def test_no_more_are_alive_than_may_be(tmp_path, command):
    server = Disturbed(deletion=0.2)
    report = judged(server, tmp_path, command, "--max-live", "4")
    assert server.most_alive <= 4
    assert server.alive == 0
    assert report["leftovers"]["unknown"] == []


@pytest.mark.slow
def test_the_run_keeps_to_a_quota_that_it_meets(tmp_path, command):
    server = Disturbed(room=12)
    report = judged(server, tmp_path, command)
    assert server.refused > 0
    assert undecided(report) == []
    assert server.alive == 0


@pytest.mark.slow
def test_without_room_for_anything_it_is_said_why(tmp_path, command):
    server = Disturbed(room=1)
    report = judged(server, tmp_path, command)
    reasons = json.dumps([one["reason"] for one in report["requirements"] if one["verdict"] == "inconclusive"])
    assert "as where a quota is used up" in reasons


@pytest.mark.slow
def test_what_was_done_behind_a_503_is_accounted_for(tmp_path, command):
    server = Disturbed(unsure=5)
    report = judged(server, tmp_path, command)
    assert report["leftovers"]["unknown"] == []
    assert server.alive == 0


@pytest.mark.slow
def test_what_a_gateway_answers_is_not_the_targets(tmp_path, command):
    server = Disturbed()
    server.when = [(60, away), (160, away)]
    report = judged(server, tmp_path, command)
    assert undecided(report) == []
    assert server.when == []


def test_a_token_that_is_revoked_and_replaced_in_its_file_is_no_finding(tmp_path, command):
    server, path = Disturbed(), tmp_path / "token"
    first, second = (server.tokens.issue(server.tokens.member) for _ in range(2))
    path.write_text(first)

    def rotates(server: Disturbed) -> None:
        server.revoked.add(first)
        asyncio.get_running_loop().call_later(0.5, path.write_text, second)

    server.when = [(60, rotates)]
    report = judged(server, tmp_path, command, token=("--token-file", str(path)))
    assert undecided(report) == []
    assert server.when == []
