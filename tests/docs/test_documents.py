"""What the documents point to is there, and the README stays short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
_MOST_WORDS = 700


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_linked_to_is_there(document):
    text = document.read_text(encoding="utf-8")
    here = [found[1] for found in _LINK.finditer(text) if not found[1].startswith(("http://", "https://"))]
    assert [link for link in here if not (document.parent / link).exists()] == []


def test_the_readme_is_read_in_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= _MOST_WORDS


@pytest.mark.parametrize("document", sorted(ROOT.glob("docs/*.md")), ids=lambda path: path.name)
def test_every_page_is_linked_to_from_the_readme(document):
    assert f"docs/{document.name}" in (ROOT / "README.md").read_text(encoding="utf-8")
