"""Words that the glossary in ARCHITECTURE.md replaced are used nowhere: in no name, text or document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEARCHED = ("conformance", "reports", "strategies", "specs", "docs")
CONTRACT = ROOT / "specs/workloads_specs/v2_24"
TEXTS = {".py", ".md", ".j2", ".js", ".css", ".json", ".toml"}

RETIRED = {
    r"calm": "last",
    r"undisturbed": "last",
    r"strands?": "subtask",
    r"Course": "transport",
    r"facts?": "recorded value",
    r"fates?": "mapping",
    r"binds[ _]nobody": "non-normative",
    r"pieces? of the contract": "element",
    r"Reach|Piece|Fate": "coverage, element, mapping",
    r"breach(es)?": "violation",
    r"doubt(s|ful)?": "inconclusive, or its reason",
    r"telling": "conclusive, decisive, tricky",
    r"told back": "echoed",
    r"for ever": "forever",
    r"mend(s|ed)?": "fix",
    r"stands? (in \w+ )?twice": "is duplicated",
    r"(stands?|stood) at": "is at",
    r"(is|are|was|were) answered [1-5]\d\d": "returns",
    r"found broken": "found violated",
    r"requirements? (is|are|was|were) (kept|broken)": "satisfied, violated",
    r"(keeps?|kept|breaks?|broke|broken) (a|the|this|every) (clause|contract|requirement)": "satisfy, violate",
    r"BrokenRequirement\w*": "RequirementViolated",
    r"(?<!here\s)is no (?!longer|such|other|more|worse)\w+": "is not a (valid)",
    r"need not": "does not have to",
    r"who(ever)? judges": "a replay",
    r"fault of the suite|suite's (own )?faults?": "error of the suite",
}


def texts() -> Iterator[tuple[str, str]]:
    """Yields what is searched, by name: everything but the contract's own words."""
    for path in (*ROOT.glob("*.md"), *(found for folder in SEARCHED for found in (ROOT / folder).rglob("*"))):
        if path.suffix in TEXTS and CONTRACT not in path.parents:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    catalogue = tomllib.loads((CONTRACT / "requirements.toml").read_text(encoding="utf-8"))
    yield "titles", "\n".join(one["title"] for one in catalogue["requirement"])
    coverage = (CONTRACT / "coverage.toml").read_text(encoding="utf-8")
    yield "coverage.toml", "\n".join(line for line in coverage.splitlines() if not line.startswith("text = "))


TEXT = dict(texts())


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_is_used_nowhere(word):
    pattern = re.compile(rf"\b({word})\b")
    found = [f"{name}: {hit[0]}" for name, text in TEXT.items() for hit in pattern.finditer(text)]
    assert found == [], f"write: {RETIRED[word]}"


def test_the_terms_of_the_glossary_are_in_order_and_few():
    glossary = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Glossary")[1].split("\n## ")[0]
    terms = re.findall(r"^\| ([^|]+) \| ", glossary, re.MULTILINE)[1:]
    assert terms == sorted(terms)
    assert len(terms) in range(25, 50)
