"""Each way out of the process, driven with the worst texts: what comes out is text, and stands for the same values."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from support.harmless import ATTACK, commands, invisible
from support.hostile import ATTACKS, NASTY, hostile_report
from support.records import small_record
from support.sinks import sinks

from workloads_conformance.certificates.page import page
from workloads_conformance.github import tell_github
from workloads_conformance.http import Exchange, Request, Response
from workloads_conformance.output import Guarded, Redactor, guarded, shown, tell, tell_build_server
from workloads_conformance.recording import HAR_NAME, Recorder, read_record, write_har
from workloads_conformance.selfcheck.declare import Fault
from workloads_conformance.selfcheck.judging import ServerOutcome
from workloads_conformance.selfcheck.model import FaultResult, SelfCheck
from workloads_conformance.selfcheck.rendering import html_text, json_text, markdown_text, text
from workloads_reports import (
    DIFF_FORMS,
    RENDERINGS,
    annotations_text,
    compare,
    document_text,
    draft_waivers,
    summary,
    write_all,
    write_text,
)

REPORT = hostile_report(huge=3_000)

OUTSIDE = {
    ("reports/private.py", ".mkstemp"): "the file that takes the place of another, for its owner alone",
    ("reports/private.py", "os.fdopen"): "as above",
    ("reports/private.py", "os.open"): "as above",
    ("reports/files.py", ".write"): "a rendering, into such a file",
    ("reports/given.py", "open"): "reads",
    ("reports/given.py", "os.open"): "reads",
    ("conformance/output/terminal.py", ".write"): "the one place that writes to streams",
    ("conformance/output/terminal.py", "sys.stdout"): "as above",
    ("conformance/output/terminal.py", "sys.stderr"): "as above",
    ("conformance/output/terminal.py", "os.open"): "opens nothing, in the place of a stream that was closed",
    ("conformance/recording/place.py", "os.open"): "a directory, to hold it",
    ("conformance/cli/main.py", "sys.stdout"): "tells the help from a mistake",
    ("conformance/cli/main.py", "sys.stderr"): "is closed when its reader went away",
    ("conformance/cli/results.py", "sys.stdout"): "is it a terminal?",
    ("conformance/cli/self_check.py", "sys.stdout"): "as above",
    ("conformance/cli/self_check.py", "Console"): "draws a bar",
    ("conformance/cli/self_check.py", ".print"): "above the bar, of what has passed `shown`",
    ("conformance/cli/fault_space.py", "sys.stdout"): "is it a terminal?",
    ("conformance/cli/fault_space.py", "Console"): "draws a bar",
    ("conformance/cli/fault_space.py", ".print"): "above the bar, of what has passed `shown`",
    ("conformance/cli/init.py", "sys.stdout"): "is flushed, so that a question is seen before its answer",
    ("conformance/cli/progress.py", "Console"): "draws a bar, of areas and numbers",
    ("conformance/plugin/running.py", ".write"): "the report's renderings, into private files",
    ("conformance/plugin/parts.py", ".write"): "as above",
    ("conformance/reproduce/steps.py", ".write"): "a body of ours, without secrets, into a private file",
    ("conformance/api/ledger.py", "os.open"): "a private file",
    ("conformance/api/ledger.py", "os.fdopen"): "reads",
    ("conformance/api/state.py", "os.open"): "the key of ledgers, a private file",
    ("conformance/api/state.py", "os.fdopen"): "as above",
    ("conformance/api/state.py", ".write"): "as above",
    ("conformance/api/ledger.py", "os.write"): "what `sweep` needs, as ASCII",
    ("conformance/recording/chain.py", "os.write"): "a line of the record",
    ("conformance/recording/recorder.py", ".write"): "hands an entry to the chain",
    ("conformance/recording/har.py", ".write"): "an entry of exchanges.har, into a private file",
    ("conformance/github.py", ".open"): "the page of the job, where GitHub wants it",
    ("conformance/github.py", ".write"): "as above",
    ("conformance/certificates/keys.py", "os.open"): "keys",
    ("conformance/certificates/keys.py", "os.fdopen"): "keys",
    ("conformance/certificates/keys.py", ".write"): "keys",
    ("conformance/runner/drawing.py", "warnings.catch_warnings"): "hides warnings",
    ("conformance/runner/drawing.py", "warnings.simplefilter"): "hides warnings",
    ("strategies/generated.py", "warnings.catch_warnings"): "hides warnings",
    ("strategies/generated.py", "warnings.simplefilter"): "hides warnings",
    ("conformance/pytest_output.py", "logging.getLogger"): "makes loggers silent",
    ("conformance/selfcheck/server.py", "logging.disable"): "makes loggers silent",
    ("conformance/selfcheck/space/standing.py", "logging.disable"): "makes loggers silent",
    ("conformance/reference/app.py", "logging.getLogger"): "the server's own log; it is sent no secret of the user's",
    ("conformance/reference/__main__.py", "print"): "the server, which has no target",
    ("conformance/reference/__main__.py", "sys.stderr"): "as above",
    ("conformance/reference/__main__.py", "os.write"): "as above",
}
"""Every place at which the packages let something out by themselves, and why it is in order."""


def test_nothing_leaves_by_another_way():
    """A new way out goes through `tell`, `write_text` or `write_private`; if it cannot, it is named and driven here."""
    found = sinks()
    assert sorted(found - OUTSIDE.keys()) == []
    assert sorted(OUTSIDE.keys() - found) == []


def record(directory):
    path = directory / "record.jsonl"
    small_record(path)
    run = {key: value for key, value in read_record(path).run.items() if key not in ("n", "kind", "format")}
    recorder = Recorder(directory, Redactor())
    recorder.begin(run)
    for number, attack in enumerate((*ATTACKS, ATTACK)):
        body = attack.encode("utf-8", "replace")
        headers = (("X", attack.encode("utf-8", "replace").decode("latin-1")),)
        request = Request(method="POST", path="/x", headers=headers, body=body)
        recorder.exchange(Exchange(request, Response(400, headers, body), None, 0.1), f"trial {number}")
    recorder.end({"stopped": None, "finished": "2026-01-01T00:00:00+00:00"})
    recorder.close()
    return path


def certificate(_directory):
    vendor = dict.fromkeys(("organization", "project", "version", "url", "contact"), NASTY)
    run = {"id": "abcdef", "started": "2026", "finished": "2026", "seed": 1, "profile": "thorough", "mode": "full",
           "judgements": 1, "exchanges": 1, "kinds": [NASTY], "settle": 1, "deadline": 1, "maxLive": 1,
           "concurrency": 1}  # fmt: skip
    said = {
        "result": "PASSED",
        "warnedTests": [],
        "configuration": [{"name": "suite", "annotations": {"is": NASTY}, "digest": {"sha256": "a"}}],
        "certificate": {"issued": "2026", "validUntil": "2027", "implementation": vendor, "target": NASTY, "run": run,
                        "must": {"passed": 1}, "untested": [], "versions": {"python": NASTY},
                        "plan": {"tests": 1, "cases": 1, "sha256": "a"}, "certifier": NASTY},
    }  # fmt: skip
    return page(said, REPORT, "key")


def self_check() -> SelfCheck:
    nasty = ATTACK + NASTY
    fault = Fault(name="x/y", sentence="X.", requirements=("WV2-GET-001",), also=(), provoked_by=(), patch=print)
    outcome = ServerOutcome(failed={"WV2-GET-003": nasty}, undecided={"WV2-GET-004": nasty}, problem=nasty)
    return SelfCheck(faults=(FaultResult(fault, outcome),), variants=(), seed=3, jobs=2, bar=100, seconds=1.5)


FILES = {
    **{name: lambda directory, name=name: write_all(REPORT, directory, [name])[0] for name in RENDERINGS},
    "waiver drafts": lambda directory: write_text(directory / "drafts.toml", draft_waivers(REPORT.requirements)),
    "record.jsonl": record,
    HAR_NAME: lambda directory: write_har(read_record(record(directory)), directory / HAR_NAME),
    "certificate.html": lambda directory: write_text(directory / "certificate.html", certificate(directory)),
    **{
        name: lambda directory, name=name, render=render: write_text(directory / name, render(self_check()))
        for name, render in (
            ("self-check.json", json_text),
            ("self-check.html", html_text),
            ("self-check.md", markdown_text),
        )
    },
    **{
        f"difference as {form}": lambda directory, render=render: write_text(
            directory / "diff", render(compare(replace(REPORT, reason="x"), REPORT))
        )
        for form, render in DIFF_FORMS.items()
    },
}


SAY_NOTHING = ("badge.svg", "self-check.md", "difference as text", "difference as markdown")
"""Files that have no text of a target's, or none of those that say `owned`."""


@pytest.mark.parametrize("name", FILES)
def test_a_file_shows_nothing_odd_and_is_for_its_owner(name, tmp_path):
    path = FILES[name](tmp_path / "made")
    data = path.read_bytes()
    assert b"owned" in data or name in SAY_NOTHING
    assert invisible(data) == set()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    if path.suffix in (".json", ".jsonl", ".sarif", ".har"):
        assert commands(data) == []


def test_json_that_shows_nothing_odd_stands_for_the_same_values():
    value = {attack: [attack, *attack] for attack in (*ATTACKS, ATTACK) if "\ud800" not in attack}
    text = document_text(value)
    assert json.loads(text) == value
    assert invisible(text.encode()) == set()
    assert commands(text.encode()) == []
    assert "漢字 🚀" in text


def test_a_record_stands_for_the_same_exchanges(tmp_path):
    path = record(tmp_path)
    read = read_record(path)
    sent = [read.body(entry["body"]).decode() for entry in read.exchanges]
    assert sent == [attack.encode("utf-8", "replace").decode() for attack in (*ATTACKS, ATTACK)]


def test_a_har_stands_for_the_same_bodies(tmp_path):
    value = json.loads(write_har(read_record(record(tmp_path)), tmp_path / HAR_NAME).read_text(encoding="utf-8"))
    sent = [entry["request"]["postData"]["text"] for entry in value["log"]["entries"]]
    assert sent == [attack.encode("utf-8", "replace").decode() for attack in (*ATTACKS, ATTACK)]


# -- streams -----------------------------------------------------------------------------------------------------------


def libraries() -> None:
    with guarded():
        print(ATTACK)  # noqa: T201
        print("x", ATTACK, end="", flush=True)  # noqa: T201


TOLD = {
    "text": lambda: tell(ATTACK),
    "an error": lambda: tell(ATTACK, error=True),
    "the summary": lambda: tell(summary(REPORT, width=100, colour=False), end=""),
    "a difference": lambda: tell(DIFF_FORMS["json"](compare(REPORT, REPORT)), end=""),
    "a report": lambda: tell(RENDERINGS["report.json"](REPORT), end=""),
    "a self-check": lambda: tell(text(self_check()), end=""),
    "a summary page": lambda: tell(RENDERINGS["summary.md"](REPORT), end=""),
    "what libraries print": libraries,
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_is_text(name, capfd):
    TOLD[name]()
    told = capfd.readouterr()
    data = (told.out + told.err).encode()
    assert len(data) > 100
    assert invisible(data) == set()
    assert commands(data) == []


def test_our_colours_pass_and_a_stranger_s_do_not(capfd):
    tell(summary(REPORT, width=100, colour=True), coloured=True)
    out = capfd.readouterr().out
    assert "\x1b[33m" in out
    assert invisible(out.encode()) == {"\x1b"}
    assert re.sub(r"\x1b\[(0|3[123]|1;3[123])m", "", out).count("\x1b") == 0
    assert "\\x1b[31m" in out


def test_our_commands_to_a_build_server_pass_and_a_stranger_s_do_not(capfd):
    tell_github(REPORT, {"GITHUB_ACTIONS": "true"})
    out = capfd.readouterr().out
    assert out == annotations_text(REPORT)
    assert all(line.startswith(("::error title=", "::warning title=", "::notice title=")) for line in out.splitlines())
    tell_build_server("::notice title=x::" + "\x1b[31m\u202e\n")
    assert capfd.readouterr().out == "::notice title=x::\\x1b[31m\\u202e\n"


def test_a_pasted_command_and_our_own_lines_are_not_touched():
    for line in (
        "curl -sS 'https://x/?a=b' -H \"Authorization: Bearer $TOKEN\"",
        "a::b",
        "# 1",
        "[x] #2 ü 漢字 🚀",
        "",
    ):
        assert shown(line) == line


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("flushed", [False, True])
def test_it_does_not_matter_in_which_pieces_a_stream_is_written(size, flushed):
    inner = io.StringIO()
    stream = Guarded(inner)
    text = f"{ATTACK}\n   ::error::x\n## [fine]\nlast {ATTACK}"
    for start in range(0, len(text), size):
        stream.write(text[start : start + size])
        if flushed:
            stream.flush()
    stream.flush()
    data = inner.getvalue().encode()
    assert invisible(data) == set()
    assert commands(data) == []
    if not flushed:
        assert inner.getvalue() == shown(text)


def test_a_terminal_is_drawn_on_with_colours_and_nothing_else():
    inner = io.StringIO()
    Guarded(inner, drawn=True).write(f"\r\x1b[31mcollecting\x1b[0m {ATTACK}\n")
    assert invisible(inner.getvalue().encode()) == {"\x1b", "\r"}
    assert "\x1b]52" not in inner.getvalue()
    assert "\x1b[2J" not in inner.getvalue()


def test_a_letter_that_the_stream_does_not_have_is_told_by_its_escape(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    tell("ü 漢")
    assert raw.getvalue() == b"\\xfc \\u6f22\n"
