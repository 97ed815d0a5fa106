"""The Jobs for Kubernetes, as the cluster would run them: each container a process, its mounts directories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from support.servers import Changed, serving

pytestmark = pytest.mark.slow

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"


def load(name):
    return yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8"))


def test_the_jobs_make_the_report_of_one_run(tmp_path):
    mounts = {"/etc/conformance": tmp_path / "config", "/reports": tmp_path / "reports", "/tmp": tmp_path / "tmp"}
    for directory in mounts.values():
        directory.mkdir()

    def placed(text):
        for path, directory in mounts.items():
            if text == path or text.startswith(path + "/"):
                return str(directory) + text.removeprefix(path)
        return text

    def start(job, more):
        (container,) = load(job)["spec"]["template"]["spec"]["containers"]
        told = {one["name"]: placed(one["value"]) for one in container["env"]}
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LANG")}
        command = [sys.executable, "-m", "workloads_conformance", *map(placed, container["args"])]
        return subprocess.run(
            command, env={**kept, **told, **more}, cwd=mounts["/tmp"], capture_output=True, text=True, check=False,
            timeout=600,
        )  # fmt: skip

    app = Changed()
    secret = dict.fromkeys(load("secret.yaml")["stringData"], app.tokens.member.secret)
    with serving(app) as target, ThreadPoolExecutor(8) as pool:
        text = load("configmap.yaml")["data"]["conformance.toml"]
        text = text.replace("https://runai.example.com", target.url).replace('"standard"', '"smoke"')
        (mounts["/etc/conformance"] / "conformance.toml").write_text(text, encoding="utf-8")
        merging = pool.submit(start, "merge.yaml", {})  # it waits for the shards, as it does on a cluster
        count = load("run.yaml")["spec"]["completions"]
        shards = pool.map(lambda index: start("run.yaml", {**secret, "JOB_COMPLETION_INDEX": str(index)}), range(count))
        for done in shards:
            assert done.returncode == 0, done.stdout + done.stderr
        merged = merging.result()
    assert merged.returncode == 0, merged.stdout + merged.stderr
    report = json.loads((mounts["/reports"] / "merged" / "report.json").read_text(encoding="utf-8"))
    assert report["gate"]["passed"]
    assert report["plan"]["shards"]["numbers"] == list(range(1, count + 1))
    assert "replace-me" not in merged.stdout
