"""Which attempt at a case a trial is: a case that judged nothing, or was disturbed, is tried again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at a case.

    Attributes:
        number: how often the case was tried before.
        is_last: whether what came is taken for the target's, for the case is not tried once more.
        repeats: whether it repeats what another case has shown, which has waited for the whole settle time.
    """

    number: int = 0
    is_last: bool = True
    repeats: bool = False

    @property
    def suffix(self) -> str:
        """What tells the attempt from the first, in the trial's name."""
        return "" if not self.number else " again" if self.number == 1 else f" again {self.number}"


ONLY = Attempt()
"""That of what is tried once."""
