"""report.html in a real Chromium, from disk: a report on the worst server there is, used with eyes and hands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page
from support.browser import chromium, chromium_path
from support.hostile import hostile_report

from workloads_reports import html_text

if chromium_path() is None and os.environ.get("CI") != "true":
    pytest.skip("no Chromium on this machine; `apt-get install chromium` has one", allow_module_level=True)

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
VISIBLE = "[...document.querySelectorAll('.item')].filter(e => e.checkVisibility()).map(e => e.id)"


@dataclass
class Watch:
    """What a page did that it must not do."""

    wrongs: list[str] = field(default_factory=list)

    def over(self, page: Page, own: str) -> None:
        page.on("dialog", lambda dialog: (self.wrongs.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda message: self.wrongs.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.wrongs.append(f"error: {error}"))
        page.on("popup", lambda _: self.wrongs.append("popup"))
        page.on(
            "request",
            lambda request: None if request.url.partition("#")[0] == own else self.wrongs.append(request.url),
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A page full of texts of ten million characters, and one of short texts for what does not depend on their size."""
    made = {"large": hostile_report(), "small": hostile_report(huge=300, findings=1)}
    paths = {name: tmp_path_factory.mktemp(name) / "report.html" for name in made}
    for name, path in paths.items():
        path.write_text(html_text(made[name]), encoding="utf-8")
    assert 1_000_000 < paths["large"].stat().st_size < 10_000_000
    return {name: path.as_uri() for name, path in paths.items()}


@pytest.fixture
def open_page(browser: Browser, addresses: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """Opens the page; fails the test if the page does anything of its own."""
    watch = Watch()
    contexts = []

    def opened(fragment: str = "", *, size: str = "small", width: int = 1280, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        watch.over(page, addresses[size])
        page.goto(addresses[size] + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.wrongs == []


def visible(page: Page) -> list[str]:
    return page.evaluate(VISIBLE)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('.item')?.id ?? document.activeElement.name ?? ''")


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_hostile_report_runs_nothing_and_breaks_no_layout(open_page, width, script):
    page = open_page(size="large", width=width, java_script_enabled=script)
    assert page.locator(".item").count() == len(hostile_report(huge=10).requirements)
    assert page.get_by_text("owned", exact=True).count() == 0
    for _ in range(2):
        # Everything closed but the failures, then everything open.
        box = page.locator("html").bounding_box()
        assert box is not None
        assert box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")
    assert page.locator("main script, main img, main iframe, main link, main style, main [onerror]").count() == 0


def test_the_policy_stops_what_got_in(browser, addresses):
    page = browser.new_page()
    page.goto(addresses["small"])
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(
            """() => {
              const image = document.createElement('img');
              image.src = 'http://127.0.0.1:9/x';
              document.body.append(image);
            }"""
        )
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<img src=x onerror=alert(1)>'")
    with pytest.raises(Error, match="TrustedScript"):
        page.evaluate("document.body.setAttribute('onclick', 'alert(1)')")
    page.close()


def test_a_large_report_can_be_searched(open_page):
    page = open_page(size="large")
    page.evaluate(
        """() => {
          const search = document.querySelector('input[type=search]');
          search.value = 'manifest';
          search.dispatchEvent(new Event('input', { bubbles: true }));
        }"""
    )
    assert 0 < len(visible(page)) < page.locator(".item").count()


def test_filters_narrow_the_view_and_live_in_the_fragment(open_page):
    page = open_page()
    everything = len(visible(page))
    page.get_by_label("MUST", exact=True).check()
    page.get_by_role("group", name="Verdict").get_by_label("fail", exact=True).check()
    page.get_by_label("Area").select_option("validation")
    assert page.url.endswith("#level=MUST&verdict=fail&area=validation")
    some = visible(page)
    assert 0 < len(some) < everything
    for item in page.locator(".item:visible").all():
        assert item.get_attribute("data-level") == "MUST"
        assert item.get_attribute("data-verdict") == "fail"
        assert item.get_attribute("data-area") == "validation"
    assert page.locator("output").inner_text() == f"{len(some)} of {everything} requirements"

    shared = open_page(page.url.partition("#")[1] + page.url.partition("#")[2])
    assert visible(shared) == some
    shared.get_by_role("button", name="Clear").click()
    shared.wait_for_function("location.hash === ''")
    assert len(visible(shared)) == everything


def test_search_finds_ids_titles_quotes_and_survives_any_characters(open_page):
    page = open_page()
    search = page.get_by_role("searchbox")
    search.fill("wv2-create-007")
    assert "WV2-CREATE-007" in visible(page)
    search.fill("no such words & <b> #1 %zz é")
    assert visible(page) == []
    shared = open_page("#" + page.url.partition("#")[2])
    assert shared.get_by_role("searchbox").input_value() == "no such words & <b> #1 %zz é"


@pytest.mark.parametrize(
    "fragment",
    ["#q=%E0%A4%A", "#%", "#level=<script>&verdict=__proto__&area=constructor", "#q", "#'][x", "#area=nowhere"],
)
def test_a_fragment_that_means_nothing_does_nothing(open_page, fragment):
    page = open_page(fragment)
    assert page.locator("output").inner_text().endswith("requirements")


def test_a_link_to_a_requirement_opens_it_even_where_a_filter_hides_it(open_page):
    page = open_page("#WV2-GET-001")
    assert page.locator("#WV2-GET-001 > details").get_attribute("open") is not None
    page.evaluate("location.hash = 'q=nothing-has-this'")
    page.wait_for_function("!document.querySelector('.item:not([hidden])')")
    page.evaluate("location.hash = 'WV2-GET-002'")
    page.wait_for_function("document.querySelector('#WV2-GET-002 > details').open")
    assert "WV2-GET-002" in visible(page)


@pytest.mark.parametrize("width", [1280, 900, 380])
def test_what_is_scrolled_to_is_not_behind_the_filters(open_page, width):
    page = open_page("#WV2-GET-008", width=width)
    assert (
        page.evaluate(
            """() => {
          const box = document.querySelector('#WV2-GET-008 h3').getBoundingClientRect();
          return document.elementFromPoint(box.x + 5, box.y + 5).closest('.item')?.id;
        }"""
        )
        == "WV2-GET-008"
    )


def test_the_keyboard_reaches_everything(open_page):
    page = open_page()
    first, second = visible(page)[:2]
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("j/k")  # no commands while somebody types
    assert page.get_by_role("searchbox").input_value() == "j/k"
    page.keyboard.press("Escape")
    assert page.get_by_role("searchbox").input_value() == ""
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused(page) == first
    page.keyboard.press("ArrowDown")
    assert focused(page) == second
    page.keyboard.press("k")
    assert focused(page) == first
    details = page.locator(f"#{first} > details")
    was_open = details.get_attribute("open") is not None
    page.keyboard.press("Enter")
    assert (details.get_attribute("open") is not None) is not was_open
    if was_open:
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # into what was opened
    assert focused(page) == first
    page.keyboard.press("Escape")
    assert details.get_attribute("open") is None


def test_focus_is_seen(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        width = page.evaluate(
            """() => {
              const at = document.activeElement;
              const shown = at.type === 'checkbox' ? at.nextElementSibling : at;
              return getComputedStyle(shown).outlineStyle + ' ' + getComputedStyle(shown).outlineWidth;
            }"""
        )
        assert width == "solid 2px"
        page.keyboard.press("Tab")


def test_one_form_of_a_reproduction_is_shown_and_copied(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    forms = page.locator(".forms:visible").first
    forms.get_by_role("button", name="httpx").click()
    assert forms.get_by_role("button", name="httpx").get_attribute("aria-pressed") == "true"
    assert page.locator(".form[data-form=curl]:visible").count() == 0
    forms.get_by_role("button", name="Copy").click()
    forms.get_by_role("button", name="Copied").wait_for()
    shown = forms.locator(".form:visible code").text_content()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    assert shown.startswith("httpx.get(")


def test_without_script_everything_is_there(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator(".filters").is_hidden()
    forms = page.locator(".forms:visible").first
    assert [one.inner_text() for one in forms.locator("h6").all()] == ["curl", "httpx", "HTTP"]
    assert forms.locator("pre:visible").count() == 3


def test_print_shows_findings_and_no_controls(open_page):
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator(".filters, nav, .choices").locator("visible=true").count() == 0
    page.evaluate("for (const it of document.querySelectorAll('.item > details')) it.open = false")
    closed = page.locator(".item:has(.finding) .finding").first
    assert closed.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert len(page.pdf()) > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_that_of_wcag_aa(open_page, scheme):
    page = open_page(color_scheme=scheme)
    page.evaluate("for (const it of document.querySelectorAll('.item > details')) it.open = true")
    page.get_by_label("SHOULD", exact=True).check()
    found = page.evaluate(CONTRAST)
    assert found["seen"] > 100
    assert found["poor"] == []


def test_landmarks_and_names(open_page):
    page = open_page()
    for role in ("banner", "main", "contentinfo", "search"):
        assert page.get_by_role(role).count() == 1
    assert page.get_by_role("navigation", name="Parts of the report").count() == 1
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('input, select, button, a, svg[role=img], [role=region]')]
          .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent.trim()))
          .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => +e.tagName[1])")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.slow
def test_axe_finds_no_violation(open_page):
    page = open_page()
    page.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true; })")
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
