"""One run: what is judged, the plan, what the tests show, and the report."""

from .collected import suite_tests
from .described import named_test, selection_of, settings_of, versions, waivers_of
from .plan import Plan, Planned, plan_of
from .selecting import Selection, select
from .session import RequirementViolatedError, Session
from .targets import OpenTarget, Target

__all__ = [
    "OpenTarget",
    "Plan",
    "Planned",
    "RequirementViolatedError",
    "Selection",
    "Session",
    "Target",
    "named_test",
    "plan_of",
    "select",
    "selection_of",
    "settings_of",
    "suite_tests",
    "versions",
    "waivers_of",
]
