"""`init` looks at a target and writes a conformance.toml that `check` and `run` take; no secret is in it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tomllib

import pytest
from support.servers import Changed, Reply, json_reply, serving

from workloads_conformance.settings.draft import draft
from workloads_conformance.settings.options import SCHEMA


def listing(projects, clusters=()):
    """A server that lists projects and clusters, as the platform does."""

    def before(call):
        if call.path == "/api/v1/org-unit/projects":
            return json_reply(200, {"projects": projects})
        if call.path == "/api/v1/clusters":
            return json_reply(200, list(clusters))
        return call

    return Changed(before=before)


CLUSTER = "3c1f7c5e-7d0b-4f57-9d34-0b9a5d3f6c11"
ONE = [{"id": "4500001", "name": "team-a"}]


def test_what_the_target_shows_goes_into_a_file_without_the_secret(command, tmp_path):
    app = listing(ONE, [{"uuid": CLUSTER, "name": "east"}])
    with serving(app) as target:
        done = command("init", "--target", target.url, "--token-env", "TEST_TOKEN", environ=target.environ)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("next:\n  workloads-conformance check\n  workloads-conformance run\n")
        text = (tmp_path / "conformance.toml").read_text(encoding="utf-8")
        expected = {"target": target.url, "token-env": "TEST_TOKEN", "project-id": "4500001", "cluster-id": CLUSTER}
        assert tomllib.loads(text) == expected
        assert "the token runs out at" in text
        assert "team-a" in text
        assert not any(secret in text + done.stdout for secret in target.environ.values())
        checked = command("check", environ=target.environ)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_file_that_is_there_stays_unless_that_is_said(command, tmp_path):
    path = tmp_path / "conformance.toml"
    path.write_text('target = "http://x"\n', encoding="utf-8")
    with serving(listing(ONE)) as target:
        arguments = ("init", "--target", target.url, "--token-env", "TEST_TOKEN")
        refused = command(*arguments, environ=target.environ)
        assert refused.returncode == 2
        assert "give --force to replace it" in refused.stderr
        assert path.read_text(encoding="utf-8") == 'target = "http://x"\n'
        path.write_text('project-id = "7"\ntarget = "http://x"\n[implementation]\nproject = "p"\n', encoding="utf-8")
        done = command(*arguments, "--force", "--profile", "smoke", environ=target.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    assert found == {
        "target": target.url, "token-env": "TEST_TOKEN", "project-id": "7", "profile": "smoke",
        "implementation": {"project": "p"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "target is missing"),
        (("--target", "URL"), "token-env is missing"),
        (("--target", "URL", "--token-env", "eyJhbGciOi.secret"), "not the name of an environment variable"),
        (("--target", "URL", "--token-env", "UNSET"), "not set or empty"),
        (("--target", "URL", "--token-env", "TEST_TOKEN"), r"project-id is missing, .* lists 1 \(a\); 2 \(b\)"),
    ],
)
def test_what_nobody_can_be_asked_has_to_be_given(command, tmp_path, arguments, told):
    with serving(listing([{"id": "1", "name": "a"}, {"id": 2, "name": "b"}])) as target:
        given = [target.url if one == "URL" else one for one in arguments]
        done = command("init", *given, environ=target.environ)
    assert done.returncode == 2, done.stdout
    assert re.search(told, done.stderr), done.stderr
    assert "eyJhbGciOi.secret" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_asks_on_a_terminal(tmp_path):
    with serving(listing(ONE)) as target:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "workloads_conformance", "init", "mine.toml"],
            cwd=tmp_path, env={**os.environ, **target.environ}, stdin=slave, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        os.write(master, f"{target.url}\nTEST_TOKEN\n".encode())
        out, _ = process.communicate(timeout=60)
        os.close(master), os.close(slave)
    assert process.returncode == 0, out
    assert out.endswith("workloads-conformance run --config mine.toml\n")
    assert tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))["project-id"] == "4500001"


def test_what_a_target_lists_ends_no_comment(command, tmp_path):
    evil = [{"id": '1"\nmode = "full', "name": 'x\nkinds = ["Pod"]\r\x85\u2028\x1b[2J'}]
    with serving(listing(evil)) as target:
        done = command("init", "--target", target.url, "--token-env", "TEST_TOKEN", environ=target.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    found = tomllib.loads((tmp_path / "conformance.toml").read_text(encoding="utf-8"))
    assert found == {"target": target.url, "token-env": "TEST_TOKEN", "project-id": '1"\nmode = "full'}
    assert "\x1b" not in done.stdout


def test_every_option_can_be_drafted():
    values = {"target": 'a"\\\x7f\n', "seed": 3, "literal": True, "kinds": ["Job"], "deadline": 1.5}
    assert tomllib.loads(draft(values, {})) == values
    assert set(values) <= set(SCHEMA["properties"])


def test_what_is_not_the_api_gets_no_file(command, tmp_path):
    page = Changed(before=lambda _call: Reply(404, {b"content-type": b"text/html"}, b"").with_body(b"<h1>404</h1>"))
    with serving(page) as target:
        done = command("init", "--target", target.url, "--token-env", "TEST_TOKEN", environ=target.environ)
    assert done.returncode == 3
    assert "answers 404, and not with the JSON object" in done.stderr
    assert not (tmp_path / "conformance.toml").exists()
