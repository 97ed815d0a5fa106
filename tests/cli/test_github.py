"""A run on GitHub: annotations, the job's page, and no command of the target's obeyed."""

from __future__ import annotations

import re

import pytest
from support.hostile import hostile_report
from support.servers import Call, Changed, json_reply, serving

from workloads_conformance.github import commands_stopped, tell_github
from workloads_reports import ReportError


def hostile(call: Call):
    if call.method == "GET" and call.path.startswith("/api/v2/"):
        return json_reply(500, {"code": 500, "message": "x\n::error::owned\n##[error]owned"})
    return call


@pytest.fixture
def run(command):
    def call(**environ: str):
        with serving(Changed(before=hostile)) as target:
            return command(
                "run", "--profile", "smoke", "--settle", "0.3", *target.arguments, environ=target.environ | environ
            )

    return call


def test_annotations_and_the_summary_on_github(run, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("earlier steps\n", encoding="utf-8")
    done = run(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(page))
    lines = done.stdout.splitlines()
    assert any(line.startswith("::error title=WV2-") for line in lines)
    [stop] = [index for index, line in enumerate(lines) if line.startswith("::stop-commands::")]
    token = lines[stop].removeprefix("::stop-commands::")
    resume = lines.index(f"::{token}::")
    assert all("owned" not in line for line in lines[:stop] if not line.startswith("::"))
    assert not [line for line in lines[resume + 1 :] if "owned" in line]
    assert not [line for line in lines if re.match(r"\s*(::error::|##\[)", line)]
    assert lines[-1] == "verdict: nonconformant"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("earlier steps\n# Workloads V2 conformance: nonconformant\n")


def test_elsewhere_nothing_is_said(capsys):
    tell_github(hostile_report(huge=100), {"CI": "true"})
    with commands_stopped({}):
        pass
    assert capsys.readouterr().out == ""


def test_a_page_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ReportError, match="GITHUB_STEP_SUMMARY"):
        tell_github(hostile_report(huge=100), {"GITHUB_STEP_SUMMARY": str(tmp_path)})
