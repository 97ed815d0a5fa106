"""report.json: the report for machines, in the form that report.schema.json publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from .changes import Since
from .escaping import json_shown
from .model import FORMAT, Report, RequirementResult, WaiverUse

SUITE = "workloads-conformance"


def to_json(report: Report) -> dict[str, Any]:
    """Returns the report as a JSON value that is valid against `report_schema()`."""
    run = report.run
    value = {
        "format": FORMAT,
        "verdict": report.verdict,
        "reason": report.reason,
        "suite": {"name": SUITE, "version": report.suite_version},
        "spec": asdict(report.spec),
        "target": {"url": report.target_url, "embedded": report.embedded},
        "implementation": asdict(report.implementation),
        "run": {
            "id": run.id,
            "started": _instant(run.started),
            "finished": _instant(run.finished),
            "seconds": round(run.seconds, 3),
            "seed": run.seed,
            "profile": run.profile,
            "mode": run.mode,
            "concurrency": run.concurrency,
            "complete": run.complete,
            "config": run.config,
        },
        "counts": {"requirements": report.counts, "exchanges": report.exchanges, "judgements": report.judgements},
        "requirements": [_requirement(result) for result in report.requirements],
        "observations": report.observations,
        "timings": {name: asdict(timing) for name, timing in report.timings.items()},
        "leftovers": asdict(report.leftovers),
        "waivers": [_waiver(use) for use in report.waivers],
        "plan": asdict(report.plan),
        "elements": [asdict(element) for element in report.elements],
        "since": _since(report.since),
        "gate": {"passed": not report.objections, "objections": report.objections},
    }
    written: dict[str, Any] = plain(value)
    return written


def json_text(report: Report) -> str:
    """Returns the text of report.json."""
    return document_text(to_json(report))


def document_text(value: object) -> str:
    """Returns a JSON value as the text of a file: for people to read, and every character of it shows itself."""
    return json_shown(json.dumps(plain(value), indent=2, ensure_ascii=False)) + "\n"


def report_schema() -> dict[str, Any]:
    """Returns the JSON Schema (draft 2020-12) of report.json. Treat it as read-only: it is shared."""
    return published_schema("report")


@cache
def published_schema(name: str) -> dict[str, Any]:
    """Returns the JSON Schema that the package publishes as `<name>.schema.json`."""
    text = files("workloads_reports").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _requirement(result: RequirementResult) -> dict[str, Any]:
    requirement = result.requirement
    return {
        "id": requirement.id,
        "title": requirement.title,
        "level": requirement.level,
        "operation": requirement.operation,
        "area": requirement.area,
        "source": asdict(requirement.source),
        "rationale": requirement.rationale,
        "verdict": result.verdict,
        "reason": result.reason,
        "cases": result.cases,
        "violated": result.violated,
        "seconds": result.seconds,
        "findings": [asdict(finding) for finding in result.findings],
    }


def _waiver(use: WaiverUse) -> dict[str, Any]:
    return asdict(use.waiver) | {"expires": use.waiver.expires.isoformat(), "state": use.state}


def _since(since: Since | None) -> dict[str, Any] | None:
    return None if since is None else asdict(since) | {"finished": _instant(since.finished)}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """Returns `value` in plain JSON types, lone surrogates as escapes: UTF-8 cannot hold them."""
    if isinstance(value, str):
        return str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
