"""docs/report.md says what report.json holds, all of it, as it is now."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from support.hostile import hostile_report

from workloads_reports import json_text

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def reference(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(DOCS), *sys.path])
    import make_report_reference  # noqa: PLC0415 - a script beside the page that it makes

    return make_report_reference


def test_the_page_is_what_the_schema_says(reference):
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run python docs/make_report_reference.py"


def test_every_member_is_documented_and_has_a_meaning(reference):
    documented = {
        path: meaning for path, _, meaning in reference.rows(reference.report_schema(), reference.report_schema(), "")
    }
    assert [path for path, meaning in documented.items() if not meaning] == []
    patterns = [re.compile(re.escape(path).replace(r"\*", ".*") + r"\Z", re.DOTALL) for path in documented]

    def members(value, path):
        if isinstance(value, dict):
            for name, member in value.items():
                yield (at := f"{path}.{name}" if path else name)
                yield from members(member, at)
        elif isinstance(value, list):
            for item in value:
                yield from members(item, f"{path}[]")

    report = json.loads(json_text(hostile_report(huge=10, findings=1)))
    unknown = {at for at in members(report, "") if not any(pattern.match(at) for pattern in patterns)}
    assert unknown == set()
