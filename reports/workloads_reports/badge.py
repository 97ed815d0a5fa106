"""badge.svg: the verdict as a badge."""

from __future__ import annotations

from anybadge import Badge

from .model import Report
from .verdicts import RunVerdict

_COLOURS = {RunVerdict.CONFORMANT: "#22683a", RunVerdict.NONCONFORMANT: "#b3221a"}
_INCONCLUSIVE = "#835400"


def badge_text(report: Report) -> str:
    """Returns badge.svg. A run that did not end says so: its verdict may still change."""
    value = report.verdict if report.run.complete else f"{report.verdict}, incomplete"
    label = "workloads v2 (reference server)" if report.embedded else "workloads v2"
    badge = Badge(label=label, value=value, default_color=_COLOURS.get(report.verdict, _INCONCLUSIVE))
    badge.mask_str = "corners"  # anybadge counts them, and one report would have another badge each time
    return f"{badge.badge_svg_text}\n"
