"""`check` says of each need of a run whether it is met, and leaves nothing behind."""

from __future__ import annotations

import base64
import json

import pytest
from support.servers import Changed, json_reply, serving

from workloads_conformance.selfcheck.exchanges import Call


@pytest.fixture
def check(command, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()

    def call(app=None, *more, environ=None, without=(), **flags):
        with serving(app or Changed()) as target:
            given = {key: value for key, value in {**target.flags, **flags}.items() if key not in without}
            arguments = [part for key, value in given.items() for part in (f"--{key}", value)]
            return command("check", *arguments, *more, environ={**target.environ, **(environ or {})})

    return call


def states(done) -> dict[str, str]:
    """The state of each need, by its name, as the output tells."""
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines() if line.startswith("  ")]
    return {rest[:16].strip(): state for state, rest in lines}


NEEDS = ["target", "token", "second token", "expired token", "dry run", "kind Job", "kind Deployment", "quota"]


def test_a_whole_environment_meets_every_need_and_nothing_is_left(check, tmp_path):
    app = Changed()
    done = check(app)
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(done) == dict.fromkeys(NEEDS, "met")
    assert done.stdout.endswith("a run can be made, and every need of it is met.\n")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]
    assert app.store.listed(deleted=False) == []


def test_what_was_not_given_is_lacking_and_a_run_can_be_made(check):
    done = check(without=("forbidden-token-env", "expired-token-env"))
    assert done.returncode == 0
    assert states(done) == {**dict.fromkeys(NEEDS, "met"), "second token": "lacking", "expired token": "lacking"}
    assert done.stdout.endswith("leaves a part untested: second token, expired token.\n")


def test_tokens_that_are_not_what_they_should_be(check):
    done = check(environ={"TEST_FORBIDDEN": "no.such.token", "TEST_EXPIRED": "none"}, mode="dry-run")
    assert states(done)["second token"] == "lacking"
    assert "refused as no valid token (401)" in done.stdout
    swapped = Changed()
    with serving(swapped) as target:
        fresh = target.environ["TEST_TOKEN"]
    done = check(swapped, environ={"TEST_EXPIRED": fresh})
    assert states(done)["expired token"] == "lacking"
    assert "it takes one that ran out five minutes ago" in done.stdout


def _manifest(call: Call) -> str:
    """The body of a create as text, its manifest decoded."""
    body = json.loads(call.body)
    return json.dumps(body) + base64.b64decode(body.get("manifestBase64Encoded", "")).decode()


def refusing(kind: str, status: int, *, after: int = 0) -> Changed:
    """A server that refuses creates of a kind, after so many of them."""
    seen = []

    def before(call: Call):
        if call.operation == "create" and kind in _manifest(call):
            seen.append(call)
            if len(seen) > after:
                return json_reply(status, {"code": status, "message": "no room"})
        return call

    return Changed(before=before)


def test_a_kind_that_is_refused_is_named(check):
    done = check(refusing("CronJob", 400), kinds="Job,CronJob")
    assert done.returncode == 0, done.stdout
    assert states(done)["kind CronJob"] == "lacking"
    assert states(done)["kind Job"] == "met"


def test_a_quota_that_is_too_small_is_told(check):
    done = check(refusing("wlc-", 403, after=6))
    assert states(done)["quota"] == "lacking", done.stdout
    assert "no room" in done.stdout
    assert "raise the project's quota" in done.stdout


def test_a_target_that_cannot_be_judged_ends_with_three(command, check):
    done = command(
        "check", "--target", "http://127.0.0.1:9", "--project-id", "1", "--token-env", "T", environ={"T": "x"}
    )
    assert done.returncode == 3
    assert states(done) == {"target": "broken"}
    refused = check(environ={"TEST_TOKEN": "not-a-token"})
    assert refused.returncode == 3
    assert "refuses the token" in refused.stdout
    assert "not-a-token" not in refused.stdout + refused.stderr


def test_options_are_those_of_run(command):
    done = command("check", "--shrad", "1/2")
    assert done.returncode == 2
    assert "did you mean --shard?" in done.stderr
