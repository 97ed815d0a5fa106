"""Stack traces and statements in what a server tells its clients, found in time that grows with the text alone.

No pattern is searched for from each place of a text to its end: a line is looked at once for each form, from a fixed
beginning, or for a part that cannot begin twice in the same characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 200_000
"""Characters that are looked at, of the body and of the texts in it each."""

_ANYWHERE = re.compile(
    r"Traceback \(most recent call last\)"  # Python
    r"|panic: runtime error"  # Go
    r"|\b(?:INSERT INTO|DELETE FROM) \w|SQLSTATE"  # a database's statements
)
_STATEMENTS = tuple(
    (re.compile(rf"\b{verb} "), re.compile(rf" {then} \w")) for verb, then in (("SELECT", "FROM"), ("UPDATE", "SET"))
)
_GOROUTINE = re.compile(r"goroutine \d++ \[\w")
_JVM = re.compile(r"at [\w$.<>]++\([\w$]++\.(?:java|kt|scala):\d++\)")
_DOT_NET = re.compile(r"\.cs:line \d")
_NODE = re.compile(r"\(?(?:file://)?/")
_NODE_PLACE = re.compile(r"\.[cm]?[jt]s:\d++:\d")
_THREAD = ("thread '", "' panicked at")
_SHORTEST = len("at a(b.kt:1)")
"""Characters of the shortest line that shows anything."""


def shows_internals(body: bytes, value: object) -> bool:
    """True if a body, or a text of the JSON value in it, shows a stack trace or a statement.

    Both are looked at: in the body as it stands line ends are escapes. Of each the first `MOST` characters count.
    """
    return _shows(body[:MOST].decode("utf-8", "replace")) or any(map(_shows, _texts(value)))


def _shows(text: str) -> bool:
    if _ANYWHERE.search(text):
        return True
    before = "the first line follows none"
    for line in text.split("\n"):
        if len(line) >= _SHORTEST:
            # White space before a frame may be an empty line above it.
            indented = line[0].isspace() or not before.strip()
            if _is_statement(line) or _is_panic(line) or (indented and _is_frame(line.lstrip())):
                return True
        before = line
    return False


def _is_statement(line: str) -> bool:
    for verb, then in _STATEMENTS:
        found = verb.search(line)
        if found and then.search(line, found.end() + 1):
            return True
    return False


def _is_panic(line: str) -> bool:
    if line.startswith("goroutine "):
        return _GOROUTINE.match(line) is not None
    return line.startswith(_THREAD[0]) and line.find(_THREAD[1], len(_THREAD[0]) + 1) >= 0


def _is_frame(line: str) -> bool:
    """True for a line of a stack trace of the JVM, .NET or Node.js, without the white space before it."""
    if not line.startswith("at "):
        return False
    if _JVM.match(line):
        return True
    place = line.find(" in ", 4)
    if place >= 0 and _DOT_NET.search(line, place + 5):
        return True
    # At least one character precedes the path.
    return any(_NODE.match(word) and _NODE_PLACE.search(word) for word in line[4:].split(" ")[1:])


def _texts(value: object) -> Iterator[str]:
    """Yields the texts of the members of an Error, and of what is in it, as far as `MOST` characters go."""
    left, most = [value], MOST
    while left and most > 0:
        item = left.pop()
        if isinstance(item, str):
            yield item[:most]
            most -= len(item)
        elif isinstance(item, dict):
            left.extend(reversed(item.values()))
        elif isinstance(item, list):
            left.extend(reversed(item))
