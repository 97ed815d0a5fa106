"""How tests run: what they declare, trials, exploration, confirmation, the tally. It knows no API."""

from .answers import Answer, is_server_error, is_success
from .attempt import ONLY as ONLY_ATTEMPT
from .attempt import Attempt
from .codes import brief_code, code_of
from .context import Checks, Context, Controls
from .difference import Contrast
from .explore import Explorer, Trials
from .hypothesis_internals import check_hypothesis
from .judgement import Judgement, excerpt, satisfied, violated
from .judges import ONCE, Drawn, Fixed, InTurn, JudgingTest, Kinds, Turn, judges
from .loop import LoopThread
from .outcome import Examined, Outcome
from .patience import Patience
from .schedule import Schedule, Started
from .share import WHOLE, Share
from .stays import Stays
from .tally import Known, Tally
from .trial import Trial, conclusive
from .undecided import UndecidedError, UntestableError
from .values import identical, shown

__all__ = [
    "ONCE",
    "ONLY_ATTEMPT",
    "WHOLE",
    "Answer",
    "Attempt",
    "Checks",
    "Context",
    "Contrast",
    "Controls",
    "Drawn",
    "Examined",
    "Explorer",
    "Fixed",
    "InTurn",
    "Judgement",
    "JudgingTest",
    "Kinds",
    "Known",
    "LoopThread",
    "Outcome",
    "Patience",
    "Schedule",
    "Share",
    "Started",
    "Stays",
    "Tally",
    "Trial",
    "Trials",
    "Turn",
    "UndecidedError",
    "UntestableError",
    "brief_code",
    "check_hypothesis",
    "code_of",
    "conclusive",
    "excerpt",
    "identical",
    "is_server_error",
    "is_success",
    "judges",
    "satisfied",
    "shown",
    "violated",
]
