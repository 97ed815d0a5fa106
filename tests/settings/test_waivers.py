"""A waiver file: what is read from it, and what each mistake in it is answered with."""

from __future__ import annotations

from datetime import date

import pytest

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.settings.waivers import load_waivers
from workloads_reports import Waiver
from workloads_specs import Level, load_catalogue

CATALOGUE = load_catalogue()
OBSERVE = next(one.id for one in CATALOGUE.values() if one.level is Level.OBSERVE)
GOOD = {
    "requirement": '"WV2-CREATE-007"',
    "owner": '"ops@example.com"',
    "reason": '"the fix is on its way"',
    "link": '"https://issues.example.com/1"',
    "expires": "2030-01-31",
}


def entry(**changes: str | None) -> str:
    """An entry with members replaced, added, or (None) left out."""
    members = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return "[[waiver]]\n" + "".join(f"{key} = {value}\n" for key, value in members.items())


def load(text: str, tmp_path):
    path = tmp_path / "waivers.toml"
    path.write_text(text, encoding="utf-8")
    return load_waivers(path, CATALOGUE)


def test_a_waiver_is_read(tmp_path):
    expected = Waiver(
        requirement="WV2-CREATE-007",
        owner="ops@example.com",
        reason="the fix is on its way",
        link="https://issues.example.com/1",
        expires=date(2030, 1, 31),
        finding="the status",
    )
    assert load(entry(finding='"the status"'), tmp_path) == (expected,)


def test_a_waiver_may_name_a_code(tmp_path):
    [read] = load(entry(code='"refused-update/changed:rawManifest"'), tmp_path)
    assert (read.code, read.finding) == ("refused-update/changed:rawManifest", "")
    one, other = load(entry(code='"a/b"') + entry(code='"a/c"'), tmp_path)
    assert (one.code, other.code) == ("a/b", "a/c")


def test_the_day_may_be_a_text(tmp_path):
    assert load(entry(expires='"2030-01-31"'), tmp_path) == load(entry(), tmp_path)


def test_an_empty_file_waives_nothing(tmp_path):
    assert load("", tmp_path) == ()


def test_an_expired_waiver_is_no_mistake_of_the_file(tmp_path):
    assert load(entry(expires="2001-01-31"), tmp_path)[0].expires == date(2001, 1, 31)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[wavier]]", r"'wavier' is not a known table of a waiver file; did you mean 'waiver'\?"),
        ("[waiver]\nowner = 'x'", r"write each waiver under \[\[waiver\]\]"),
        ("waiver = ['x']", r"write each waiver under \[\[waiver\]\]"),
        ("[[waiver]]\nowner = ", "is not TOML"),
        (entry(onwer='"x"'), r"waiver 1: 'onwer' is not a known member of a waiver; did you mean 'owner'\?"),
        (entry(owner=None), "waiver 1: owner is missing; a waiver has requirement, owner, reason, link, expires"),
        (entry(expires=None), "waiver 1: expires is missing"),
        (entry() + entry(requirement='"WV2-GET-004"', reason=None), "waiver 2: reason is missing"),
        (entry(owner='""'), "waiver 1: owner is ''; expected a text that is not empty"),
        (entry(reason='"  "'), "waiver 1: reason is '  '; expected a text that is not empty"),
        (entry(owner="7"), "waiver 1: owner is 7; expected a text"),
        (entry(requirement="['x']"), r"waiver 1: requirement is \['x'\]; expected a text"),
        (entry(link='"ask me"'), "waiver 1: link is 'ask me'; expected a text such as https:"),
        (
            entry(requirement='"WV2-CRAETE-007"'),
            r"'WV2-CRAETE-007' is not a known requirement; did you mean 'WV2-CREATE-007'\?",
        ),
        (entry(requirement=f'"{OBSERVE}"'), f"{OBSERVE} is of level OBSERVE and never fails"),
        (entry(expires='""'), "waiver 1: expires is ''; expected a day such as 2030-01-31"),
        (entry(expires='"2030-02-30"'), "expires is '2030-02-30'; expected a day"),
        (entry(expires='"20300131"'), "expires is '20300131'; expected a day"),
        (entry(expires="2030-01-31T10:00:00Z"), "expected a day such as"),
        (entry(expires="2030"), "expires is '2030'; expected a day"),
        (entry(expires="2030-02-30"), "is not TOML"),
        (entry() * 1001, "holds 1001 waivers; expected at most 1000"),
        (entry(code='"a/b"', finding='"x"'), "waiver 1: finding and code both say which findings are waived"),
        (entry(code='""'), "waiver 1: code is ''; expected a text that is not empty"),
        (entry(code='"a/b"') * 2, "WV2-CREATE-007 is waived twice for the same; keep one of them"),
        (entry() + entry(owner='"x"'), "WV2-CREATE-007 is waived twice for the same; keep one of them"),
    ],
)
def test_a_mistake_is_named(text, told, tmp_path):
    with pytest.raises(UsageError, match=told) as caught:
        load(text, tmp_path)
    assert caught.value.exit_status == ExitStatus.USAGE
    assert "waivers.toml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match="does not exist; give --waivers"):
        load_waivers(tmp_path / "none.toml", CATALOGUE)
