"""The requests that reproduce a finding, in the order in which they are to be sent, whatever form they are shown in."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workloads_conformance.http import Exchange, Request, Response
from workloads_conformance.output import Redactor
from workloads_reports import write_private

_LONGEST = 4000
"""Bytes of a body that a script still carries."""

_MOST = 6 * 1024 * 1024
"""Bytes of bodies that are stored beside a report: three times the largest that the suite makes up."""


@dataclass(frozen=True, slots=True)
class Given:
    """Where an answer has the id of what its request made.

    Attributes:
        path: the names of the members that lead to it.
        read: reads it; None where there is none.
    """

    path: tuple[str, ...]
    read: Callable[[Response], str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a reproduction.

    Attributes:
        request: the request as the run sent it.
        known: ids that earlier answers gave, by the variable that carries each: the target gives others next time.
        gives: the variable that takes the id that this request's answer gives; None if no later request needs it.
        pause: whole seconds from the answers to the steps before to this one; what a target does later takes them.
    """

    request: Request
    known: Mapping[str, str]
    gives: str | None = None
    pause: int = 0


def steps(exchanges: Sequence[Exchange], given: Given) -> list[list[Step]]:
    """Returns the steps that repeat these exchanges, those that were sent at the same time together.

    `given` reads the ids that are carried. A step that gives one is alone: the others may need it.
    """
    made: list[list[Step]] = []
    answered = 0.0  # when the first of the steps that were sent last was
    variables: dict[str, str] = {}
    for index, exchange in enumerate(exchanges):
        identifier = _identifier(exchange, given)
        known, gives = dict(variables), None
        if identifier and identifier not in variables and _used(identifier, exchanges[index + 1 :]):
            gives = variables[identifier] = f"ID{len(variables) + 1}"
        if made and exchange.started < answered and not gives and not made[-1][-1].gives:
            made[-1].append(Step(exchange.request, known))
            answered = min(answered, exchange.ended)
        else:
            made.append([Step(exchange.request, known, gives, _pause(exchanges[:index], exchange))])
            answered = exchange.ended
    return made


@dataclass(frozen=True, slots=True)
class Carried:
    """A text with an id in it that an earlier answer gave.

    Attributes:
        head: what is before the id.
        variable: which carries it.
        is_upper: whether its letters are in upper case here, where the answer had them in lower case.
        tail: what is behind it.
    """

    head: str
    variable: str
    is_upper: bool
    tail: str


def carried(text: str, known: Mapping[str, str]) -> Carried | None:
    """Returns a text by the known id in it; None if there is none."""
    for identifier, variable in known.items():
        for spelled in (identifier, identifier.upper()):
            if spelled in text:
                head, tail = text.split(spelled, 1)
                return Carried(head, variable, spelled != identifier, tail)
    return None


class Bodies:
    """Decides how scripts carry bodies: in their text, or in a file beside the report, written if `store` is true.

    Of more than `_MOST` bytes in all, the rest is not stored; the name of the file that is not there says so.
    """

    def __init__(self, redactor: Redactor, directory: Path, *, store: bool = True) -> None:
        self._redactor, self._directory, self._store = redactor, directory, store
        self._left = _MOST
        self._paths: dict[str, Path] = {}

    def inline(self, body: bytes) -> str | None:
        """Returns the body as text that shows itself whole and has no secret; None if there is no such text."""
        text = self._redactor.text(body.decode("utf-8", "replace"))
        return text if len(body) <= _LONGEST and text.encode() == body and text.isprintable() else None

    def stored(self, body: bytes) -> Path:
        """Writes the body to a file, once, and returns its path."""
        digest = hashlib.sha256(body).hexdigest()[:16]
        if digest not in self._paths:
            held = len(body) <= self._left
            self._left -= len(body) if held else 0
            name = f"{digest}.bin" if held else f"{digest}.left-out"
            self._paths[digest] = self._directory / "bodies" / name
            if held and self._store:
                self._write(self._paths[digest], body)
        return self._paths[digest]

    def _write(self, path: Path, body: bytes) -> None:
        # A body that holds a secret is stored without it; the command then needs it put back by hand.
        with contextlib.suppress(OSError):  # a full disk; the name of the file that is not there says so
            if path.parent.is_symlink():
                path.parent.unlink()  # it would lead out of the report
            write_private(path, lambda file: file.write(self._redactor.data(body)))


def _pause(before: Sequence[Exchange], exchange: Exchange) -> int:
    """Returns the seconds from the last answer before to an exchange, rounded up; 0 if they are less than one."""
    seconds = exchange.started - max((found.ended for found in before), default=exchange.started)
    return math.ceil(seconds) if seconds >= 1 else 0


def _used(identifier: str, later: Sequence[Exchange]) -> bool:
    return any(identifier in path or identifier.upper() in path for path in (found.request.path for found in later))


def _identifier(exchange: Exchange, given: Given) -> str | None:
    identifier = given.read(exchange.response) if exchange.response else None
    if exchange.request.method != "POST" or identifier is None:
        return None
    return identifier if len(identifier) >= 8 else None  # no accidental matches
