"""`report`, `diff` and `merge`, as their users meet them."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import COMMAND
from jsonschema import Draft202012Validator
from support.reports import MUST, OTHER_MUST, report, result
from support.sampled import sampled
from support.servers import Changed, serving

from workloads_conformance.cli.main import parser
from workloads_conformance.settings.waivers import load_waivers
from workloads_reports import (
    RENDERINGS,
    Verdict,
    diff_schema,
    json_text,
    merge_reports,
    read_report,
    write_all,
)
from workloads_specs import load_catalogue

PASSED, FAILED = report(), report(result(MUST, Verdict.FAIL), run_id="bbbbbb")


def put(made, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made if isinstance(made, str) else json_text(made), encoding="utf-8")
    return path.name


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_report_renders_what_the_run_wrote(command, tmp_path):
    put(FAILED, tmp_path / "run/report.json")
    done = command("report", "run/report.json", "--out", "again")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(Path("again") / name) for name in RENDERINGS if name != "report.json"]
    for name in ("junit.xml", "report.html"):
        assert (tmp_path / "again" / name).read_text(encoding="utf-8") == RENDERINGS[name](FAILED)
    once = files(tmp_path / "again")
    assert command("report", "run/report.json", "--out", "again").returncode == 0
    assert files(tmp_path / "again") == once


def test_report_renders_beside_a_report_and_only_what_is_asked_for(command, tmp_path):
    put(FAILED, tmp_path / "run/report.json")
    done = command("report", "run/report.json", "--format", "junit.xml", "--format", "report.json")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "run").keys() == {"report.json", "junit.xml"}
    assert read_report(tmp_path / "run/report.json") == FAILED


def test_report_does_not_write_over_the_files_of_another_run(command, tmp_path):
    write_all(PASSED, tmp_path)
    before = files(tmp_path)
    put(FAILED, tmp_path / "baseline.json")
    done = command("report", "baseline.json")
    one_sentence(done, "baseline.json", "--out DIR")
    assert {name: text for name, text in files(tmp_path).items() if name != "baseline.json"} == before


def test_diff_of_a_regression_ends_with_1(command, tmp_path):
    put(PASSED, tmp_path / "old.json")
    put(FAILED, tmp_path / "new.json")
    done = command("diff", "old.json", "new.json")
    assert done.returncode == 1
    assert done.stdout.endswith("result: 1 regression\n")
    assert f"{MUST.id} MUST {MUST.title}: pass -> fail  [regression]" in done.stdout
    assert "new finding: a-get/the-answer-is-wrong: the answer is wrong" in done.stdout
    back = command("diff", "new.json", "old.json")
    assert back.returncode == 0
    assert "fixed" in back.stdout
    assert back.stdout.endswith("result: no regression\n")


def test_diff_as_json_and_as_markdown(command, tmp_path):
    put(PASSED, tmp_path / "old.json")
    put(FAILED, tmp_path / "new.json")
    done = command("diff", "old.json", "new.json", "--format", "json")
    assert done.returncode == 1
    value = json.loads(done.stdout)
    Draft202012Validator(diff_schema()).validate(value)
    assert [one["id"] for one in value["requirements"] if one["regression"]] == [MUST.id]
    done = command("diff", "old.json", "new.json", "--format", "markdown")
    assert done.returncode == 1
    assert done.stdout.startswith("## Conformance: 1 regression\n")


def test_merge_writes_the_whole_and_ends_as_a_run_would(command, tmp_path):
    put(PASSED, tmp_path / "a.json")
    put(FAILED, tmp_path / "b.json")
    done = command("merge", "a.json", "b.json", "--out", "whole")
    assert done.returncode == 1, done.stderr
    assert done.stdout.endswith("verdict: nonconformant\n")
    assert files(tmp_path / "whole").keys() == RENDERINGS.keys()
    assert read_report(tmp_path / "whole/report.json") == merge_reports([("a", PASSED), ("b", FAILED)])
    put(report(run_id="cccccc"), tmp_path / "c.json")
    assert command("merge", "a.json", "c.json", "--out", "whole").returncode == 0


@pytest.mark.parametrize("seconds", ["-1", "nan", "soon"])
def test_a_time_to_wait_that_is_none_is_named(command, seconds):
    done = command("merge", "a.json", f"--wait={seconds}")
    assert done.returncode == 2
    assert f"{seconds!r} is not a number of seconds from 0 to 604800" in done.stderr


@pytest.mark.slow
def test_parts_that_pytest_ran_are_merged(command, tmp_path):
    """As docs/gating.md says: each part judges what is in its file, and the whole has both."""
    with serving(Changed()) as target:
        for part in ("get", "delete"):
            subprocess.run(
                [COMMAND[0], "-m", "pytest", "--pyargs", f"workloads_conformance.suite.test_{part}",
                 *target.pytest_arguments, "-p", "no:cacheprovider",
                 "--wlc-profile", "smoke", "--wlc-report-dir", part],
                cwd=tmp_path, env=os.environ | target.environ, capture_output=True, timeout=600, check=False,
            )  # fmt: skip
    done = command("merge", "get/report.json", "delete/report.json", "--out", "whole", "--partial")
    assert done.returncode == 3, done.stdout + done.stderr
    get, delete, whole = (read_report(tmp_path / name / "report.json") for name in ("get", "delete", "whole"))
    verdicts = [{one.requirement.id: one.verdict for one in made.requirements} for made in (get, delete, whole)]
    assert (verdicts[0]["WV2-GET-004"], verdicts[1]["WV2-GET-004"], verdicts[2]["WV2-GET-004"]) == (
        Verdict.PASS, Verdict.NOT_TESTED, Verdict.PASS,
    )  # fmt: skip
    assert verdicts[2]["WV2-DELETE-003"] is Verdict.PASS
    assert whole.counts[Verdict.PASS] > max(get.counts[Verdict.PASS], delete.counts[Verdict.PASS])
    assert whole.exchanges == get.exchanges + delete.exchanges


def test_the_examples_in_the_documentation_are_usable(tmp_path):
    text = Path(__file__).parents[2].joinpath("docs/gating.md").read_text(encoding="utf-8")
    [waivers] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "waivers.toml").write_text(waivers)
    [waiver] = load_waivers(tmp_path / "waivers.toml", load_catalogue())
    assert waiver.code
    [job] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    runs = [step["run"] for step in yaml.safe_load(job)["jobs"]["gate"]["steps"] if "run" in step]
    commands = [run.split(">>")[0].split()[1:] for run in runs if run.startswith("workloads-conformance")]
    assert [parser().parse_args(command).command for command in commands] == ["run", "diff"]


# -- bad input --------------------------------------------------------------------------------------------------------


def one_sentence(done, *words: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("workloads-conformance: ")
    assert sentence.endswith((".", "?"))
    for word in words:
        assert word in sentence
    assert done.stdout == ""


GOOD = json_text(FAILED)
DAMAGED = {
    "another version": (GOOD.replace("report/2", "report/1", 1), ["report/1", "use the version that wrote it"]),
    "truncated": (GOOD[: len(GOOD) // 2], ["not JSON", "cut off"]),
    "edited": (GOOD.replace('"verdict": "fail"', '"verdict": "pass"', 1), ["contradicts itself", MUST.id]),
    "not JSON": ("verdict: fine", ["not JSON"]),
    "other JSON": ('{"verdict": "conformant"}', ["not a report of workloads-conformance"]),
    "not UTF-8": (b"\xff\xfe{}", ["not in UTF-8"]),
    "a gigabyte": (None, ["more than 32 MiB"]),
    "missing": (..., ["No such file"]),
}


@pytest.mark.parametrize("name", sampled(DAMAGED, 2))
def test_a_damaged_report_is_refused_by_every_command(name, command, tmp_path):
    content, words = DAMAGED[name]
    path = tmp_path / "report.json"
    if content is None:
        with path.open("wb") as file:
            file.truncate(2**30)
    elif content is not ...:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    put(PASSED, tmp_path / "good.json")
    before = sorted(one.name for one in tmp_path.iterdir())
    for arguments in (
        ("report", "report.json"),
        ("diff", "report.json", "good.json"),
        ("diff", "good.json", "report.json"),
        ("merge", "good.json", "report.json", "--out", "whole"),
    ):
        one_sentence(command(*arguments), "report.json", *words)
    assert sorted(one.name for one in tmp_path.iterdir()) == before


def test_parts_of_two_targets_are_not_merged(command, tmp_path):
    put(PASSED, tmp_path / "a.json")
    put(report(run_id="bbbbbb", target_url="https://other.example.com"), tmp_path / "b.json")
    done = command("merge", "a.json", "b.json", "--out", "whole")
    one_sentence(done, "a.json", "b.json", "the target", "https://runai.example.com", "https://other.example.com")
    assert not (tmp_path / "whole").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("merge", "a.json"), ["two parts or more"]),
        (("merge", "a.json", "a.json"), ["both hold run 'aaaaaa'"]),
        (("diff", "a.json", "later.json"), ["2.24", "2.25", "--across-contracts"]),
        (
            ("report", "a.json", "--format", "junit", "--out", "x"),
            ["'junit' is not a known file", "did you mean 'junit.xml'"],
        ),
        (("report", "a.json", "--out", "a.json"), ["cannot be written to 'a.json'", "--out"]),
        (("report", "a.json", "--out", "/proc/nowhere"), ["cannot be written to '/proc/nowhere'", "--out"]),
        (("merge", "a.json", "b.json", "--out", "/proc/nowhere"), ["cannot be written to '/proc/nowhere'"]),
    ],
)
def test_a_mistake_is_told_in_one_sentence(arguments, words, command, tmp_path):
    put(PASSED, tmp_path / "a.json")
    put(report(result(OTHER_MUST, Verdict.FAIL), run_id="bbbbbb"), tmp_path / "b.json")
    put(report(spec=PASSED.spec.__class__(title="Workloads", version="2.25", sha256="c" * 64)), tmp_path / "later.json")
    before = files(tmp_path)
    one_sentence(command(*arguments), *words)
    assert files(tmp_path) == before


def test_a_disk_that_is_full_leaves_no_half_written_file(tmp_path):
    """The files may not grow beyond 2 kB here: what was there before is there still, and whole.

    Coverage is not measured in that process: its own file would not fit either.
    """
    write_all(PASSED, tmp_path / "run")
    before = files(tmp_path / "run")
    put(FAILED, tmp_path / "new/report.json")
    done = subprocess.run(
        [*COMMAND, "report", "new/report.json", "--out", "run"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    one_sentence(done, "cannot be written", "File too large")
    assert files(tmp_path / "run") == before
