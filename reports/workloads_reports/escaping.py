"""The one place where texts that a target sent are made harmless to show."""

from __future__ import annotations

import re
import string
import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls (a terminal obeys them, XML forbids them), format characters (bidirectional overrides reorder what is
read, zero-width ones hide), surrogates, private and unassigned characters, and separators that end lines for some."""

_MOST_MARKS = 6
"""Combining marks that may follow one letter."""

_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")
"""Every character that can mean something in Markdown, and that Markdown lets a backslash stand before."""


def one_line(text: str) -> str:
    """Returns `text` with every character that does not simply show itself, line ends included, as an escape.

    So are marks piled on one letter beyond what any language does: they cover the lines around it.
    """
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        shown.append(_escaped(character) if marks > _MOST_MARKS else _shown(character))
    return "".join(shown)


def lines(text: str) -> list[str]:
    r"""Returns the lines of `text` (ended by \n or \r\n), each as `one_line` shows it."""
    return [one_line(line) for line in text.replace("\r\n", "\n").split("\n")]


def block(text: str) -> str:
    """Returns `text` as `lines` shows it, joined again."""
    return "\n".join(lines(text))


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) not in _INVISIBLE:
        return character
    return _escaped(character)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def markdown(text: str) -> str:
    """Returns `text` on one line as Markdown that shows it: no markup, link, mention or HTML comes of it."""
    escaped = _PUNCTUATION.sub(r"\\\g<0>", one_line(text))
    # Escaped or not, some sites make a mention of it; they do not where it is a character reference.
    return escaped.replace("\\@", "&#64;")


def markdown_code(text: str) -> str:
    """Returns `text` on one line as a code span."""
    shown = one_line(text).replace("|", "\\x7c") or " "
    fence = "`" * (_longest_run(shown) + 1)
    return f"{fence} {shown} {fence}"


def markdown_block(text: str) -> str:
    """Returns `text` as a fenced block of code, without a line end after it."""
    shown = block(text)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def workflow_value(text: str) -> str:
    """Returns `text` as the value of a GitHub workflow command (what follows the second `::`), on one line."""
    return block(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """Returns `text` as a property of a GitHub workflow command (what stands between `::` and `::`)."""
    return workflow_value(text).replace(":", "%3A").replace(",", "%2C")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
