"""The score: how many mutants were killed, of those that a client can tell and the contract rules out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from judged import Judged, Verdict
from making import Mutant
from reviews import Kind, Review

HEAD = (
    "| module | mutants | killed | of these refused | timed out | equivalent | open | survived | kill rate |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
)


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant, its verdict, and the review that it had before."""

    mutant: Mutant
    judged: Judged
    review: Review | None

    @property
    def forgiven(self) -> Kind | None:
        """EQUIVALENT or OPEN for a survivor that nobody need find."""
        if self.judged.verdict is Verdict.SURVIVED and self.review and self.review.kind is not Kind.KNOWN:
            return self.review.kind
        return None

    @property
    def survived(self) -> bool:
        """True for a survivor that the suite should have found, as far as is known."""
        return self.judged.verdict is Verdict.SURVIVED and self.forgiven is None

    @property
    def contradicts(self) -> bool:
        """True where the review says that nobody need find it, and the suite did."""
        return self.judged.verdict is Verdict.KILLED and self.review is not None and self.review.kind is not Kind.KNOWN


def rate(results: Sequence[Result]) -> float:
    """Returns the killed in per cent of those that are not forgiven; 100 if there are none."""
    counted = [result for result in results if result.forgiven is None]
    return 100 * sum(not result.survived for result in counted) / len(counted) if counted else 100.0


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yields the lines of a Markdown table, a row for each module and one for all."""
    yield from HEAD
    modules: Mapping[str, list[Result]] = {result.mutant.module: [] for result in results}
    for result in results:
        modules[result.mutant.module].append(result)
    for module, those in modules.items():
        yield _row(f"`{module}`", those)
    yield _row("all", results)


def survivors(results: Sequence[Result]) -> Iterator[str]:
    """Yields the lines that name the survivors, each with its diff and what is known of it."""
    for result in results:
        if result.survived:
            yield f"\n{result.mutant.name}" + (f": {result.review.why}" if result.review else "")
            yield from result.mutant.diff


def _row(label: str, results: Sequence[Result]) -> str:
    verdicts = [result.judged.verdict for result in results]
    forgiven = [result.forgiven for result in results]
    survived = sum(result.survived for result in results)
    numbers = (
        len(results),
        len(results) - verdicts.count(Verdict.SURVIVED),
        verdicts.count(Verdict.REFUSED),
        verdicts.count(Verdict.TIMED_OUT),
        forgiven.count(Kind.EQUIVALENT),
        forgiven.count(Kind.OPEN),
        survived,
    )
    return f"| {label} | {' | '.join(map(str, numbers))} | {rate(results):.1f} % |"
