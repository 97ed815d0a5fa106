"""The renderings of a report that holds the worst texts a target can send."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator

from workloads_reports import (
    Finding,
    Implementation,
    Leftovers,
    Report,
    ReportError,
    RequirementResult,
    Run,
    RunVerdict,
    Spec,
    Timing,
    Verdict,
    html_text,
    json_text,
    junit_text,
    report_schema,
    rule,
    summary,
    write_all,
)
from workloads_specs import Level, load_catalogue

NASTY = "<script>alert(1)</script>]]> & \x1b[31m\x07\x00\u202e\u200b\u2028\ud800 é 漢 \U0001f680"
CATALOGUE = load_catalogue()
MUST = [one for one in CATALOGUE.values() if one.level is Level.MUST]
SHOULD = [one for one in CATALOGUE.values() if one.level is Level.SHOULD]


def finding() -> Finding:
    return Finding(
        code=NASTY,
        test=NASTY,
        case=NASTY,
        message=NASTY,
        expected=NASTY,
        observed=f"{NASTY}\nsecond line",
        reproduce="curl -sS 'http://x/'",
        confirmed="3/3",
    )


def results(**verdicts: Verdict) -> tuple[RequirementResult, ...]:
    """All requirements passed, but for those named (with _ for -)."""
    chosen = {key.replace("_", "-"): verdict for key, verdict in verdicts.items()}
    return tuple(
        RequirementResult(
            requirement=requirement,
            verdict=chosen.get(requirement.id, Verdict.PASS),
            reason=NASTY,
            cases=3,
            findings=(finding(),) if chosen.get(requirement.id) is Verdict.FAIL else (),
        )
        for requirement in CATALOGUE.values()
    )


def report(found: tuple[RequirementResult, ...], *, complete: bool = True) -> Report:
    verdict, reason = rule(found, complete=complete)
    started = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Report(
        verdict=verdict,
        reason=reason,
        suite_version="1.2.3",
        spec=Spec(title="Workloads", version="2.24", sha256="a" * 64),
        target_url=NASTY,
        implementation=Implementation(organization=NASTY),
        run=Run(
            id="abc123",
            started=started,
            finished=started + timedelta(seconds=2.5),
            seed=7,
            profile="smoke",
            mode="full",
            concurrency=4,
            complete=complete,
        ),
        exchanges=10,
        requirements=found,
        observations={CATALOGUE["WV2-GET-008"].id: {NASTY: 2}},
        timings={NASTY: Timing(count=1, minimum=0.1, median=0.1, p95=0.1, maximum=0.1)},
        leftovers=Leftovers(created=2, removed=1, leaked=(NASTY,)),
    )


FAILING = results(WV2_CREATE_007=Verdict.FAIL, WV2_ERROR_002=Verdict.FAIL, WV2_GET_004=Verdict.INCONCLUSIVE)


def test_a_failed_must_decides():
    assert rule(FAILING, complete=False)[0] is RunVerdict.NONCONFORMANT


def test_a_failed_should_does_not():
    assert rule(results(WV2_ERROR_002=Verdict.FAIL), complete=True)[0] is RunVerdict.CONFORMANT


def test_an_undecided_must_or_an_unfinished_run_is_inconclusive():
    assert rule(results(WV2_GET_004=Verdict.INCONCLUSIVE), complete=True)[0] is RunVerdict.INCONCLUSIVE
    assert rule(results(), complete=False)[0] is RunVerdict.INCONCLUSIVE


def test_a_fault_of_the_suite_is_an_error():
    assert rule(results(WV2_GET_004=Verdict.ERROR), complete=True)[0] is RunVerdict.ERROR


@pytest.mark.parametrize(("tested", "verdict"), [(0.49, RunVerdict.INCONCLUSIVE), (0.51, RunVerdict.CONFORMANT)])
def test_half_of_the_musts_have_to_be_judged(tested, verdict):
    left_out = {one.id.replace("-", "_"): Verdict.NOT_TESTED for one in MUST[round(len(MUST) * tested) :]}
    assert rule(results(**left_out), complete=True)[0] is verdict


def test_json_is_valid_by_the_published_schema_and_in_utf_8():
    Draft202012Validator.check_schema(report_schema())
    value = json.loads(json_text(report(FAILING)).encode("utf-8"))
    Draft202012Validator(report_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    assert value["verdict"] == "nonconformant"
    assert value["run"]["seconds"] == 2.5
    assert value["counts"]["requirements"]["fail"] == 2
    assert "\x1b[31m" in value["target"]["url"]


def test_junit_counts_failures_exactly_when_not_conformant():
    for found, complete in (
        (FAILING, True),
        (results(), True),
        (results(), False),
        (results(WV2_ERROR_002=Verdict.FAIL), True),
    ):
        made = report(found, complete=complete)
        suite = ET.fromstring(junit_text(made)).find("testsuite")
        assert suite is not None
        broken = int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        assert (broken > 0) == (made.verdict is not RunVerdict.CONFORMANT)
        assert int(suite.get("tests", "0")) == len(CATALOGUE) + 1


def shows_itself(text: str) -> bool:
    return all(character in "\n…" or unicodedata.category(character)[0] != "C" for character in text)


@pytest.mark.parametrize("render", [junit_text, html_text, lambda made: summary(made, width=80, colour=False)])
def test_texts_for_people_hold_no_character_that_does_not_show_itself(render):
    text = render(report(FAILING))
    assert shows_itself(text)
    assert "\\x1b[31m" in text
    assert "\\u202e" in text


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_html_runs_nothing_and_loads_nothing():
    text = html_text(report(FAILING))
    page = Page()
    page.feed(text)
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "link", "iframe", "object"})
    assert not [value for _, given in page.tags for key, value in given.items() if key in ("src", "style", "onload")]
    assert all(given["href"].startswith("#") for tag, given in page.tags if tag == "a")
    [policy] = [given["content"] for _, given in page.tags if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        [own] = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_link_in_the_page_has_its_target():
    page = Page()
    page.feed(html_text(report(FAILING)))
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    assert {given["href"].removeprefix("#") for tag, given in page.tags if tag == "a"} <= set(ids)


def test_the_summary_says_what_to_do():
    text = summary(report(FAILING), width=80, colour=False)
    assert text.endswith("verdict: nonconformant\n")
    assert "WV2-CREATE-007" in text
    assert "    curl -sS 'http://x/'" in text.splitlines()
    assert text.index("WV2-CREATE-007") < text.index("WV2-ERROR-002") < text.index("undecided")
    assert "sweep" in text


def test_colour_only_on_request():
    assert "\x1b[" in summary(report(FAILING), width=80, colour=True)


def test_files_are_whole_and_replace_older_ones(tmp_path):
    write_all(report(results()), tmp_path)
    paths = write_all(report(FAILING), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["verdict"] == "nonconformant"


def test_a_directory_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot be written"):
        write_all(report(results()), tmp_path / "file")
