"""How long an answer is waited for: less where many in a row have not come."""

from __future__ import annotations

from collections import Counter, defaultdict

IN_A_ROW = 8
_TIMES_SLOWEST = 5
_LEAST = 2.0


class Deadlines:
    """The seconds that one exchange may take, by method.

    A target that never answers a method would cost the full deadline for each of hundreds of requests. After eight in a
    row without an answer, the next ones of the method are given five times what its slowest answer took, and two
    seconds at least, until one is answered.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self._missed: Counter[str] = Counter()
        self._slowest: defaultdict[str, float] = defaultdict(float)

    def of(self, method: str) -> float:
        """Returns the seconds that the next exchange may take."""
        if self._missed[method] < IN_A_ROW:
            return self.longest
        return min(self.longest, max(_LEAST, _TIMES_SLOWEST * self._slowest[method]))

    def met(self, method: str, seconds: float) -> None:
        """Learns that the method was answered, and how long that took."""
        self._missed[method] = 0
        self._slowest[method] = max(self._slowest[method], seconds)

    def missed(self, method: str) -> None:
        """Learns that the method was not answered in the time that it was given."""
        self._missed[method] += 1
