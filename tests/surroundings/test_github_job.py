"""The job for GitHub Actions that the documents show does what they say: its steps are run as they are written."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import COMMAND
from support.servers import Changed, json_reply, serving

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs/gating.md"
INSTALL, *STEPS = [
    step
    for step in yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1])["jobs"][
        "gate"
    ]["steps"]
    if "run" in step
]


@pytest.fixture
def repository(tmp_path):
    """A repository as the job finds it, the command installed."""
    assert "pip install" in INSTALL["run"]
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/workloads-conformance"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
    program.chmod(0o755)
    (tmp_path / "conformance").mkdir()
    (tmp_path / "conformance/waivers.toml").write_text("")
    return tmp_path


def job(repository: Path, target) -> tuple[list[int], str]:
    """Runs the steps as GitHub does; returns their statuses, and what they put on the job's page."""
    page = repository / "page.md"
    page.write_text("")
    environ = {key: value for key, value in os.environ.items() if not key.startswith("WORKLOADS_CONFORMANCE_")} | {
        "PATH": f"{repository / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(page),
        "TOKEN": target.environ["TEST_TOKEN"],
        "WORKLOADS_CONFORMANCE_PROFILE": "smoke",
        "WORKLOADS_CONFORMANCE_SETTLE": "2",
    }
    statuses = []
    for step in STEPS:
        script = step["run"].replace("https://staging.example.com", target.url)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=repository, env=environ, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        statuses.append(done.returncode)
    return statuses, page.read_text(encoding="utf-8")


def test_the_documented_job(repository):
    """It passes with the last release's report, and fails where something regressed since."""
    report = repository / "conformance-report/report.json"
    with serving(Changed()) as target:
        statuses, _ = job(repository, target)
        assert statuses[0] in (0, 3), "without the two further tokens some tests cannot be run"
        passing = statuses[0]
        report.rename(repository / "conformance/last-release.json")
        statuses, page = job(repository, target)
        assert statuses == [passing, 0]
        assert page.startswith("# Workloads V2 conformance")

    def after(call, reply):
        return json_reply(202, {}) if call.method == "DELETE" and reply.status == 404 else reply

    with serving(Changed(after=after)) as target:
        statuses, page = job(repository, target)
    assert statuses == [1, 1]
    assert "WV2-DELETE-004" in page
    assert json.loads(report.read_text(encoding="utf-8"))["gate"]["passed"] is False
