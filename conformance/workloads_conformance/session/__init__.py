"""One run: what is judged, the plan, what the tests show, and the report."""

from .collected import suite_tests
from .described import settings_of, versions, waivers_of
from .plan import Plan, Planned, plan_of
from .session import BrokenRequirementError, Session
from .targets import Access, Target

__all__ = [
    "Access",
    "BrokenRequirementError",
    "Plan",
    "Planned",
    "Session",
    "Target",
    "plan_of",
    "settings_of",
    "suite_tests",
    "versions",
    "waivers_of",
]
