"""space.json, space.html and space.md, and the text that ends the command."""

from __future__ import annotations

import base64
import hashlib
import statistics
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from workloads_conformance._version import __version__
from workloads_reports import document_text
from workloads_reports.escaping import one_line
from workloads_specs import load_contract

from .points import Point
from .rulings import Ruling
from .scoring import PointResult, PointVerdict, Rate, Row, SpaceCheck, place_of

FORMAT = "workloads-conformance-fault-space/1"
_KEYS: dict[str, Callable[[Point], str]] = {
    "place": place_of,
    "operator": lambda point: point.operator,
    "trigger": lambda point: point.trigger,
}
_ESCAPED = (PointVerdict.STOPPED, PointVerdict.SURVIVED, PointVerdict.NEVER_WRONG)
_DOUBTED = (PointVerdict.BLAMED, PointVerdict.UNDECIDED, PointVerdict.NOT_JUDGED)


def to_json(check: SpaceCheck) -> dict[str, Any]:
    """Returns the result as a JSON value."""
    return {
        "format": FORMAT,
        "suite": {"name": "workloads-conformance", "version": __version__},
        "spec": {"version": load_contract().version, "sha256": load_contract().sha256},
        "target": check.target or None,
        "run": {
            "seed": check.seed,
            "jobs": check.jobs,
            "profile": check.profile,
            "bar": check.bar,
            "seconds": round(check.seconds, 3),
        },
        "space": {str(ruling): count for ruling, count in check.space.items() if ruling is not Ruling.NONE},
        "passed": check.passed,
        "already": list(check.already),
        "waiting": check.waiting,
        "left": list(check.left),
        "rates": {
            "killed": _rate(check.killed),
            "named": _rate(check.named),
            "closed": _rate(check.closed),
            "blamed": _rate(check.blamed),
        },
        "points": [_point(result, check.why.get(result.point.id, "")) for result in check.results],
    }


def json_text(check: SpaceCheck) -> str:
    """Returns the text of space.json."""
    return document_text(to_json(check))


def html_text(check: SpaceCheck) -> str:
    """Returns space.html: one file that loads nothing. Every text is escaped."""
    style = _resource("selfcheck", "self-check.css") + _resource("selfcheck.space", "space.css")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["line"] = one_line
    return environment.from_string(_resource("selfcheck.space", "space.html.j2")).render(
        check=check,
        suite_version=__version__,
        contract=load_contract(),
        sentences=list(_sentences(check)),
        tables={name: check.rows(key) for name, key in _KEYS.items()},
        triggers=sorted({one.point.trigger for one in check.faults}),
        places=[row.name for row in check.rows(place_of) if row.killed.of],
        escaped=check.of(*_ESCAPED),
        doubted=check.of(*_DOUBTED),
        style=Markup(style),  # noqa: S704 - our own files
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def markdown_text(check: SpaceCheck) -> str:
    """Returns space.md: the rates, as docs/self-check.md quotes them, and what was not seen."""
    lines = [*map(one_line, _sentences(check))]
    for name, key in _KEYS.items():
        lines += ["", *table(name, check.rows(key))]
    if escaped := check.of(*_ESCAPED):
        lines += ["", *(f"- {one.verdict}: {one_line(one.point.id)}. {one.point.ruled.why}" for one in escaped)]
    return "\n".join(lines) + "\n"


def table(name: str, rows: Sequence[Row]) -> list[str]:
    """Returns the lines of a table of rates."""
    return [
        f"| {name} | faults | killed | kill rate | legal | blamed |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {row.name} | {row.killed.of} | {row.killed.count} | {row.killed.percent:.1f} % | {row.blamed.of} | "
            f"{row.blamed.count} |"
            for row in rows
        ),
    ]


def text(check: SpaceCheck, *, colour: bool = False) -> str:
    """Returns the result as lines for a terminal or a pipe; the last one says whether the bar is reached."""
    verdict = "passed" if check.passed else "failed"
    painted = f"\x1b[{32 if check.passed else 31}m{verdict}\x1b[0m" if colour else verdict
    told = [line for one in check.of(*_ESCAPED, *_DOUBTED) for line in _told(one, check.why.get(one.point.id, ""))]
    return "\n".join([*map(one_line, (*told, *_sentences(check))), f"self-check: {painted}"]) + "\n"


def line_of(result: PointResult) -> str:
    """Returns one result as a line."""
    return f"{result.verdict:<15}  {result.point.id}  ({result.outcome.seconds:.1f} s)"


def _told(result: PointResult, why: str) -> Iterator[str]:
    yield f"{result.verdict}: {result.point.id}"
    yield f"    {result.point.ruled.why}"
    if result.point.is_fault:
        yield f"    should have failed one of: {', '.join(result.point.ruled.clauses)}"
    if why:
        yield f"    because {why}"
    if result.outcome.problem:
        yield f"    {result.outcome.problem}"
    for name in result.failed:
        yield f"    reported as violated: {name}: {result.outcome.failed[name]:.200}"
    for name, reason in list(result.outcome.undecided.items())[:3]:
        yield f"    undecided: {name}: {reason:.200}"


def _sentences(check: SpaceCheck) -> Iterator[str]:
    if check.target:
        yield (
            f"This gate, as it is configured, would have stopped {check.closed.count} of {check.closed.of} such "
            f"regressions of {check.target}."
        )
    yield f"Killed (a MUST or SHOULD was found violated): {check.killed}."
    yield f"Of these by a clause that the rule names: {check.named.count}."
    yield f"The gate stays closed (killed, refused, or a MUST undecided): {check.closed}."
    yield f"Legal points that were blamed: {check.blamed}."
    if seen := check.seen_after:
        seconds, exchanges = ([found[place] for found in seen] for place in (1, 0))
        yield (
            f"The median of the first finding is {statistics.median(seconds):.1f} s and "
            f"{statistics.median(exchanges):.0f} exchanges."
        )
    if check.already:
        yield f"As it is, the target violates or leaves undecided: {', '.join(check.already)}; these show nothing."
    if check.waiting:
        yield f"{check.waiting} points were drawn, and not judged before the time was up."
    if unjudged := check.of(PointVerdict.NOT_JUDGED):
        yield f"{len(unjudged)} points could not be judged, and are not counted."
    if unmet := check.of(PointVerdict.NEVER_DIFFERENT):
        yield f"{len(unmet)} legal points never came into effect, and are not counted."
    if unshown := check.of(PointVerdict.NOT_SHOWN):
        yield f"{len(unshown)} faults are of members or values that the target does not show, and are not counted."
    if check.left:
        yield f"These workloads could not be removed: {', '.join(check.left)}."
    yield (
        f"The space has {check.space[Ruling.FAULT]} faults and {check.space[Ruling.LEGAL]} legal points; "
        f"{check.space[Ruling.OPEN]} differences are open, and none of them was drawn."
    )
    yield f"It took {check.seconds:.0f} s with {check.jobs} at a time, profile {check.profile}, seed {check.seed}."


def _rate(rate: Rate) -> dict[str, Any]:
    below, above = rate.interval
    return {
        "count": rate.count,
        "of": rate.of,
        "percent": round(rate.percent, 2),
        "interval": [round(below, 2), round(above, 2)],
    }


def _point(result: PointResult, why: str) -> dict[str, Any]:
    seen = result.outcome.first_seen
    return {
        "id": result.point.id,
        "ruling": result.point.ruled.ruling,
        "why": result.point.ruled.why,
        "clauses": list(result.point.ruled.clauses),
        "verdict": result.verdict,
        "failed": {name: result.outcome.failed[name] for name in result.failed},
        "named": result.is_named,
        "undecided": dict(result.outcome.undecided),
        "problem": result.outcome.problem,
        "keptAway": why,
        "times": result.hits,
        "firstSeen": None if seen is None else {"exchanges": seen[0], "seconds": round(seen[1], 3)},
        "exchanges": result.outcome.exchanges,
        "seconds": round(result.outcome.seconds, 3),
    }


def _resource(package: str, name: str) -> str:
    return files(f"workloads_conformance.{package}").joinpath(name).read_text(encoding="utf-8")
