"""What the run itself observes, beside its tests: the requirements that these are answers to."""

from __future__ import annotations

REFUSED_KIND = "WV2-CREATE-039"
"""That the plainest create of a kind is refused."""

BUSY = "WV2-HTTP-013"
"""How often the target said that it is busy."""
