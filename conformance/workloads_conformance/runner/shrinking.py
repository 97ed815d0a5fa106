"""Goes from a case that violates a requirement to a smaller one that does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from .judgement import Judgement
from .outcome import Outcome

SHRINK_TRIALS = 40
SHRINK_SECONDS = 10.0
"""What shrinking may cost: a finding in good time beats a smaller one too late."""


class Shrinking:
    """Goes from case to case, and remembers the last that violates the requirement in the same way."""

    def __init__(
        self,
        outcomes: Sequence[Outcome],
        violation: Judgement,
        *,
        run: Callable[[int, Any], Outcome],
        goes_on: Callable[[int, float], bool],
    ) -> None:
        self._known = {repr(outcome.case): outcome for outcome in outcomes}
        self._violation, self._run, self._goes_on = violation, run, goes_on
        self._live, self._until = 0, time.monotonic() + SHRINK_SECONDS
        self._in_time = True
        self.best = next(outcome for outcome in outcomes if self._fails(outcome))
        self.tried: list[Any] = []

    def _fails(self, outcome: Outcome) -> bool:
        return outcome.violation(self._violation.requirement, self._violation.code) is not None

    def check(self, case: Any) -> None:
        """Runs a case, unless its outcome is known.

        Raises:
            StillFailsError: it violates the requirement.
        """
        outcome = self._known.get(repr(case))
        if outcome is None:
            self._in_time = self._in_time and self._goes_on(self._live, self._until)
            if self._live >= SHRINK_TRIALS or not self._in_time:
                return
            self._live += 1
            self.tried.append(case)
            outcome = self._known[repr(case)] = self._run(self._live, case)
        elif self._fails(outcome):
            self.tried.append(case)
        if self._fails(outcome):
            self.best = outcome
            raise StillFailsError


class StillFailsError(Exception):
    """Tells hypothesis that a case violates the requirement."""
