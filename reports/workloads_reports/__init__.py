"""What comes out of a run: the result model, the rule that makes a verdict of it, and its renderings."""

from .annotations import annotations_text
from .badge import badge_text
from .changes import Changed, Circumstance, Since, Transition
from .diff import ObservationChange, ReportDifference, RequirementChange, TimingChange, compare
from .diff_forms import DIFF_FORMS, diff_json, diff_markdown, diff_schema, diff_text
from .elements import Element, ElementCoverage
from .errors import ReportError
from .files import RENDERINGS, remove_all, write_all, write_text
from .given import DamagedError, GivenError, decoded, given_bytes, given_text, open_given, strict_json
from .html import html_text
from .json_report import document_text, json_text, report_schema, to_json
from .junit import junit_text
from .markdown import markdown_text
from .merge import merge_reports
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
    Spec,
    Timing,
    Waiver,
    WaiverState,
    WaiverUse,
)
from .plan import Coverage, Extent, Selected, Shards
from .private import open_private, private_directory, write_private
from .read import read_report
from .ruling import NOT_HERE, counted, rule
from .sarif import sarif_text
from .since import check_comparable, with_since
from .sketch import Durations
from .summary import summary
from .verdicts import RunVerdict, Verdict
from .waivers import apply_waivers, covers, draft_waivers

__all__ = [
    "DIFF_FORMS",
    "FORMAT",
    "NOT_HERE",
    "RENDERINGS",
    "Changed",
    "Circumstance",
    "Coverage",
    "DamagedError",
    "Durations",
    "Element",
    "ElementCoverage",
    "Extent",
    "Finding",
    "GivenError",
    "Implementation",
    "Leftovers",
    "Message",
    "ObservationChange",
    "RecordedExchange",
    "Report",
    "ReportDifference",
    "ReportError",
    "RequirementChange",
    "RequirementResult",
    "Run",
    "RunVerdict",
    "Selected",
    "Shards",
    "Since",
    "Spec",
    "Timing",
    "TimingChange",
    "Transition",
    "Verdict",
    "Waiver",
    "WaiverState",
    "WaiverUse",
    "annotations_text",
    "apply_waivers",
    "badge_text",
    "check_comparable",
    "compare",
    "counted",
    "covers",
    "decoded",
    "diff_json",
    "diff_markdown",
    "diff_schema",
    "diff_text",
    "document_text",
    "draft_waivers",
    "given_bytes",
    "given_text",
    "html_text",
    "json_text",
    "junit_text",
    "markdown_text",
    "merge_reports",
    "open_given",
    "open_private",
    "private_directory",
    "read_report",
    "remove_all",
    "report_schema",
    "rule",
    "sarif_text",
    "strict_json",
    "summary",
    "to_json",
    "with_since",
    "write_all",
    "write_private",
    "write_text",
]
