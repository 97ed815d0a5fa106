"""What comes out of a run: the result model, the rule that makes a verdict of it, and its renderings."""

from .errors import ReportError
from .escaping import one_line
from .files import write_all, write_files
from .html import html_text, page
from .json_report import json_text, report_schema, to_json
from .junit import junit_text
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
)
from .ruling import rule
from .summary import summary

__all__ = [
    "FORMAT",
    "Finding",
    "Implementation",
    "Leftovers",
    "Report",
    "ReportError",
    "RequirementResult",
    "Run",
    "RunVerdict",
    "Spec",
    "Timing",
    "Verdict",
    "html_text",
    "json_text",
    "junit_text",
    "one_line",
    "page",
    "report_schema",
    "rule",
    "summary",
    "to_json",
    "write_all",
    "write_files",
]
