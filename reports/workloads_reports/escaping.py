"""The one place where texts that a target sent are made harmless to show."""

from __future__ import annotations

import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls (a terminal obeys them, XML forbids them), format characters (bidirectional overrides reorder what is
read, zero-width ones hide), surrogates, private and unassigned characters, and separators that end lines for some."""


def one_line(text: str) -> str:
    """Returns `text` with every character that does not simply show itself, line ends included, as an escape."""
    return "".join(map(_shown, text))


def lines(text: str) -> list[str]:
    r"""Returns the lines of `text` (ended by \n or \r\n), each as `one_line` shows it."""
    return [one_line(line) for line in text.replace("\r\n", "\n").split("\n")]


def block(text: str) -> str:
    """Returns `text` as `lines` shows it, joined again."""
    return "\n".join(lines(text))


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) not in _INVISIBLE:
        return character
    return character.encode("unicode_escape").decode("ascii")
