"""Waivers from the draft to the gate, on a server that forgets to refuse, and the mistakes in a waiver file."""

from __future__ import annotations

import json
import os
import subprocess
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from conftest import COMMAND
from support.servers import Changed, json_reply, serving

from workloads_conformance.suite import test_delete

BROKEN = "WV2-DELETE-004"
ENTRY = "[[waiver]]\nrequirement = "


def forgetful() -> Changed:
    """Accepts to delete what it does not have."""

    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    return Changed(after=after)


def filled_in(draft: str, *, days: int = 30) -> str:
    """The draft as its user completes it; `days` from now it expires."""
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    link = 'link = "https://issues.example.com/1"'
    draft = draft.replace('owner = ""', 'owner = "ops"').replace('reason = ""', 'reason = "the fix is on its way"')
    return draft.replace('link = ""', link).replace('expires = ""', f"expires = {day}")


@pytest.mark.slow
def test_from_the_first_failure_to_a_waiver_that_is_no_longer_needed(command, tmp_path):
    def run(app: Changed, *arguments: str):
        with serving(app) as target:
            done = command("run", *target.arguments, "--profile", "smoke", *arguments, environ=target.environ)
        path = tmp_path / "conformance-report/report.json"
        return done, json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    waivers = tmp_path / "waivers.toml"
    done, _ = run(forgetful(), "--write-waivers", "waivers.toml")
    assert done.returncode == 1, done.stderr
    assert "waivers.toml" in done.stdout
    draft = waivers.read_text(encoding="utf-8")
    assert BROKEN in draft

    waivers.write_text(filled_in(draft))
    done, report = run(forgetful(), "--waivers", "waivers.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "waived by ops until" in " ".join(done.stdout.split())
    assert done.stdout.endswith("gate:       passed\n" + done.stdout[done.stdout.index("  json:") :])
    assert {one["id"]: one["verdict"] for one in report["requirements"]}[BROKEN] == "waived"
    assert report["verdict"] == "conformant"
    assert "waived" in report["reason"]
    [case] = [
        case
        for case in ET.parse(tmp_path / "conformance-report/junit.xml").iter("testcase")
        if BROKEN in case.get("name", "")
    ]
    assert case.find("skipped") is not None

    done, report = run(Changed(), "--waivers", "waivers.toml")
    assert done.returncode == 1
    assert done.stdout.endswith("verdict: conformant\n")
    assert f"the waiver of {BROKEN} by ops is no longer needed" in " ".join(done.stdout.split())
    assert report["gate"]["passed"] is False


@pytest.mark.slow
def test_under_pytest_a_waived_failure_fails_no_test_until_it_expires(tmp_path):
    def deletes(*, days: int) -> str:
        rest = 'owner = ""\nreason = ""\nlink = ""\nexpires = ""\n'
        entries = [f'{ENTRY}"{one}"\n{rest}' for one in (BROKEN, "WV2-DELETE-002")]  # its answer has no body, too
        (tmp_path / "waivers.toml").write_text(filled_in("".join(entries), days=days))
        with serving(forgetful()) as target:
            return subprocess.run(
                [COMMAND[0], "-m", "pytest", "--pyargs", "workloads_conformance.suite", "-p", "no:cacheprovider",
                 *("-k", "test_delete and unknown_id", "--wlc-profile", "smoke"),
                 *("--wlc-waivers", "waivers.toml"), *target.pytest_arguments],
                cwd=tmp_path, env=os.environ | target.environ, capture_output=True, text=True, timeout=600, check=False,
            ).stdout  # fmt: skip

    done = deletes(days=0)
    assert "FAILED" not in done
    assert "waived by ops until" in done
    done = deletes(days=-1)
    assert "FAILED" in done
    assert "expired on" in done
    assert "verdict: nonconformant" in done


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[waiver]]\nonwer = "x"', ["'onwer'", "did you mean 'owner'"]),
        ('[[waiver]]\nowner = "x"', ["requirement is missing"]),
        (f'{ENTRY}"{BROKEN}"\nowner = ""\nreason = ""\nlink = ""\nexpires = ""', ["owner is ''"]),
        (filled_in(f'{ENTRY}"{BROKEN}"\nowner = ""\nreason = ""\nlink = ""'), ["expires is missing"]),
        (filled_in(f'{ENTRY}"WV2-NONE-001"\nowner = ""\nreason = ""\nlink = ""\nexpires = ""'),
         ["'WV2-NONE-001' is not a known requirement"]),
        ("[[waiver", ["not TOML"]),
        (None, ["waivers.toml", "not a readable file"]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_waiver_file_ends_the_run_before_anything_is_sent(text, words, command, tmp_path):
    if text is not None:
        (tmp_path / "waivers.toml").write_text(text)
    calls = []
    with serving(Changed(before=lambda call: calls.append(call) or call)) as target:
        done = command("run", *target.arguments, "--waivers", "waivers.toml", environ=target.environ)
    assert done.returncode == 2
    [sentence] = done.stderr.splitlines()
    for word in ("waivers.toml", *words):
        assert word in sentence
    assert calls == []
    assert not (tmp_path / "conformance-report").exists()


@pytest.mark.parametrize("path", ["conformance.toml", "nowhere/drafts.toml"])
def test_drafts_are_not_written_over_a_file_nor_nowhere(path, command, tmp_path):
    (tmp_path / "conformance.toml").write_text('profile = "smoke"')
    done = command("run", "--write-waivers", path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"write-waivers is '{path}'; expected a file that is not there yet" in done.stderr
    assert (tmp_path / "conformance.toml").read_text() == 'profile = "smoke"'


def test_a_waived_finding_does_not_hide_another_of_the_same_requirement(judge, tmp_path):
    """One test meets both, and examines one of a requirement: the waived one must not be all that it looks at."""

    def after(call, reply):
        wrong = call.method == "DELETE" and reply.status in (400, 404)
        return json_reply(202, {}) if wrong else reply

    def found(**flags):
        made = judge(Changed(after=after), test_delete.test_a_malformed_id_is_refused, profile="standard", **flags)
        return next(one for one in made.requirements if one.requirement.id == "WV2-DELETE-005")

    [known] = found().findings
    (tmp_path / "waivers.toml").write_text(
        filled_in(
            f'[[waiver]]\nrequirement = "WV2-DELETE-005"\nfinding = {json.dumps(known.message)}\n'
            'owner = ""\nreason = ""\nlink = ""\nexpires = ""\n'
        )
    )
    again = found(waivers=str(tmp_path / "waivers.toml"))
    assert again.verdict == "fail"
    assert len({one.message for one in again.findings}) == 2
    assert "of 2 findings, 1 waived" in again.reason
