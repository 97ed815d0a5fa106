"""What comes out of a run: the result model, the rule that makes a verdict of it, and its renderings."""

from .diff import Change, Difference, ObservationChange, RequirementChange, TimingChange, compare
from .diff_forms import DIFF_FORMS, diff_json, diff_markdown, diff_schema, diff_text
from .errors import ReportError
from .files import RENDERINGS, write_all, write_text
from .html import html_text
from .json_report import json_text, report_schema, to_json
from .junit import junit_text
from .merge import merge_reports
from .model import (
    FORMAT,
    Finding,
    Implementation,
    Leftovers,
    Report,
    RequirementResult,
    Run,
    RunVerdict,
    Spec,
    Timing,
    Verdict,
    Waiver,
    WaiverState,
    WaiverUse,
)
from .read import read_report
from .ruling import counted, rule
from .summary import summary
from .waivers import apply_waivers, covers, draft_waivers

__all__ = [
    "DIFF_FORMS",
    "FORMAT",
    "RENDERINGS",
    "Change",
    "Difference",
    "Finding",
    "Implementation",
    "Leftovers",
    "ObservationChange",
    "Report",
    "ReportError",
    "RequirementChange",
    "RequirementResult",
    "Run",
    "RunVerdict",
    "Spec",
    "Timing",
    "TimingChange",
    "Verdict",
    "Waiver",
    "WaiverState",
    "WaiverUse",
    "apply_waivers",
    "compare",
    "counted",
    "covers",
    "diff_json",
    "diff_markdown",
    "diff_schema",
    "diff_text",
    "draft_waivers",
    "html_text",
    "json_text",
    "junit_text",
    "merge_reports",
    "read_report",
    "report_schema",
    "rule",
    "summary",
    "to_json",
    "write_all",
    "write_text",
]
