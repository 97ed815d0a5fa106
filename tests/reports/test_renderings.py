"""The renderings for machines and people: they agree with each other, and no text of a target gets out of its place."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt
from support.hostile import ATTACKS, NASTY, hostile_report
from support.reports import MUST, finding, report
from support.reports import result as result_of

from workloads_reports import (
    Verdict,
    annotations_text,
    badge_text,
    html_text,
    json_text,
    junit_text,
    markdown_text,
    sarif_text,
    summary,
    write_all,
)
from workloads_reports.escaping import markdown, markdown_block, markdown_code, workflow_property, workflow_value
from workloads_reports.plots import WIDTH, Scale, duration
from workloads_specs import Level

REPORT = hostile_report(huge=20_000)
SCHEMA = json.loads(Path(__file__).with_name("data").joinpath("sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of those with an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.text += " " if tag in ("td", "th") else ""

    def handle_data(self, data):
        self.text += data


@pytest.mark.slow
def test_all_renderings_agree_on_every_number():
    """Verdict, counts by verdict, judgements, exchanges, leaks, and the verdict on each requirement."""
    value = json.loads(json_text(REPORT))
    verdicts = {one["id"]: one["verdict"] for one in value["requirements"]}
    counts = Counter(verdicts.values())
    assert value["counts"]["requirements"] == counts
    assert len(counts) == len(Verdict)

    page = Page(html_text(REPORT))
    items = {given["id"]: given["data-verdict"] for tag, given in page.tags if tag == "article"}
    assert items == verdicts
    [told] = [given["aria-label"] for tag, given in page.tags if given.get("class") == "bar"]
    assert dict(reversed(part.split(" ")) for part in told.split(", ")) == {k: str(n) for k, n in counts.items()}
    shown = re.sub(r"\s+", " ", page.text)
    judgements, leaked = value["counts"]["judgements"], len(value["leftovers"]["leaked"])
    unknown = len(value["leftovers"]["unknown"])
    assert f"{judgements:,} judgements 100,000 exchanges {leaked} workloads leaked" in shown
    for verdict, count in counts.items():
        assert f" {count} {verdict} " in shown

    sarif = json.loads(sarif_text(REPORT))["runs"][0]
    assert sarif["properties"]["counts"] == counts
    assert (sarif["properties"]["judgements"], sarif["properties"]["exchanges"]) == (judgements, 100_000)
    assert [rule["id"] for rule in sarif["tool"]["driver"]["rules"]] == list(verdicts)
    failing = {one["ruleId"] for one in sarif["results"] if "suppressions" not in one}
    waived = {one["ruleId"] for one in sarif["results"] if "suppressions" in one}
    noticed = {one["associatedRule"]["id"] for one in sarif["invocations"][0]["toolExecutionNotifications"]}
    assert failing == {key for key, verdict in verdicts.items() if verdict == "fail"}
    assert waived == {key for key, verdict in verdicts.items() if verdict == "waived"}
    assert noticed == {key for key, verdict in verdicts.items() if verdict in ("error", "inconclusive", "not-tested")}
    assert len(sarif["results"]) == sum(len(one["findings"]) for one in value["requirements"])

    [row] = re.findall(r"^\| (\d.*) \|$", markdown_text(REPORT), re.MULTILINE)
    assert list(map(int, row.split(" | "))) == [
        *value["counts"]["requirements"].values(),
        *(judgements, 100_000, leaked, unknown),
    ]

    tests = {test.name.split()[0]: test for suite in JUnitXml.fromstring(junit_text(REPORT)) for test in suite}
    assert set(verdicts) < set(tests)
    musts = {one["id"] for one in value["requirements"] if one["level"] == "MUST"}
    for key, verdict in verdicts.items():
        kinds = [type(result) for result in tests[key].result]
        decides = {"fail": [Failure], "error": [Error], "inconclusive": [Error]}.get(verdict, [Skipped])
        assert kinds == ([] if verdict == "pass" else decides if key in musts else [Skipped])

    text = summary(REPORT, width=100, colour=False)
    assert "requirements: " + ", ".join(f"{count} {verdict}" for verdict, count in REPORT.counts.items()) in text
    assert f"{judgements} judgements, 100000 exchanges" in text
    assert f"60 created, 20 removed, {leaked} leaked, {unknown} unknown" in text

    states = {one["requirement"]: one["state"] for one in value["waivers"]}
    assert len(states) == 4
    for key, state in states.items():
        assert f"{key} {state} 2026-01-01 " in shown
        assert re.search(rf"^\| {key} \| \**{state}\** \| 2026-01-01 \|", markdown_text(REPORT), re.MULTILINE)
    # The verdict itself is the first objection.
    assert len(tests["waivers"].result) == len(value["gate"]["objections"]) - 1

    for told_verdict in (value["verdict"], sarif["properties"]["verdict"]):
        assert told_verdict == REPORT.verdict
    assert text.endswith(f"verdict: {REPORT.verdict}\n")
    assert f": {REPORT.verdict}\n" in markdown_text(REPORT)
    assert f"{REPORT.verdict}, incomplete" in badge_text(REPORT)
    assert f" {REPORT.verdict.capitalize()} " in shown


@pytest.mark.slow
def test_all_renderings_agree_on_what_changed():
    changes = json.loads(json_text(REPORT))["since"]["changes"]
    shown = re.sub(r"\s+", " ", Page(html_text(REPORT)).text)
    for one in changes:
        assert f" {one['requirement']} {one['change']}" in shown
        assert re.search(rf"^\| {one['requirement']} \| \**{one['change']}\** \| ", markdown_text(REPORT), re.MULTILINE)
    worse = sum(one["regression"] for one in changes)
    assert worse
    assert f"{worse} regression" in shown
    assert f"regressions: {worse}" in markdown_text(REPORT)
    assert f"regressions: {worse}" in summary(REPORT, width=10_000, colour=False)


def test_the_matrix_and_the_reasons_leave_nothing_out():
    cells = [count for row in REPORT.matrix.values() for cell in row.values() for count in cell.values()]
    assert sum(cells) == len(REPORT.requirements)
    for verdict in Verdict:
        grouped = [result for results in REPORT.reasons(verdict).values() for result in results]
        assert sorted(one.requirement.id for one in grouped) == sorted(
            one.requirement.id for one in REPORT.having(verdict)
        )


def test_sarif_is_valid_by_the_official_schema_and_as_github_wants_it():
    value = json.loads(sarif_text(REPORT))
    Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER).validate(value)
    run = value["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert {one["level"] for one in run["results"]} == {"error", "warning", "note"}
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "conformance.toml"
        assert place["region"]["startLine"] >= 1
        assert "primaryLocationLineHash" in result["partialFingerprints"]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_fingerprints_tell_findings_apart_and_stay_the_same():
    def prints(text):
        return [one["partialFingerprints"]["requirementAndCode/v1"] for one in json.loads(text)["runs"][0]["results"]]

    first = prints(sarif_text(REPORT))
    assert len(set(first)) == len(first)
    assert first == prints(sarif_text(hostile_report(huge=50)))


def test_sarif_fingerprints_go_by_code_and_not_by_wording():
    def prints(*findings):
        made = report(replace(result_of(MUST, Verdict.FAIL), findings=findings))
        return [one["partialFingerprints"] for one in json.loads(sarif_text(made))["runs"][0]["results"]]

    [known] = prints(finding("a wording", code="a/b"))
    assert prints(finding("another wording", code="a/b")) == [known]
    assert prints(finding("a wording", code="a/c")) != [known]
    one, other = prints(finding("waived", code="a/b"), finding("not waived", code="a/b"))
    assert one == known
    assert other["primaryLocationLineHash"] == known["primaryLocationLineHash"].replace(":1", ":2")


def test_junit_loads_in_a_stock_reader_and_tells_failures_by_requirement():
    for suite in JUnitXml.fromstring(junit_text(REPORT)):
        tests = {test.name.split()[0]: test for test in suite}
        for result in REPORT.having(Verdict.FAIL, Level.MUST):
            [failure] = tests[result.requirement.id].result
            assert failure.text.count("\nreproduce:\n") == len(result.findings)
            assert failure.text.count("\nexpected: ") >= len(result.findings)


def test_the_badge_is_an_image_and_nothing_else():
    root = ET.fromstring(badge_text(REPORT))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not [one for one in root.iter() if one.tag.endswith(("script", "image", "foreignObject", "a"))]


# -- Markdown ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", [*ATTACKS, NASTY])
def test_markdown_shows_a_text_and_makes_nothing_of_it(attack):
    plain = MARKDOWN.parse(markdown(attack))
    assert [token.type for token in plain] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in plain[1].children} <= {"text", "text_special"}
    code = MARKDOWN.parse(markdown_code(attack))
    assert [child.type for child in code[1].children] == ["code_inline"]
    fenced = MARKDOWN.parse(markdown_block(attack))
    assert [token.type for token in fenced] == ["fence"]


def test_the_summary_page_has_no_element_but_its_own():
    text = markdown_text(REPORT)
    page = Page(MARKDOWN.render(text))
    own = {"h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "ul", "li", "strong"}
    assert {tag for tag, _ in page.tags} <= own | {"code", "pre", "details", "summary"}
    tokens = MARKDOWN.parse(text)
    headings = [after.content for before, after in pairwise(tokens) if before.type == "heading_open"]
    assert all(
        re.match(r"(Workloads V2|WV2-|Since the earlier run|Failed|Warn|Waived|Waivers|Errors|Undec|Not tested)", one)
        for one in headings
    )
    assert not [token for token in tokens if token.type == "inline" and "@everyone" in token.content]


def test_the_summary_page_stays_within_what_a_job_may_have():
    assert len(markdown_text(hostile_report(huge=100_000, findings=5)).encode()) < 2**20


# -- annotations -------------------------------------------------------------------------------------------------------


def test_annotations_are_one_line_each_and_no_more_than_are_shown():
    lines = annotations_text(REPORT).splitlines()
    kinds = Counter(re.match(r"::(error|warning|notice) title=[^:,\r\n]*::", line).group(1) for line in lines)
    assert max(kinds.values()) <= 10
    assert set(kinds) == {"error", "warning", "notice"}
    assert any("more" in line for line in lines)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_workflow_command_has_no_more_parts_than_it_was_given(attack):
    assert not set("\r\n") & set(workflow_value(attack))
    assert not set("\r\n:,") & set(workflow_property(attack))


def test_workflow_commands_are_read_back_as_they_were_written():
    def unescape(text):
        return (
            text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        )

    assert unescape(workflow_property("100%: a, b\nc %0A")) == "100%: a, b\nc %0A"


# -- the page ----------------------------------------------------------------------------------------------------------


def test_a_page_of_huge_texts_stays_small_and_says_what_it_leaves_out():
    text = html_text(hostile_report(findings=40, huge=100_000))
    assert len(text.encode()) < 10_000_000
    assert re.search(r"\d+ texts were cut", text)
    assert "more findings in report.json" in text


def test_the_plots_keep_within_their_frame():
    scale = Scale(REPORT.timings)
    ticks = [tick.x for tick in scale.ticks()]
    assert ticks[0] == 0
    assert ticks[-1] == WIDTH
    for timing in REPORT.timings.values():
        bar = scale.bar(timing)
        assert 0 <= bar.minimum <= bar.median <= bar.p95 <= bar.maximum <= WIDTH


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.00071, "0.71 ms"), (0.0025, "2.5 ms"), (0.9, "900 ms"), (31.52, "31.5 s"), (4000, "4000 s")],
)
def test_durations_read_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_every_rendering_is_written(tmp_path):
    names = {path.name for path in write_all(REPORT, tmp_path)}
    assert names == {
        "report.json", "report.html", "junit.xml", "report.sarif", "code-quality.json", "summary.md", "badge.svg",
    }  # fmt: skip


def test_sarif_points_to_the_configuration_file_of_the_user_s_repository():
    there = replace(REPORT, run=replace(REPORT.run, config="ci/staging env.toml"))
    results = json.loads(sarif_text(there))["runs"][0]["results"]
    assert {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results} == {
        "ci/staging%20env.toml"
    }


def test_junit_has_the_time_that_each_requirement_took():
    timed = replace(REPORT, requirements=tuple(replace(one, seconds=1.25) for one in REPORT.requirements))
    cases = [case for suite in JUnitXml.fromstring(junit_text(timed)) for case in suite]
    assert {case.time for case in cases if case.name.startswith("WV2-")} == {1.25}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_summary_is_wrapped_at_words(width):
    """But for words that are longer than a line, and commands to paste."""
    long = result_of(replace(MUST, title="a title of many words " * 6), Verdict.FAIL, "a message of many words " * 20)
    text = summary(replace(report(long), requirements=(long,)), width=width, colour=False)
    assert "a message of" in text
    assert max(len(line) for line in text.splitlines() if "code:" not in line) <= width
