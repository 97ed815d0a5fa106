"""certificate.html in a real Chromium, from disk: names that nobody would choose, on a wide screen and a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from support.browser import chromium, chromium_path
from support.hostile import hostile_report

from workloads_conformance.certificates.page import page as page_of
from workloads_reports import Report, Verdict, html_text
from workloads_specs import Level

if chromium_path() is None and os.environ.get("CI") != "true":
    pytest.skip("no Chromium on this machine; `apt-get install chromium` has one", allow_module_level=True)

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
LONG = "W" * 120 + "<img src=x onerror=alert(1)>"


def said_of(report: Report) -> dict[str, Any]:
    """A predicate about a report, with long names in it."""
    digest = {"digest": {"sha256": "5d19b571f35ff1b7" * 4}}
    named = {name: f"{name} {LONG}" for name in ("organization", "project", "version", "url", "contact")}
    return {
        "result": "WARNED",
        "configuration": [
            {"name": name, **digest, "annotations": {"is": LONG}} for name in ("contract", "suite", "configuration")
        ],
        "warnedTests": [found.requirement.id for found in report.having(Verdict.FAIL, Level.SHOULD)],
        "certificate": {
            "certifier": f"Example Lab {LONG}",
            "issued": "2026-01-01T00:00:00+00:00",
            "validUntil": "2027-01-01T00:00:00+00:00",
            "implementation": named,
            "target": f"https://{LONG}.example.com",
            "run": {
                "id": "abcdef", "started": "2026-01-01T00:00:00+00:00", "finished": "2026-01-01T00:10:00+00:00",
                "seed": 0, "profile": "thorough", "mode": "full", "kinds": ["Job", "Deployment"], "concurrency": 16,
                "settle": 60, "deadline": 30, "maxLive": 64, "judgements": 65951, "exchanges": 9404,
            },
            "plan": {"tests": 139, "cases": 3289, "sha256": "5d19b571f35ff1b7" * 4},
            "versions": {"python": "3.11.7", "hypothesis": "6.170.17"},
            "must": {"passed": 1},
            "untested": [found.requirement.id for found in report.having(Verdict.NOT_TESTED)],
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    directory = tmp_path_factory.mktemp("pages")
    report = hostile_report(huge=300, findings=1)
    texts = {"certificate": page_of(said_of(report), report, "5d19b571f35ff1b7" * 4), "report": html_text(report)}
    for name, text in texts.items():
        (directory / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (directory / f"{name}.html").as_uri() for name in texts}


def opened(browser: Browser, address: str, **options: Any) -> Page:
    page = browser.new_page(**options)
    page.on("dialog", lambda dialog: pytest.fail(f"dialog: {dialog.message}"))
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, addresses, scheme):
    page = opened(browser, addresses["certificate"], color_scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 10
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_it_can_be_read_at_any_width(browser, addresses, width):
    """Nothing is cut off or has to be scrolled to, however long the names are."""
    page = opened(browser, addresses["certificate"], viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(
          (e) => e.checkVisibility() && e.textContent.trim() && parseFloat(getComputedStyle(e).fontSize) < 12).length"""
    )
    assert small == 0
    narrow = page.evaluate(
        """() => [...document.querySelectorAll('td, dd, p, li, pre')].filter(
          (e) => e.checkVisibility() && e.textContent.length > 40 && e.clientWidth < 150).length"""
    )
    assert narrow == 0
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_that_of_wcag_aa(browser, addresses, scheme):
    page = opened(browser, addresses["certificate"], color_scheme=scheme)
    found = page.evaluate(CONTRAST)
    assert found["seen"] > 50
    assert found["poor"] == []
    page.close()


def test_it_says_what_it_is_and_leads_to_the_report(browser, addresses):
    page = opened(browser, addresses["certificate"])
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Certificate"]
    for told in ("Example Lab", "Conformant, with warnings.", "2027-01-01T00:00:00+00:00", "verify . --key PUBLIC.pem",
                 "hypothesis==6.170.17", "139 tests on 3289 cases"):  # fmt: skip
        assert page.get_by_text(told).count() >= 1
    page.get_by_role("link", name="report.html").click()
    page.wait_for_url(addresses["report"])
    page.close()
