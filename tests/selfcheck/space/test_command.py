"""The command, with real processes and the real suite."""

from __future__ import annotations

import json

import pytest
from support.foreign import Foreign
from support.servers import Changed, serving

GONE = "GET 404 status / accepted / always"
TOKEN = "GET check of token / forgotten / always"
LEGAL = "GET 200 workload / with an unnamed member beside / always"


@pytest.mark.slow
def test_the_list_is_drawn_by_the_seed(command):
    first, again, other = (command("self-check", "--space", "12", "--seed", seed, "--list") for seed in "112")
    assert first.returncode == 0
    assert len(first.stdout.splitlines()) == 12
    assert first.stdout == again.stdout != other.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--space", "0"), "--space is '0'; expected a whole number from 1"),
        (("--points", "GTE*"), "no point is named 'GTE*'; names look like"),
        (("--space", "1", "--faults", "create/*"), "--faults is of the catalogue"),
        (("--project-id", "1"), "--project-id is given without --target"),
        (("--time-limit", "60"), "--time-limit is given without --space"),
        (("--space", "1", "--time-limit", "soon"), "--time-limit is 'soon'; expected a number of seconds"),
        (("--target", "http://127.0.0.1:9"), "project-id is missing"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(command, arguments, words):
    done = command("self-check", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_faults_are_found_and_a_legal_point_is_accepted(command, tmp_path):
    done = command("self-check", "--points", f"{GONE},{TOKEN},{LEGAL}", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Killed (a MUST or SHOULD was found violated): 2 of 2" in done.stdout
    found = json.loads((tmp_path / "out" / "space.json").read_text())
    assert {point["id"]: point["verdict"] for point in found["points"]} == {
        GONE: "killed", TOKEN: "killed", LEGAL: "accepted",
    }  # fmt: skip
    assert any(point["named"] for point in found["points"]), "a run ends with its first finding, which may be another's"
    assert found["left"] == []
    assert (tmp_path / "out" / "space.html").exists()


@pytest.mark.slow
def test_a_draw_leaves_nothing_and_blames_nobody(command, tmp_path):
    command("self-check", "--space", "12", "--seed", "3", "--report-dir", "out")
    found = json.loads((tmp_path / "out" / "space.json").read_text())
    assert len(found["points"]) == 12
    assert found["rates"]["blamed"]["count"] == 0
    assert found["left"] == []


@pytest.mark.slow
@pytest.mark.parametrize("make", [Changed, Foreign])
def test_the_users_own_server_is_as_it_was(command, tmp_path, make):
    """One point is found; on the other the target is refused before anything is judged, which no gate lets pass."""
    app = make()
    with serving(app) as target:
        done = command(
            "self-check", *target.arguments, "--points", f"{GONE},POST effect / applied twice / always",
            "--settle", "1", "--profile", "smoke", "--bar", "50", "--report-dir", "out", environ=target.environ,
        )  # fmt: skip
    assert "This gate, as it is configured, would have stopped 2 of 2 such regressions" in done.stdout, done.stderr
    assert done.returncode == 0
    assert not (tmp_path / "out" / "points").exists()
    alive = [one for one in app.store.listed(deleted=False) if one.deletion is None and one.name.startswith("wlc-")]
    assert alive == []
    if isinstance(app, Foreign):
        assert app.touched == app.strays == []
