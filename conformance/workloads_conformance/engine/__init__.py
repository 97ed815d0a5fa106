"""How tests run: trials, exploration, confirmation, the record, cleaning up, and the session that holds them."""

from workloads_conformance.checks import instant

from .answers import Answer, identical, is_at_rest, is_gone, is_settled, is_success, is_uuid
from .comparing import METADATA, differing, shows, told
from .described import versions
from .judges import Drawn, Fixed, judges
from .rejudge import rejudge
from .session import BrokenRequirementError, Session
from .trial import Trial, UndecidedError, UntestableError

__all__ = [
    "METADATA",
    "Answer",
    "BrokenRequirementError",
    "Drawn",
    "Fixed",
    "Session",
    "Trial",
    "UndecidedError",
    "UntestableError",
    "differing",
    "identical",
    "instant",
    "is_at_rest",
    "is_gone",
    "is_settled",
    "is_success",
    "is_uuid",
    "judges",
    "rejudge",
    "shows",
    "told",
    "versions",
]
