"""What of the planned tests this process runs: all of them, or the part of a shard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from workloads_conformance.runner import JudgingTest, Share
from workloads_conformance.settings import Settings, Shard

from .described import drawing
from .shares import digest, shares


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What of the planned tests is run here.

    Attributes:
        tests: those of which any case is, in their order.
        others: the names of those that are left to other shards.
        shares: what is run of each of the tests; empty if all of them are run whole.
        shard: which shard this is; None if the run is not split.
        plan: the digest of what was split; empty if the run is not split.
    """

    tests: tuple[JudgingTest, ...]
    others: frozenset[str] = frozenset()
    shares: Mapping[str, Share]
    shard: Shard | None = None
    plan: str = ""

    @classmethod
    def of(cls, planned: Sequence[JudgingTest], settings: Settings) -> Self:
        """Returns the part of the planned tests that the settings say."""
        if settings.shard is None:
            return cls(tests=tuple(planned), shares={})
        held = shares(planned, settings, settings.shard)
        return cls(
            tests=tuple(test for test in planned if test.name in held),
            others=frozenset(test.name for test in planned if test.name not in held),
            shares=held,
            shard=settings.shard,
            plan=digest(planned, settings, drawing()),
        )

    @property
    def speaks_for_all(self) -> bool:
        """True if what is alike in every shard, such as what the preflight finds in order, is counted here."""
        return self.shard is None or self.shard.number == 1
