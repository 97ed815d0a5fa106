"""Which shards of a run a report is on, where the run was split."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Shards:
    """Which shards of a run a report is on.

    Attributes:
        of: how many there are.
        numbers: those that the report is on, from 1, in ascending order.
        plan: the digest (SHA-256, in hexadecimal) of what was split; shards of one run have the same.
        unreached: the ids of requirements that are undecided only because violations kept all cases from them: cases
            of another shard may decide them.
    """

    of: int
    numbers: tuple[int, ...]
    plan: str
    unreached: tuple[str, ...] = ()

    @property
    def absent(self) -> tuple[int, ...]:
        """Those that the report is not on."""
        return tuple(number for number in range(1, self.of + 1) if number not in self.numbers)

    def __str__(self) -> str:
        some = "shards" if len(self.numbers) > 1 else "shard"
        return f"{some} {', '.join(map(str, self.numbers))} of {self.of}"
