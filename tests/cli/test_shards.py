"""A run in shards, as engines start them: processes that share nothing but the target make the report of one run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.servers import Changed, json_reply, serving

pytestmark = pytest.mark.slow

AT_ONCE = 3

ENGINES = {
    "kubernetes": lambda index, total: {"JOB_COMPLETION_INDEX": index, "JOB_COMPLETIONS": total},
    "gitlab": lambda index, total: {"CI_NODE_INDEX": index + 1, "CI_NODE_TOTAL": total},
    "circleci": lambda index, total: {"CIRCLE_NODE_INDEX": index, "CIRCLE_NODE_TOTAL": total},
    "buildkite": lambda index, total: {"BUILDKITE_PARALLEL_JOB": index, "BUILDKITE_PARALLEL_JOB_COUNT": total},
    "slurm": lambda index, total: {
        "SLURM_ARRAY_TASK_ID": 3 + index, "SLURM_ARRAY_TASK_MIN": 3, "SLURM_ARRAY_TASK_COUNT": total,
    },
}  # fmt: skip


@pytest.fixture
def target():
    with serving(Changed()) as served:
        yield served


def judged(report: dict) -> dict[str, tuple[str, int, int]]:
    return {one["id"]: (one["verdict"], one["cases"], one["violated"]) for one in report["requirements"]}


def covered(report: dict) -> list[tuple[str, int, int]]:
    return [(one["what"], one["covered"], one["possible"]) for one in report["plan"]["coverage"]]


def read(path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def in_shards(command, target, profile, engine, of) -> Iterator:
    """Runs the shards of a run, and yields what became of each process."""

    def run(index):
        told = {name: str(value) for name, value in ENGINES[engine](index, of).items()}
        options = ("--profile", profile, "--shard", "auto", "--max-live", str(max(64, 4 * of)))
        return command("run", *target.arguments, *options, environ={**target.environ, **told})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(run, range(of))


def equals_the_whole(command, target, tmp_path, profile, parts):
    whole = command("run", *target.arguments, "--profile", profile, "--report-dir", "whole", environ=target.environ)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    one = read(tmp_path / "whole" / "report.json")
    for engine, of in parts:
        for done in in_shards(command, target, profile, engine, of):
            assert done.returncode == 0, done.stdout + done.stderr
        names = [f"shard-{number}-of-{of}" for number in range(1, of + 1)]
        done = command("merge", "conformance-report", "--out", "merged")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("verdict: conformant\n")
        found = read(tmp_path / "merged" / "report.json")
        assert judged(found) == judged(one)
        assert covered(found) == covered(one)
        assert found["plan"]["cases"] == one["plan"]["cases"]
        assert found["plan"]["missing"] == []
        if of > 1:
            first = f"conformance-report/{names[0]}"
            part = command("merge", f"{first}/report.json", "--partial", "--out", "part")
            assert (part.returncode, "verdict: inconclusive" in part.stdout) == (3, True), "a part opens no gate"
            over = command("merge", "conformance-report", "--out", first)
            assert over.returncode == 2
            assert "has one of the reports that are merged" in over.stderr
        for name in names:
            (tmp_path / "conformance-report" / name).rename(tmp_path / f"{engine}-{name}")


@pytest.mark.parametrize(("engine", "of"), [("gitlab", 1), ("buildkite", 2), ("kubernetes", 5)])
def test_a_smoke_run_in_shards_is_the_run(command, target, tmp_path, engine, of):
    equals_the_whole(command, target, tmp_path, "smoke", [(engine, of)])


@pytest.mark.exhaustive
def test_a_smoke_run_in_sixteen_shards_is_the_run(command, target, tmp_path):
    equals_the_whole(command, target, tmp_path, "smoke", [("slurm", 16)])


@pytest.mark.exhaustive
@pytest.mark.parametrize(("engine", "of"), [("gitlab", 1), ("circleci", 2), ("kubernetes", 5), ("slurm", 16)])
def test_a_standard_run_in_shards_is_the_run(command, target, tmp_path, engine, of):
    equals_the_whole(command, target, tmp_path, "standard", [(engine, of)])


def test_four_live_workloads_are_room_for_every_case(command, target):
    """No shard may have fewer, so no case may need more."""
    done = command("run", *target.arguments, "--profile", "smoke", "--max-live", "4", environ=target.environ)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_wrong_with_a_server_shows_in_a_shard_and_in_the_whole(command, tmp_path):
    broken = Changed(after=lambda _call, reply: json_reply(404, {}) if reply.status == 404 else reply)
    with serving(broken) as target:
        ends = [done.returncode for done in in_shards(command, target, "smoke", "gitlab", 2)]
        whole = command("run", *target.arguments, "--profile", "smoke", "--report-dir", "w", environ=target.environ)
    assert ends == [1, 1]
    assert whole.returncode == 1
    alone = command("merge", "conformance-report/shard-1-of-2/report.json", "--out", "m")
    assert alone.returncode == 2
    assert "shard 2 is missing of 2" in alone.stderr
    merged = command("merge", "conformance-report", "--out", "m")
    assert merged.returncode == 1, merged.stdout + merged.stderr
    verdicts = {one["id"]: one["verdict"] for one in read(tmp_path / "m" / "report.json")["requirements"]}
    assert verdicts == {one["id"]: one["verdict"] for one in read(tmp_path / "w" / "report.json")["requirements"]}
    again = command("report", "conformance-report/shard-1-of-2/record.jsonl", "--out", "again")
    assert again.returncode == 0, again.stderr
    replayed, ran = (read(tmp_path / name / "report.json") for name in ("again", "conformance-report/shard-1-of-2"))
    assert judged(replayed) == judged(ran)
    assert replayed["plan"] == ran["plan"]
