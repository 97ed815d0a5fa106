"""What differs between two JSON values, in a few lines that each name the place: what a finding shows of them.

Values are compared as `identical` does. The time is linear in their size, and the text is short, whatever they hold.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile, zip_longest

from .values import EXACT, as_double, shown

_MOST = 5
"""Lines; more differences are counted."""

_WHOLE = 200
"""Characters up to which an expected value is shown as a whole."""

_LONGEST = 120
"""Characters of a value in a line; of a longer one a part is shown."""

_BEFORE = 40
"""Characters of a cut text that are before the first difference."""

_LONGEST_NAME = 400
"""Characters of a member's name. Kubernetes has none above 317; a longer one is an attack on the reader."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class _Nothing:
    """Stands in the place of a value that is not there."""


_NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Contrast:
    """What was expected and what was observed, as the texts of a judgement: the second has a line a difference."""

    expected: str
    observed: str


@dataclass(frozen=True, slots=True)
class _Path:
    """The way to a value: a member's name or an item's index, and the way to what holds it. Spelled out if shown."""

    step: str | int
    parent: _Path | None = None

    def spelled(self, hide: Callable[[str], str]) -> str:
        steps: list[str] = []
        path: _Path | None = self
        while path is not None:
            steps.append(_spelled(path.step, hide, first=path.parent is None))
            path = path.parent
        return "".join(reversed(steps))


@dataclass(frozen=True, slots=True)
class _Place:
    """A place where two values differ; what is on one side only has `_NOTHING` on the other."""

    path: _Path | None
    expected: object
    observed: object


def contrast(expected: object, observed: object, at: Sequence[str] = (), hide: Callable[[str], str] = str) -> Contrast:
    """Returns what differs between two JSON values, nested no deeper than `http.decode` lets them be.

    Args:
        expected: a JSON value.
        observed: another.
        at: the names of the members that lead to both. Each line names the whole path, which is never cut.
        hide: takes secrets out of a text. It is applied before a text is cut: a part of a secret is not recognised.
    """
    start: _Path | None = None
    for name in at:
        start = _Path(name, start)
    places = _places(expected, observed, start)
    few = list(islice(places, _MOST))
    more = sum(1 for _ in places)
    rest = [f"and {more} more"] if more else []
    whole = hide(shown(expected))
    lines = [_line(place, hide) for place in few]
    if len(whole) > _WHOLE:
        whole = "\n".join([*(line.wanted for line in lines), *rest])
    return Contrast(whole, "\n".join([*map(str, lines), *rest]))


# -- where ------------------------------------------------------------------------------------------------------------


class _Numbers:
    """Gives each JSON value a number, the same to identical ones, so that no part is compared more than once."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}
        self._containers: dict[int, int] = {}

    def of(self, value: object) -> int:
        """Returns the number of a value, which has to outlive this object."""
        if isinstance(value, dict):
            return self._container(value, lambda: frozenset((name, self.of(item)) for name, item in value.items()))
        if isinstance(value, list):
            return self._container(value, lambda: tuple(map(self.of, value)))
        return self._known.setdefault(_key(value), len(self._known))

    def _container(self, value: object, key: Callable[[], object]) -> int:
        found = self._containers.get(id(value))
        if found is None:
            found = self._containers[id(value)] = self._known.setdefault(key(), len(self._known))
        return found


def _key(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", as_double(value) if abs(value) > EXACT else value
    return type(value), value


def _places(expected: object, observed: object, start: _Path | None) -> Iterator[_Place]:
    """Yields where two values differ, by the names of members, whose order in an object means nothing."""
    numbers = _Numbers()
    left = [_Place(start, expected, observed)]
    while left:
        place = left.pop()
        one, other = place.expected, place.observed
        if one is _NOTHING or other is _NOTHING:
            yield place
        elif numbers.of(one) == numbers.of(other):
            continue
        elif isinstance(one, dict) and isinstance(other, dict):
            names = sorted(one.keys() | other.keys(), reverse=True)
            left += [_Place(_Path(n, place.path), one.get(n, _NOTHING), other.get(n, _NOTHING)) for n in names]
        elif isinstance(one, list) and isinstance(other, list):
            left += reversed(_items(place.path, one, other, numbers))
        else:
            yield place


def _items(path: _Path | None, one: list[object], other: list[object], numbers: _Numbers) -> list[_Place]:
    """Returns the items of two lists side by side, without those at both ends that are the same.

    One item too few or too many must not make all that follow it look changed.
    """
    front = _alike(zip(one, other, strict=False), numbers)
    back = _alike(zip(one[front:][::-1], other[front:][::-1], strict=False), numbers)
    middle = zip_longest(one[front : len(one) - back], other[front : len(other) - back], fillvalue=_NOTHING)
    return [_Place(_Path(index, path), item, found) for index, (item, found) in enumerate(middle, front)]


def _alike(pairs: Iterable[tuple[object, object]], numbers: _Numbers) -> int:
    """Returns how many of the first pairs are of identical values."""
    return sum(1 for _ in takewhile(lambda pair: numbers.of(pair[0]) == numbers.of(pair[1]), pairs))


# -- in words ---------------------------------------------------------------------------------------------------------


def _spelled(step: str | int, hide: Callable[[str], str], *, first: bool) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    name = hide(step)
    name = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…"
    if not _PLAIN.fullmatch(name):
        return f"[{_json(name)}]"
    return name if first else f".{name}"


@dataclass(frozen=True, slots=True)
class _Line:
    """A difference as it is shown: values as JSON, cut where they are long; empty for one that is not there."""

    path: str
    expected: str
    observed: str
    note: str

    @property
    def wanted(self) -> str:
        return f"{self.path}{self.expected or 'nothing'}"

    def __str__(self) -> str:
        if not self.observed:
            return f"{self.path}missing {self.expected}"
        if not self.expected:
            return f"{self.path}added {self.observed}"
        return f"{self.path}{self.expected} → {self.observed}{self.note}"


def _line(place: _Place, hide: Callable[[str], str]) -> _Line:
    values = (place.expected, place.observed)
    strings = all(isinstance(value, str | _Nothing) for value in values)
    one, other = (_text(value, hide, strings=strings) for value in values)
    if one != other and _look_alike(one, other):
        one, other = (text.encode("ascii", "backslashreplace").decode() for text in (one, other))
    differs = 0 if _NOTHING in values else _first_difference(one, other)
    start = max(0, differs - _BEFORE) if max(len(one), len(other)) > _LONGEST else 0
    expected, observed = (
        "" if value is _NOTHING else _part(text, start, strings=strings)
        for value, text in zip(values, (one, other), strict=True)
    )
    note = f" (first difference at character {differs})" if start else ""
    if one == other:
        note = " (different in what is hidden)"
    path = f"{place.path.spelled(hide)}: " if place.path else ""
    return _Line(path, expected, observed, note)


def _text(value: object, hide: Callable[[str], str], *, strings: bool) -> str:
    if isinstance(value, _Nothing):
        return ""
    return hide(value if strings and isinstance(value, str) else _json(value))


def _look_alike(one: str, other: str) -> bool:
    """True for texts that differ in code points alone: a letter with its accent, in one or in two."""
    return unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)


def _part(text: str, start: int, *, strings: bool) -> str:
    """Returns what is shown of a text, from a character on; a string in quotes."""
    end = start + _LONGEST
    part = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    return _json(part) if strings else part


def _first_difference(one: str, other: str) -> int:
    """Returns the index of the first character in which two texts differ, by halving what is still to compare."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high) // 2
        if one[low : middle + 1] == other[low : middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
