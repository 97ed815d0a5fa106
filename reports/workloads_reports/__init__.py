"""What comes out of a run: the result model, the rule that makes a verdict of it, and its renderings."""

from .annotations import annotations_text
from .badge import badge_text
from .errors import ReportError
from .files import write_all
from .html import html_text
from .json_report import json_text, report_schema, to_json
from .junit import junit_text
from .markdown import markdown_text
from .model import (
    FORMAT,
    Finding,
    Implementation,
    Leftovers,
    Message,
    RecordedExchange,
    Report,
    RequirementResult,
    Run,
    RunVerdict,
    Spec,
    Timing,
    Verdict,
)
from .ruling import rule
from .sarif import sarif_text
from .summary import summary

__all__ = [
    "FORMAT",
    "Finding",
    "Implementation",
    "Leftovers",
    "Message",
    "RecordedExchange",
    "Report",
    "ReportError",
    "RequirementResult",
    "Run",
    "RunVerdict",
    "Spec",
    "Timing",
    "Verdict",
    "annotations_text",
    "badge_text",
    "html_text",
    "json_text",
    "junit_text",
    "markdown_text",
    "report_schema",
    "rule",
    "sarif_text",
    "summary",
    "to_json",
    "write_all",
]
