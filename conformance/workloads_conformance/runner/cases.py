"""The drawn cases of a test: drawn by the seed, and as text, which outlives the libraries that draw them.

What a seed draws depends on the versions of hypothesis, schemathesis and Python. So a run records the cases that it
tries. A replay takes them from the record and draws none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from cattrs.preconf.json import make_converter

from workloads_conformance.errors import UsageError
from workloads_conformance.settings import Profile, Settings

from .drawing import draw
from .judges import Drawn, Fixed, JudgingTest, Kinds, OfKind

_SHORT = 500
"""Characters of a case in words."""

_CONVERTER = make_converter(detailed_validation=False, forbid_extra_keys=True)


def has_budget(settings: Settings) -> bool:
    """True if time decides how many rounds of drawn cases there are."""
    return settings.profile is Profile.THOROUGH and settings.budget > 0


def count(drawn: Drawn, settings: Settings) -> int:
    """Returns how many cases a round draws: with a budget as many as in the standard profile."""
    return drawn.count(Profile.STANDARD if has_budget(settings) else settings.profile)


def draw_round(drawn: Drawn, settings: Settings, number: int) -> list[Any]:
    """Returns the cases of a round; the first, number 0, begins with those that are tried always."""
    size = count(drawn, settings)
    if not size:
        return []
    always = Fixed(drawn.always(settings)).chosen(settings.profile) if number == 0 else ()
    return [*always, *draw(drawn.strategy(settings), size, settings.seed + number)]


def most(drawn: Drawn, settings: Settings) -> int:
    """Returns how many cases the first round has at most; none are drawn for that."""
    size = count(drawn, settings)
    return len(Fixed(drawn.always(settings)).chosen(settings.profile)) + size if size else 0


def written(drawn: Drawn, cases: Sequence[Any]) -> str:
    """Returns cases as JSON."""
    return _CONVERTER.dumps(list(cases), unstructure_as=_form(drawn.form))


def read(drawn: Drawn, text: str) -> list[Any]:
    """Returns the cases that a text holds: values of `drawn.form`, and of no other type, whatever the text says.

    Raises:
        UsageError: it holds no such cases.
    """
    try:
        found: list[Any] = _CONVERTER.loads(text, _form(drawn.form))
    except Exception as error:  # noqa: BLE001 - a stranger's text; what is raised depends on what is wrong with it
        raise UsageError(f"the record holds drawn cases that are not valid ({type(error).__name__}).") from None
    return found


def named(case: object) -> str:
    """Returns a case as a finding names it: texts as they are, a mutation by its label; empty where there is one."""
    if isinstance(case, OfKind):
        return named(case.case)
    if isinstance(case, tuple) and all(isinstance(step, str) for step in case):
        return ", ".join(case)
    return "" if case is None else case if isinstance(case, str) else repr(case)


def in_words(test: JudgingTest, case: object, kind: str) -> str:
    """Returns a case in words, with the kind of workload where the test has several to choose from."""
    return ", ".join(filter(None, [named(case), f"kind {kind}" if test.kinds is not Kinds.FIRST else ""]))


def cut(words: str) -> str:
    """Returns a case in words as a finding has it: no longer than a line or two."""
    return words if len(words) <= _SHORT else words[:_SHORT] + "…"


def put_first(test: JudgingTest, cases: Sequence[Any], first: Sequence[str], settings: Settings) -> list[Any]:
    """Returns a test's cases with those at the head that `first` names, as findings do.

    Listed cases are named by their words, drawn ones by their JSON: one that is not drawn again comes on top.
    """
    if isinstance(test.cases, Drawn):
        return [*_those_written(test.cases, first), *cases]
    named_first = set(first)

    def is_later(case: object) -> bool:
        kind = case.kind if isinstance(case, OfKind) else settings.kinds[0]
        return cut(in_words(test, case, kind)) not in named_first

    return sorted(cases, key=is_later)


def _those_written(drawn: Drawn, texts: Sequence[str]) -> Iterator[Any]:
    for text in dict.fromkeys(texts):
        with contextlib.suppress(UsageError):  # another version of the suite wrote it, or it was too long to be kept
            yield from read(drawn, text)


@dataclass(frozen=True, slots=True)
class Shorter:
    """Gives, for a case, those that may show what it shows."""

    groups: Callable[[Any], Iterable[Sequence[Any]]]

    at_once: ClassVar[bool] = True
    """They are tried together, so that one that takes long costs its time once."""

    def of(self, case: OfKind) -> Iterator[list[OfKind]]:
        """Yields them in groups, on the same kind, the shortest first."""
        return ([OfKind(case.kind, one) for one in group] for group in self.groups(case.case))


@dataclass(frozen=True, slots=True)
class Redraw:
    """Draws the cases of a round once more, to find smaller ones like one of them.

    `others` are those that are not run, as JSON: other shards of the run have them.
    """

    at_once: ClassVar[bool] = False

    drawn: Drawn
    settings: Settings
    number: int
    others: frozenset[str] = frozenset()

    def shrink(self, body: Callable[[Any], None]) -> None:
        """Calls `body` with each case; where it raises, with smaller ones too, and in the end raises what it raised."""

        def own(case: Any) -> None:
            if not self.others or self.written([case]) not in self.others:
                body(case)

        draw(
            self.drawn.strategy(self.settings),
            count(self.drawn, self.settings),
            self.settings.seed + self.number,
            shrink=own,
        )

    def written(self, found: Sequence[Any]) -> str:
        """Returns cases as JSON."""
        return written(self.drawn, found)

    def read(self, text: str) -> list[Any]:
        """Returns the cases that a text holds."""
        return read(self.drawn, text)


@cache
def _form(form: Any) -> Any:
    return list[form]
