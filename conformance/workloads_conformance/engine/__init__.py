"""How tests run: trials, exploration, confirmation, the record, cleaning up, and the session that holds them."""

from workloads_conformance.checks import instant

from .answers import Answer, identical, is_at_rest, is_gone, is_settled, is_success, is_uuid
from .cleanup import GONE
from .collected import suite_tests
from .comparing import METADATA, apart, differing, shows, told
from .described import settings_of, versions
from .difference import Contrast
from .judges import Drawn, Fixed, InTurn, JudgingTest, judges
from .plan import Plan, Planned, plan_of
from .rejudge import Rejudged, examine, rejudge
from .remaining import goes_away
from .session import BrokenRequirementError, Session
from .trial import Trial, UndecidedError, UntestableError

__all__ = [
    "GONE",
    "METADATA",
    "Answer",
    "BrokenRequirementError",
    "Contrast",
    "Drawn",
    "Fixed",
    "InTurn",
    "JudgingTest",
    "Plan",
    "Planned",
    "Rejudged",
    "Session",
    "Trial",
    "UndecidedError",
    "UntestableError",
    "apart",
    "differing",
    "examine",
    "goes_away",
    "identical",
    "instant",
    "is_at_rest",
    "is_gone",
    "is_settled",
    "is_success",
    "is_uuid",
    "judges",
    "plan_of",
    "rejudge",
    "settings_of",
    "shows",
    "suite_tests",
    "told",
    "versions",
]
