"""report.html: the report for people, one file that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from workloads_specs import Level

from .escaping import block, one_line
from .model import Report, Verdict


def html_text(report: Report) -> str:
    """Returns report.html."""
    return page(
        files("workloads_reports").joinpath("templates/report.html.j2").read_text(encoding="utf-8"),
        report=report,
        failed=report.having(Verdict.FAIL, Level.MUST),
        warnings=report.having(Verdict.FAIL, Level.SHOULD),
        faults=report.having(Verdict.ERROR),
        undecided=report.having(Verdict.INCONCLUSIVE),
        untested=report.having(Verdict.NOT_TESTED),
        titles={result.requirement.id: result.requirement.title for result in report.requirements},
    )


def page(template: str, **values: object) -> str:
    """Returns a page in the reports' style: `template` (Jinja2) gets the values, and `style` with its `style_hash`.

    Every text is escaped; a template's content security policy can forbid all but the style.
    """
    style = files("workloads_reports").joinpath("templates/report.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"line": one_line, "block": block}
    return environment.from_string(template).render(
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        **values,
    )
