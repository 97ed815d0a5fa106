"""Which shard of a run a process is, as it is told or as the engine that started it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workloads_conformance.errors import UsageError

AUTO = "auto"
MOST = 1000
"""Shards of a run."""

PATTERN = rf"^({AUTO}|[1-9][0-9]{{0,3}}/[1-9][0-9]{{0,3}})$"


@dataclass(frozen=True, slots=True)
class Shard:
    """One of the `of` parts that a run is split into, counted from 1."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of <= MOST:
            raise ValueError(f"there is no shard {self}")

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def read(cls, text: str) -> Shard:
        """Returns the shard that a text such as 2/4 names.

        Raises:
            UsageError: there is none.
        """
        number, _, of = text.partition("/")
        try:
            return cls(int(number), int(of))
        except ValueError:
            raise UsageError(
                f"shard is {text!r:.200}; expected K/N, such as 1/4, K from 1 to N, and N at most {MOST}."
            ) from None


@dataclass(frozen=True, slots=True)
class Engine:
    """How an engine tells the processes of a job which of them they are.

    Attributes:
        name: what it is called.
        index: the variable that counts the process.
        total: the variable that says how many there are.
        first: what the engine counts from, or the variable that says it.
        step: the variable that says what it adds from one to the next; empty if that is 1.
    """

    name: str
    index: str
    total: str
    first: int | str
    step: str = ""

    def shard(self, environ: Mapping[str, str]) -> Shard | None:
        """Returns which shard the process is; None if the engine did not start it.

        Raises:
            UsageError: a variable is missing, or says what cannot be.
        """
        if self.index not in environ:
            return None
        first = self._number(environ, self.first) if isinstance(self.first, str) else self.first
        step = self._number(environ, self.step) if self.step in environ else 1
        index, total = self._number(environ, self.index), self._number(environ, self.total)
        number, odd = divmod(index - first, max(1, step))
        if odd or not 0 <= number < total <= MOST:
            raise UsageError(
                f"shard is auto, and {self.name} sets {self.index} to {index} of {self.total} {total}, which counts "
                f"no shard; give --shard K/N."
            )
        return Shard(number + 1, total)

    def _number(self, environ: Mapping[str, str], name: str) -> int:
        if name not in environ:
            what = "the number of shards" if name == self.total else "the first index"
            raise UsageError(
                f"shard is auto, and {self.name} sets {self.index}, but {name} is not set; set it to {what}, or give "
                "--shard K/N."
            )
        if not re.fullmatch(r"[0-9]{1,9}", environ[name]):
            raise UsageError(f"shard is auto, and {name} is {environ[name]!r:.80}; expected a whole number.")
        return int(environ[name])


ENGINES = (
    # Kubernetes does not say how many there are; deploy/kubernetes sets JOB_COMPLETIONS beside `completions`.
    Engine("Kubernetes", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0),
    Engine("GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    Engine("Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    Engine("CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    Engine(
        "Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", step="SLURM_ARRAY_TASK_STEP"
    ),
)


def told_by_engine(environ: Mapping[str, str]) -> Shard:
    """Returns the shard that the engine says this process is.

    Raises:
        UsageError: no engine says so, or two do.
    """
    found = list(_told(environ))
    split = [(engine, shard) for engine, shard in found if shard.of > 1] or found[:1]
    if not split:
        known = ", ".join(f"{engine.index} ({engine.name})" for engine in ENGINES)
        raise UsageError(f"shard is auto, and no engine says which shard this is: none of {known} is set; give K/N.")
    if len({shard for _, shard in split}) > 1:
        told = " and ".join(f"{engine.name} says {shard}" for engine, shard in split)
        raise UsageError(f"shard is auto, and {told}; give --shard K/N.")
    return split[0][1]


def _told(environ: Mapping[str, str]) -> Iterator[tuple[Engine, Shard]]:
    for engine in ENGINES:
        if (shard := engine.shard(environ)) is not None:
            yield engine, shard
