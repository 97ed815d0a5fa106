"""The configuration files in docs/examples do what they say, on the reference server in place of their target."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from support.servers import Changed, serving

EXAMPLES = sorted(Path(__file__).parents[2].joinpath("docs/examples").glob("*.toml"))

pytestmark = pytest.mark.slow


def test_there_are_examples_for_each_kind_of_user():
    assert [path.stem for path in EXAMPLES] == ["certification", "ci", "staging"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(path, command, tmp_path):
    """Only the target is another one, and no more than smoke is tried of the longer profiles."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    app = Changed()
    with serving(app) as target:
        environ = {
            "CONFORMANCE_SECRET": app.tokens.member.secret,
            "STAGING_TOKEN": target.environ["TEST_TOKEN"],
            "STAGING_FORBIDDEN_TOKEN": target.environ["TEST_FORBIDDEN"],
            "CERTIFICATION_FORBIDDEN_TOKEN": target.environ["TEST_FORBIDDEN"],
            "CERTIFICATION_EXPIRED_TOKEN": target.environ["TEST_EXPIRED"],
        }
        (tmp_path / "token.txt").write_text(target.environ["TEST_TOKEN"])
        (tmp_path / path.name).write_bytes(path.read_bytes())  # paths in it are relative to it
        done = command("run", "--config", path.name, "--target", target.url, "--profile", "smoke", environ=environ)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / said["report-dir"] / "report.json").read_text(encoding="utf-8"))
    assert report["run"]["seed"] == said.get("seed", 0)
    assert report["implementation"]["organization"] == said.get("implementation", {}).get("organization", "")
    untested = {one["id"] for one in report["requirements"] if one["verdict"] == "not-tested"}
    # Without a token of somebody who lacks the rights, or one that has expired, that much cannot be tested.
    needs = {"forbidden-token-env": {f"WV2-AUTH-{n:03}" for n in range(9, 13)}, "expired-token-env": {"WV2-AUTH-008"}}
    assert untested == set().union(*(needs[key] for key in needs if key not in said))
