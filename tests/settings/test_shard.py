"""Which shard a process is: as it is told, or as engines tell it. All shards together take what one run takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from workloads_conformance.errors import UsageError
from workloads_conformance.settings import Shard, load_settings

KUBERNETES = {"JOB_COMPLETION_INDEX": "1", "JOB_COMPLETIONS": "4"}
GITLAB = {"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "4"}
SLURM = {
    "SLURM_ARRAY_TASK_ID": "12",
    "SLURM_ARRAY_TASK_MIN": "10",
    "SLURM_ARRAY_TASK_COUNT": "4",
    "SLURM_ARRAY_TASK_STEP": "2",
}
ENGINES = {
    "Kubernetes": KUBERNETES,
    "GitLab": GITLAB,
    "Buildkite": {"BUILDKITE_PARALLEL_JOB": "1", "BUILDKITE_PARALLEL_JOB_COUNT": "4"},
    "CircleCI": {"CIRCLE_NODE_INDEX": "1", "CIRCLE_NODE_TOTAL": "4"},
    "Slurm": SLURM,
    "two that agree": KUBERNETES | GITLAB,
    "one that splits nothing": GITLAB | {"CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "1"},
}


def settings(shard, environ=None, **flags):
    return load_settings(
        {"shard": shard, **{key.replace("_", "-"): text for key, text in flags.items()}}, environ or {}
    )


@pytest.fixture(autouse=True)
def _no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
def test_auto_is_what_the_engine_says(engine):
    assert settings("auto", ENGINES[engine]).shard == Shard(2, 4)


def test_slurm_without_a_step():
    plain = {key: value for key, value in SLURM.items() if not key.endswith("STEP")}
    assert settings("auto", plain).shard == Shard(3, 4)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "no engine says which shard this is: none of JOB_COMPLETION_INDEX"),
        ({"JOB_COMPLETION_INDEX": "0"}, "JOB_COMPLETIONS is not set; set it to the number of shards"),
        ({**KUBERNETES, "JOB_COMPLETIONS": "many"}, "JOB_COMPLETIONS is 'many'; expected a whole number"),
        ({**GITLAB, "CI_NODE_INDEX": "5"}, "GitLab sets CI_NODE_INDEX to 5 of CI_NODE_TOTAL 4, which counts no shard"),
        ({**GITLAB, "CI_NODE_INDEX": "0"}, "counts no shard"),
        ({**SLURM, "SLURM_ARRAY_TASK_ID": "13"}, "Slurm sets SLURM_ARRAY_TASK_ID to 13"),
        (KUBERNETES | GITLAB | {"CI_NODE_INDEX": "3"}, "Kubernetes says 2/4 and GitLab says 3/4; give --shard K/N"),
    ],
)
def test_what_engines_leave_open_is_told(environ, told):
    with pytest.raises(UsageError, match=told):
        settings("auto", environ)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/1001", "1/0", "2", "a/b", "1/4/2", "", "AUTO"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(UsageError, match="shard"):
        settings(text)


def test_shards_share_the_live_workloads_and_have_files_of_their_own():
    found = settings("3/4", max_live="40", report_dir="out")
    assert found.max_live == 10
    assert found.report_dir == Path("out/shard-3-of-4")
    assert settings("1/4").max_live * 4 == load_settings({}, {}).max_live
    told = r"max-live is 40 for the whole run, .* 4 for each of 11 shards; give --max-live 44"
    with pytest.raises(UsageError, match=told):
        settings("3/11", max_live="40")


def test_the_variable_that_is_missing_is_told_for_what_it_says():
    environ = {key: value for key, value in SLURM.items() if key != "SLURM_ARRAY_TASK_MIN"}
    with pytest.raises(UsageError, match="SLURM_ARRAY_TASK_MIN is not set; set it to the first index"):
        load_settings({"shard": "auto"}, environ)
