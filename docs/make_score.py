"""Puts what self-checks found into the score of self-check.md: `python docs/make_score.py DIR/self-check.json …`.

Give the result of the whole catalogue, or of areas that have changed: their rows are made anew, and so are the sums.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workloads_conformance.selfcheck.catalogue import load_faults, load_variants
from workloads_conformance.selfcheck.model import AreaScore, summed
from workloads_conformance.selfcheck.rendering import found_sentence, table

PAGE = Path(__file__).with_name("self-check.md")
COMBINATIONS = 6
"""Servers of several variants at once, which a run has beside those of one."""

_BETWEEN = re.compile("(?<=<!-- score -->\n).*(?=<!-- end of score -->)", re.DOTALL)
_ROW = re.compile(r"^\| ([\w-]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)
_ACCEPTED = re.compile(r"^\d+ of \d+ honest servers were accepted\.$", re.MULTILINE)
_TOOK = re.compile("^It took .*$", re.MULTILINE)


def page(before: str, results: Iterable[Mapping[str, Any]] = ()) -> str:
    """Returns the text of self-check.md with the rows that the results have, and all others as they were.

    Raises:
        ValueError: a result has an area that was not judged whole, or none has one that is new.
    """
    rows, accepted, took = _told(before)
    found: dict[str, Sequence[str]] = {}
    catalogue = Counter(fault.area for fault in load_faults().values())
    for result in results:
        for area in result["areas"]:
            rows[area["area"]] = AreaScore(
                area=area["area"],
                faults=area["faults"],
                killed=area["killed"],
                unclean=area["unclean"],
                survived=area["survived"],
                not_judged=area["notJudged"],
                seconds=area["seconds"],
                exchanges=area["exchanges"],
            )
        found |= {fault["name"]: fault["found"] for fault in result["faults"]}
        if len(result["variants"]) == len(load_variants()) + COMBINATIONS:
            honest = [variant["verdict"] for variant in result["variants"]]
            accepted = f"{honest.count('accepted')} of {len(honest)} honest servers were accepted."
        if result["total"]["faults"] == catalogue.total():
            run = result["run"]
            took = f"It took {run['seconds']:.0f} s with {run['jobs']} at a time, seed {run['seed']}."
    for area, count in catalogue.items():
        if area not in rows or rows[area].faults != count:
            raise ValueError(
                f"the area {area} has {count} faults, and not all of them were judged; run workloads-conformance "
                f"self-check --faults '{area}/*', and this with its self-check.json."
            )
    scores = [rows[area] for area in catalogue]
    named = {name for fault in load_faults().values() for name in fault.requirements}
    # Of what was not judged again it is taken that it showed all of its clauses, as the page said.
    shown = {name for fault in load_faults().values() for name in found.get(fault.name, fault.requirements)}
    lines = [*table(scores), "", found_sentence(summed("all", scores), len(shown), len(named)), accepted, took]
    return _BETWEEN.sub("\n".join(lines) + "\n", before)


def _told(text: str) -> tuple[dict[str, AreaScore], str, str]:
    """Returns the rows of a page by area, and what it says of honest servers and of the time."""
    told = _BETWEEN.search(text)
    assert told
    rows = {}
    for area, *counts in _ROW.findall(told[0]):
        faults, killed, unclean, survived, not_judged = map(int, counts)
        rows[area] = AreaScore(
            area=area,
            faults=faults,
            killed=killed,
            unclean=unclean,
            survived=survived,
            not_judged=not_judged,
            seconds=0.0,
            exchanges=0,
        )
    accepted, took = _ACCEPTED.search(told[0]), _TOOK.search(told[0])
    assert accepted
    assert took
    return rows, accepted[0], took[0]


if __name__ == "__main__":
    given = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]]
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), given), encoding="utf-8")
