"""A run on GitHub: annotations, the job's page, and no command of the target's obeyed."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from conftest import COMMAND
from support.hostile import hostile_report
from support.servers import Call, Changed, json_reply, serving

from workloads_conformance.github import commands_stopped, tell_github
from workloads_reports import ReportError

ANNOTATION = re.compile("::(error|warning|notice) title=WV2-")
MARK = re.compile(r"\s*(::error::|##\[)")


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


def unquoted(output: str) -> list[str]:
    """The lines that GitHub reads commands from; only annotations of ours name what the target said there."""
    lines = output.splitlines()
    [stop] = [index for index, line in enumerate(lines) if line.startswith("::stop-commands::")]
    resume = lines.index(f"::{lines[stop].removeprefix('::stop-commands::')}::")
    assert any("owned" in line for line in lines[stop:resume])
    assert not [line for line in lines if MARK.match(line)]
    read = lines[:stop] + lines[resume + 1 :]
    assert not [line for line in read if "owned" in line and not ANNOTATION.match(line)]
    return read


@pytest.mark.slow
def test_annotations_and_the_summary_on_github(run, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("earlier steps\n", encoding="utf-8")
    done = run(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(page))
    lines = unquoted(done.stdout)
    assert any(line.startswith("::error title=WV2-") for line in lines)
    assert lines[-1] == "verdict: nonconformant"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("earlier steps\n# Workloads V2 conformance: nonconformant\n")


@pytest.mark.slow
def test_plain_pytest_quotes_the_target_only_where_github_obeys_nothing(tmp_path):
    with serving(Changed(before=hostile)) as target:
        done = subprocess.run(
            [COMMAND[0], "-m", "pytest", "--pyargs", "workloads_conformance.suite.test_get", "-p", "no:cacheprovider",
             *("--wlc-profile", "smoke", "--wlc-settle", "0.3"), *target.pytest_arguments],
            cwd=tmp_path, env=os.environ | target.environ | {"GITHUB_ACTIONS": "true"},
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
    assert "= FAILURES =" in done.stdout
    lines = unquoted(done.stdout)
    assert "= FAILURES =" not in "\n".join(lines)
    assert any(line.startswith("::error title=WV2-") for line in lines)


def test_elsewhere_nothing_is_said(capsys):
    tell_github(hostile_report(huge=100), {"CI": "true"})
    with commands_stopped({}):
        pass
    assert capsys.readouterr().out == ""


def test_a_page_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ReportError, match="GITHUB_STEP_SUMMARY"):
        tell_github(hostile_report(huge=100), {"GITHUB_STEP_SUMMARY": str(tmp_path)})
