"""certificate.html: the certificate for people, one file that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from workloads_reports import Report, Verdict
from workloads_reports.escaping import one_line
from workloads_specs import Level

from .libraries import install_line

PAGE_NAME = "certificate.html"


def page(said: Mapping[str, Any], report: Report, keyid: str) -> str:
    """Returns the page of a certificate; `said` is its predicate. Every text is escaped."""
    folder = files("workloads_conformance.certificates")
    style = folder.joinpath("certificate.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["line"] = one_line
    results = {result.requirement.id: result for result in report.requirements}
    template = environment.from_string(folder.joinpath("certificate.html.j2").read_text(encoding="utf-8"))
    return template.render(
        said=said,
        certificate=said["certificate"],
        report=report,
        keyid=keyid,
        style=Markup(style),  # noqa: S704 - our own file
        install=install_line(report.suite_version, said["certificate"]["versions"]),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        passed=report.having(Verdict.PASS, Level.MUST),
        kept=report.having(Verdict.PASS, Level.SHOULD),
        warned=[results[identifier] for identifier in said["warnedTests"]],
        untested=[results[identifier] for identifier in said["certificate"]["untested"]],
        observed=report.having(Verdict.PASS, Level.OBSERVE),
    )
