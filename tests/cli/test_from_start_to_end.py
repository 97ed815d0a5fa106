"""A certifier's way from the first command to the last: key, run, certificate, verification, another report, sweep."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.certificates import VENDOR
from support.servers import Changed, serving

from workloads_reports import read_report

FEW_CASES = (sys.executable, str(Path(__file__).parents[1] / "support" / "few_cases.py"))
"""The command line with a thorough profile that draws few cases."""


@pytest.fixture
def call(tmp_path):
    def call(*arguments, environ=None):
        (tmp_path / "conformance.toml").write_text(VENDOR)
        done = subprocess.run(
            [*FEW_CASES, *arguments],
            cwd=tmp_path,
            env=os.environ | (environ or {}),
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return call


@pytest.mark.slow
def test_a_product_is_certified_and_others_check_it(call, tmp_path):
    assert call("certify", "--new-key", "certifier").returncode == 0
    app = Changed()
    with serving(app) as target:
        done = call("certify", "--key", "certifier", *target.arguments, environ=target.environ)
        assert done.returncode == 0, done.stdout + done.stderr
        assert app.store.listed(deleted=False) == []
        swept = call("sweep", "--target", target.url, "--token-env", "TEST_TOKEN", environ=target.environ)
        assert swept.returncode == 0, swept.stdout + swept.stderr
    directory = tmp_path / "conformance-report"
    verified = call("verify", str(directory), "--key", "certifier.pub")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.endswith("certificate: verified, PASSED\n")
    again = call("report", str(directory / "record.jsonl"), "--out", "again")
    assert again.returncode == 0, again.stdout + again.stderr
    first, second = (read_report(tmp_path / name / "report.json") for name in (directory.name, "again"))
    assert [one.verdict for one in first.requirements] == [one.verdict for one in second.requirements]
    (directory / "report.json").write_text("{}")
    assert call("verify", str(directory), "--key", "certifier.pub").returncode == 1
