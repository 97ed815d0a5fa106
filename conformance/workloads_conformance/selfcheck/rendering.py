"""self-check.json, self-check.html and self-check.md, and the text that ends the command."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from workloads_conformance._version import __version__
from workloads_reports import document_text
from workloads_reports.escaping import one_line
from workloads_specs import load_catalogue, load_contract

from .judging import ServerOutcome
from .model import AreaScore, FaultResult, SelfCheck, VariantResult, summed

FORMAT = "workloads-conformance-self-check/1"
_HEADINGS = ("area", "faults", "killed", "unclean", "survived", "not judged", "score")


def to_json(check: SelfCheck) -> dict[str, Any]:
    """Returns the result as a JSON value that is valid against `self_check_schema()`."""
    shown, named = check.clauses
    return {
        "format": FORMAT,
        "suite": {"name": "workloads-conformance", "version": __version__},
        "spec": {"version": load_contract().version, "sha256": load_contract().sha256},
        "run": {"seed": check.seed, "jobs": check.jobs, "bar": check.bar, "seconds": round(check.seconds, 3)},
        "passed": check.passed,
        "clauses": {"named": named, "shown": shown},
        "total": _area(check.total),
        "areas": [_area(area) for area in check.areas],
        "faults": [_fault(result) for result in check.faults],
        "variants": [_variant(result) for result in check.variants],
    }


def json_text(check: SelfCheck) -> str:
    """Returns the text of self-check.json."""
    return document_text(to_json(check))


@cache
def self_check_schema() -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of self-check.json. Treat it as read-only: it is shared."""
    schema: dict[str, Any] = json.loads(_resource("self-check.schema.json"))
    return schema


def html_text(check: SelfCheck) -> str:
    """Returns self-check.html: one file that loads nothing. Every text is escaped."""
    style = _resource("self-check.css")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["line"] = one_line
    return environment.from_string(_resource("self-check.html.j2")).render(
        check=check,
        suite_version=__version__,
        contract=load_contract(),
        titles={requirement.id: requirement.title for requirement in load_catalogue().values()},
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def markdown_text(check: SelfCheck) -> str:
    """Returns self-check.md: the score by area as a table, as docs/self-check.md quotes it."""
    return "\n".join([*table(check.areas), "", *_sentences(check)]) + "\n"


def table(areas: Sequence[AreaScore]) -> list[str]:
    """Returns the lines of a table of areas, and below them of all together."""
    rows = (_HEADINGS, *map(_cells, (*areas, summed("all", areas))))
    head, *lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [head, "| --- |" + " ---: |" * (len(_HEADINGS) - 1), *lines]


def text(check: SelfCheck, *, colour: bool = False) -> str:
    """Returns the result as lines for a terminal or a pipe; the last one says whether the bar is reached."""
    verdict = "passed" if check.passed else "failed"
    shade = "32" if check.passed else "31"
    painted = f"\x1b[{shade}m{verdict}\x1b[0m" if colour else verdict
    return "\n".join([*map(one_line, _lines(check)), f"self-check: {painted}"]) + "\n"


def line_of(result: FaultResult | VariantResult) -> str:
    """Returns one result as a line."""
    name = result.fault.name if isinstance(result, FaultResult) else result.honest_server.name
    return f"{result.verdict:<10}  {name}  ({result.outcome.seconds:.1f} s)"


def _lines(check: SelfCheck) -> Iterator[str]:
    if check.faults:
        rows = [_HEADINGS, *(_cells(area) for area in (*check.areas, check.total))]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
        for row in rows:
            cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
            yield "  ".join([row[0].ljust(widths[0]), *cells[1:]])
        yield ""
    for result in check.escaped:
        yield from _escaped(result)
    for found in check.wronged:
        yield from _wronged(found)
    yield from _sentences(check)


def _escaped(result: FaultResult) -> Iterator[str]:
    yield f"{result.verdict}: {result.fault.name}"
    yield f"    {result.fault.sentence}"
    yield f"    should have failed: {', '.join(result.fault.requirements)}"
    yield from _details(result.outcome, [name for name in result.outcome.failed if name in result.unrelated])


def _wronged(result: VariantResult) -> Iterator[str]:
    yield f"{result.verdict}: {result.honest_server.name}"
    yield f"    {result.honest_server.sentence}"
    yield from _details(result.outcome, list(result.outcome.failed))


def _details(outcome: ServerOutcome, failed: list[str]) -> Iterator[str]:
    if outcome.problem:
        yield f"    not judged: {outcome.problem}"
    for name in failed:
        yield f"    reported as violated: {name}: {outcome.failed[name]:.200}"
    for name, reason in list(outcome.undecided.items())[:3]:
        yield f"    undecided: {name}: {reason:.200}"
    yield ""


def _sentences(check: SelfCheck) -> Iterator[str]:
    total = check.total
    shown, named = check.clauses
    if check.faults:
        yield found_sentence(total, shown, named)
    if check.variants:
        accepted = len(check.variants) - len(check.wronged)
        yield f"{accepted} of {len(check.variants)} honest servers were accepted."
    yield f"It took {check.seconds:.0f} s with {check.jobs} at a time, seed {check.seed}."


def found_sentence(total: AreaScore, shown: int, named: int) -> str:
    """Returns how many faults were found, on how many of the clauses that they name."""
    return (
        f"{total.killed} of {total.faults} faults were found for the right reason ({total.percent:.1f} %), "
        f"on {shown} of the {named} clauses that they violate."
    )


def _cells(area: AreaScore) -> tuple[str, ...]:
    counts = (area.faults, area.killed, area.unclean, area.survived, area.not_judged)
    return (area.area, *map(str, counts), f"{area.percent:.1f} %")


def _area(area: AreaScore) -> dict[str, Any]:
    return {
        "area": area.area,
        "faults": area.faults,
        "killed": area.killed,
        "unclean": area.unclean,
        "survived": area.survived,
        "notJudged": area.not_judged,
        "percent": round(area.percent, 2),
        "exchanges": area.exchanges,
        "seconds": round(area.seconds, 3),
    }


def _fault(result: FaultResult) -> dict[str, Any]:
    return {
        "name": result.fault.name,
        "sentence": result.fault.sentence,
        "requirements": list(result.fault.requirements),
        "also": list(result.fault.also),
        "verdict": result.verdict,
        "found": list(result.found),
        "unrelated": list(result.unrelated),
        **_outcome(result.outcome),
    }


def _variant(result: VariantResult) -> dict[str, Any]:
    return {
        "name": result.honest_server.name,
        "sentence": result.honest_server.sentence,
        "verdict": result.verdict,
        **_outcome(result.outcome),
    }


def _outcome(outcome: ServerOutcome) -> dict[str, Any]:
    return {
        "failed": dict(outcome.failed),
        "undecided": dict(outcome.undecided),
        "problem": outcome.problem,
        "tests": outcome.tests,
        "exchanges": outcome.exchanges,
        "seconds": round(outcome.seconds, 3),
    }


def _resource(name: str) -> str:
    return files("workloads_conformance.selfcheck").joinpath(name).read_text(encoding="utf-8")
