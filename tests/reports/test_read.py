"""A report is read back exactly as it was written; what is damaged or contradicts itself is refused in a sentence."""

from __future__ import annotations

import json
import os
import resource
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from support.reports import MUST, OBSERVE, finding, report, reports, result, waiver

from workloads_reports import ReportError, Verdict, json_text, read_report, report_schema

PATIENT = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
FAILED = report(result(MUST, Verdict.FAIL))


def written(value, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


@PATIENT
@given(made=reports())
def test_what_was_written_is_read_back_exactly(made, tmp_path):
    path = written(json_text(made), tmp_path)
    read = read_report(path)
    assert read == made
    assert json_text(read) == path.read_text(encoding="utf-8")


@PATIENT
@given(made=reports())
def test_whatever_is_written_is_valid(made):
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(report_schema(), format_checker=checker).validate(json.loads(json_text(made)))


def test_a_member_of_a_later_version_is_no_damage(tmp_path):
    value = json.loads(json_text(FAILED))
    value["later"] = value["run"]["later"] = value["requirements"][0]["later"] = 1
    assert read_report(written(value, tmp_path)) == FAILED


def test_half_a_character_is_written_as_an_escape(tmp_path):
    read = read_report(written(json_text(report(result(MUST, Verdict.FAIL, "\ud800"))), tmp_path))
    assert read.requirements[0].findings[0].message == "\\ud800"


def edit(*path, to):
    def change(value):
        *way, last = path
        for step in way:
            value = value[step]
        value[last] = to

    return change


def drop(*path):
    def change(value):
        *way, last = path
        for step in way:
            value = value[step]
        del value[last]

    return change


def multiply(value, times):
    value["requirements"][0]["findings"] *= times


def twice(value):
    value["requirements"].append(value["requirements"][0])
    value["counts"]["requirements"]["fail"] += 1
    value["counts"]["judgements"] += value["requirements"][0]["cases"]


def ids(value):
    value["requirements"][0]["id"] = "WV2-CREATE-001\n"


EDITED = {
    "another version": (edit("format", to="workloads-conformance-report/1"), "is of format .*report/1"),
    "another format": (drop("format"), "no member 'format'"),
    "a member less": (drop("run", "seed"), "run lacks 'seed'"),
    "a member of a finding less": (drop("requirements", 0, "findings", 0, "observed"), "lacks 'observed'"),
    "a text for a number": (edit("counts", "exchanges", to="many"), "counts.exchanges is 'many'; expected"),
    "unknown verdict": (edit("verdict", to="fine"), "verdict is 'fine'; expected one of"),
    "a negative count": (edit("counts", "exchanges", to=-1), "expected at least 0"),
    "a long value": (edit("run", "profile", to="x" * 10**6), "run.profile is 'xxxx"),
    "a milder verdict": (edit("verdict", to="conformant"), "is conformant where its requirements make it nonconf"),
    "a failure as pass": (edit("requirements", 0, "verdict", to="pass"), "its verdict is pass, with a finding"),
    "a count": (edit("counts", "requirements", "pass", to=99), "counts 99 requirements as pass and lists 4"),
    "judgements": (edit("counts", "judgements", to=99), "counts.judgements is 99"),
    "seconds": (edit("run", "seconds", to=9), "run.seconds is 9 where the rest makes it 3.0"),
    "a day for an instant": (edit("run", "started", to="2026-01-02"), "without a time zone"),
    "no instant": (edit("run", "started", to="yesterday"), "yesterday"),
    "the first instant": (edit("run", "started", to="0001-01-01T00:00:00+23:00"), "not a valid report"),
    "findings removed": (edit("requirements", 0, "findings", to=[]), "its verdict is fail, with no finding"),
    "violated in none": (edit("requirements", 0, "violated", to=0), "violated in 0 of 4"),
    "violated in more than all": (edit("requirements", 0, "violated", to=5), "violated in 5 of 4"),
    "confirmed too often": (edit("requirements", 0, "findings", 0, "confirmed", to="4/3"), "confirmed 4 of 3"),
    "too many findings": (lambda value: multiply(value, 1001), "at most 1000 items"),
    "a requirement twice": (twice, "is duplicated in it"),
    "an id with a line end": (ids, "expected a text that matches"),
    "a foreign observation": (edit("observations", to={"WV2-NONE-001": {}}), "WV2-NONE-001"),
    "timings out of order": (edit("timings", "GET", "median", to=5), "'GET' is not ordered"),
    "leftovers": (edit("leftovers", "removed", to=1), "2 workloads were created, 1 removed and 0 leaked"),
    "the gate": (edit("gate", "passed", to=True), "gate.passed"),
    "the gate's objections": (edit("gate", "objections", to=[]), "gate.objections"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITED)
def test_an_edited_report_is_refused(name, tmp_path):
    change, told = EDITED[name]
    value = json.loads(json_text(FAILED))
    change(value)
    with pytest.raises(ReportError, match=told) as caught:
        read_report(written(value, tmp_path))
    sentence = str(caught.value)
    assert len(sentence) < 600
    assert "\n" not in sentence


WAIVED = report(result(MUST, Verdict.FAIL), waivers=[waiver(MUST)])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edit("waivers", 0, "expires", to="2026-01-01"), "is waived where its waivers make it fail"),
        (edit("waivers", 0, "state", to="unneeded"), "is unneeded where its requirement makes it applied"),
        (edit("waivers", 0, "finding", to="another"), "is waived where its waivers make it fail"),
        (edit("waivers", 0, "requirement", to="WV2-NONE-001"), "WV2-NONE-001"),
        (edit("waivers", 0, "link", to="ask me"), r"link is 'ask me'; expected a text that matches"),
        (edit("waivers", to=[]), "is waived where its waivers make it fail"),
        (edit("waivers", 0, "expires", to="2026-02-30"), "not a valid report"),
    ],
)
def test_a_waiver_cannot_be_edited_to_hold_longer_or_for_more(change, told, tmp_path):
    value = json.loads(json_text(WAIVED))
    assert read_report(written(value, tmp_path)) == WAIVED
    change(value)
    with pytest.raises(ReportError, match=told):
        read_report(written(value, tmp_path))


GOOD = json_text(FAILED)


@pytest.mark.parametrize("kept", [1, 100, len(GOOD) // 2, len(GOOD) - 3])
def test_a_report_that_was_cut_off_is_refused(kept, tmp_path):
    with pytest.raises(ReportError, match=r"not JSON: .*; it was cut off or damaged\."):
        read_report(written(GOOD[:kept], tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not JSON: it ends too early"),
        ("[]", "not a report of workloads-conformance"),
        ("null", "not a report of workloads-conformance"),
        ("<html>", "not JSON: line 1"),
        (GOOD.replace('"exchanges": 10', '"exchanges": NaN'), "NaN is not a JSON number"),
        (GOOD.replace('"exchanges": 10', '"exchanges": 1e999'), "1e999 is too large a number"),
        (GOOD.replace('"exchanges": 10', f'"exchanges": {"9" * 5000}'), "too large a number"),
        (GOOD.replace('"exchanges": 10', '"exchanges": 10, "exchanges": 11'), "'exchanges' is duplicated"),
        (GOOD.replace("curl", "\\ud800"), "not a report"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("[" + "[]," * 2_000_000 + "0]", "more values than any report"),
        ("[" + "{}," * 60_000 + "0]", "more than 50000 objects"),
    ],
)
def test_what_is_no_report_is_refused(text, told, tmp_path):
    with pytest.raises(ReportError, match=told):
        read_report(written(text, tmp_path))


def test_another_encoding_is_refused(tmp_path):
    (tmp_path / "report.json").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ReportError, match=r"not in UTF-8 \(byte 0\)"):
        read_report(tmp_path / "report.json")


def test_a_file_of_a_gigabyte_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "report.json"
    with path.open("wb") as file:
        file.truncate(2**30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ReportError, match="has more than 32 MiB"):
        read_report(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_report_full_of_findings_is_refused_in_good_time(tmp_path):
    value = json.loads(GOOD)
    value["requirements"][0]["findings"] *= 60_000
    with pytest.raises(ReportError, match="more than 50000 objects"):
        read_report(written(value, tmp_path))


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, told in ((tmp_path, "is not a file|Is a directory"), (tmp_path / "pipe", "is not a file"),
                       (tmp_path / "nowhere", "No such file")):  # fmt: skip
        with pytest.raises(ReportError, match=told):
            read_report(path)


def test_any_time_zone_is_read_as_the_same_instant(tmp_path):
    value = json.loads(GOOD)
    value["run"]["started"] = (FAILED.run.started + timedelta(hours=2)).isoformat().replace("+00:00", "+02:00")
    assert read_report(written(value, tmp_path)) == FAILED
    assert OBSERVE.id in FAILED.observations
    assert finding() in FAILED.requirements[0].findings
