"""What deploys the suite: every file is valid for the tool that reads it, and the commands in it are ours."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from workloads_conformance._version import __version__
from workloads_conformance.cli.main import parser

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"

SCHEMAS = {
    "action.yml": "github-actions",
    ".github/workflows/ci.yml": "github-workflows",
    "deploy/github/shards.yml": "github-workflows",
    ".github/dependabot.yml": "dependabot",
    ".github/ISSUE_TEMPLATE/dispute.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    "deploy/gitlab/conformance.gitlab-ci.yml": "gitlab-ci",
}


def load(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def checked(schema, path) -> subprocess.CompletedProcess[str]:
    """What check-jsonschema says of a file, by a schema that it brings along: nothing is fetched."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("path", SCHEMAS)
def test_a_file_is_valid_by_the_schema_of_its_service(path):
    done = checked(SCHEMAS[path], ROOT / path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("github-actions", "name: x\nruns: {using: composite}\n"),
        ("github-workflows", "on: push\njobs: {a: {steps: []}}\n"),
        ("gitlab-ci", "job: {script: [x], parallel: many}\n"),
    ],
)
def test_the_schemas_refuse_what_is_wrong(schema, text, tmp_path):
    (tmp_path / "file.yml").write_text(text, encoding="utf-8")
    assert checked(schema, tmp_path / "file.yml").returncode == 1


def test_every_yaml_is_checked_by_something():
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("deploy", ".github")
        for path in (ROOT / folder).rglob("*.y*ml")
    }
    manifests = {path.relative_to(ROOT).as_posix() for path in KUBERNETES.glob("*.yaml")}
    assert found | {"action.yml"} == set(SCHEMAS) | manifests


# -- Kubernetes --------------------------------------------------------------------------------------------------------

MANIFESTS = sorted(path.name for path in KUBERNETES.glob("*.yaml") if path.name != "kustomization.yaml")
JOBS = ["run.yaml", "merge.yaml"]


def manifest(name):
    return load(f"deploy/kubernetes/{name}")


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_valid_to_the_letter(name):
    kubernetes_validate.validate(manifest(name), "1.37", strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest(name) | {"metdata": {}}, "1.37", strict=True)


def test_kustomize_takes_every_manifest():
    found = manifest("kustomization.yaml")
    assert sorted(found["resources"]) == MANIFESTS
    assert {manifest(name)["metadata"].get("namespace", found["namespace"]) for name in MANIFESTS} == {
        found["namespace"]
    }
    assert [image["newTag"] for image in found["images"]] == [__version__]


@pytest.mark.parametrize("name", JOBS)
def test_pods_are_restricted(name):
    """As the pod security standard `restricted`, which the namespace enforces, and more."""
    pod = manifest(name)["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        named = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == named


def test_pods_are_told_how_many_shards_there_are():
    spec = manifest("run.yaml")["spec"]
    told = {one["name"]: one["value"] for one in spec["template"]["spec"]["containers"][0]["env"]}
    assert spec["completionMode"] == "Indexed"
    assert told["JOB_COMPLETIONS"] == str(spec["completions"])
    assert spec["maxFailedIndexes"] == spec["completions"]


# -- command lines -----------------------------------------------------------------------------------------------------


def lines_of(path) -> list[str]:
    """The command lines of ours in a file, each on one line."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / path).read_text(encoding="utf-8"))
    if path.endswith((".yml", ".yaml")):
        text = "\n".join(map(str, scripts(yaml.safe_load(text))))
    return re.findall(r"^[^#/\n]*?\bworkloads-conformance ((?:run|merge) [^\n']+)", text, re.MULTILINE)


def scripts(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from scripts(one)
    elif isinstance(value, list):
        for one in value:
            yield from scripts(one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("deploy/gitlab/conformance.gitlab-ci.yml", 2),
        ("deploy/github/shards.yml", 1),
        ("deploy/jenkins/Jenkinsfile", 2),
        ("deploy/slurm/conformance.sbatch", 1),
    ],
)
def test_command_lines_are_those_of_the_command(path, count):
    found = lines_of(path)
    assert len(found) == count
    for line in found:
        options = parser().parse_args(shlex.split(line))
        assert options.command in ("run", "merge")


@pytest.mark.parametrize("name", JOBS)
def test_the_arguments_of_pods_are_those_of_the_command(name):
    (container,) = manifest(name)["spec"]["template"]["spec"]["containers"]
    options = parser().parse_args(container["args"])
    assert options.command == name.removesuffix(".yaml")


@pytest.mark.skipif(shutil.which("bash") is None, reason="the scripts are of bash")
def test_the_script_of_slurm_is_one_of_bash():
    done = subprocess.run(["bash", "-n", ROOT / "deploy/slurm/conformance.sbatch"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


# -- the action --------------------------------------------------------------------------------------------------------

STUB = """#!/bin/bash
printf '%s\\n' "$@" > "$RUNNER_TEMP/arguments"
exit "${STUB_STATUS:-0}"
"""


@pytest.fixture
def action(tmp_path):
    """Runs the step `run` of the action, the command a stub that writes its arguments down."""
    steps = {step.get("name"): step for step in load("action.yml")["runs"]["steps"]}
    stub = tmp_path / "conformance" / "bin" / "workloads-conformance"
    stub.parent.mkdir(parents=True)
    stub.write_text(STUB, encoding="utf-8")
    stub.chmod(0o755)

    def run(status=0, **inputs):
        given = dict.fromkeys(steps["Run"]["env"], "") | {"REPORT_DIR": "conformance-report"} | inputs
        output = tmp_path / "output"
        environ = {
            **given, "PATH": "/usr/bin:/bin", "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output),
            "STUB_STATUS": str(status),
        }  # fmt: skip
        script = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", steps["Run"]["run"]]
        subprocess.run(script, env=environ, cwd=tmp_path, check=True, timeout=60)
        told = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
        gate = ["bash", "-e", "-c", steps["Gate"]["run"]]
        ended = subprocess.run(gate, env={"STATUS": told["status"]}, check=False, timeout=60).returncode
        return (tmp_path / "arguments").read_text(encoding="utf-8").splitlines(), told, ended

    return run


def test_inputs_of_the_action_become_options(action):
    hostile = "x'; touch owned; $(touch owned) `touch owned`"
    arguments, told, ended = action(
        TARGET="https://a.example.com", PROJECT_ID=hostile, SHARD="2/4", CONFORMANCE_TOKEN="secret",
        OPTIONS="--settle=120\n\n--har\n",
    )  # fmt: skip
    assert arguments == [
        "run", "--report-dir", "conformance-report", "--target", "https://a.example.com", "--project-id", hostile,
        "--shard", "2/4", "--token-env", "CONFORMANCE_TOKEN", "--settle=120", "--har",
    ]  # fmt: skip
    assert told == {"report-dir": "conformance-report/shard-2-of-4", "status": "0"}
    assert ended == 0
    options = parser().parse_args(arguments)
    assert options.project_id == hostile


@pytest.mark.parametrize("status", [1, 2, 3])
def test_the_gate_of_the_action_ends_as_the_run_did(action, status):
    arguments, _, ended = action(status)
    assert arguments == ["run", "--report-dir", "conformance-report"]
    assert ended == status


def test_inputs_are_never_part_of_a_script():
    for step in load("action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


# -- the image ---------------------------------------------------------------------------------------------------------


def test_the_dockerfile_is_clean():
    tool = Path(sys.executable).with_name("hadolint")
    if not tool.exists():
        pytest.skip("hadolint has no wheel for this system")
    done = subprocess.run([tool, ROOT / "Dockerfile"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_image_copies_what_is_there_and_ends_without_a_privilege():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = text.split("FROM ")[-1]
    sources = [name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for name in line.split()]
    assert sources
    assert [name for name in sources if not (ROOT / name).exists()] == []
    assert "USER 65532" in last
    assert "apt-get" not in last
    assert "pip install" not in last
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [name for name in sources if f"!{name}" not in ignored] == []


@pytest.mark.parametrize(
    "path", ["Dockerfile", "action.yml", "deploy/gitlab/conformance.gitlab-ci.yml", "deploy/jenkins/Jenkinsfile"]
)
def test_the_version_is_that_of_the_suite(path):
    found = re.findall(
        r"(?:constraints/|workloads-conformance:)([0-9][0-9.]*[0-9])", (ROOT / path).read_text(encoding="utf-8")
    )
    assert set(found) == {__version__}
