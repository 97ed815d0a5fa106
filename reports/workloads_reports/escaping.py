"""The one place where texts that a target sent are made harmless to show."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterator

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls (a terminal obeys them, XML forbids them), format characters (bidirectional overrides reorder what is
read, zero-width ones hide), surrogates, private and unassigned characters, and separators that end lines for some."""

_MOST_MARKS = 6
"""Combining marks that may follow one letter."""

_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")
"""Every character that can mean something in Markdown, and that Markdown lets a backslash precede."""


_NOT_ASCII = re.compile("[^ -~]+")
_NOT_ASCII_IN_JSON = re.compile("[^\n -~]+")

_COMMAND = re.compile(r"#(?=#\w*\[)")
"""What begins a command to a build server, wherever in a line: `##[error]` and `##vso[` for Azure and GitHub."""

_COMMAND_LINE = re.compile(r"^(\s*):(?=:)")
"""How a line begins that is a command to GitHub."""


def one_line(text: str) -> str:
    """Returns `text` with every character that does not simply show itself, line ends included, as an escape.

    So are marks piled on one letter beyond what any language does: they cover the lines around it.
    """
    return _NOT_ASCII.sub(lambda found: "".join(_shown(found[0], _escaped)), text)


def json_shown(text: str) -> str:
    """Returns a JSON text that stands for the same value, and in which every character simply shows itself.

    What `one_line` escapes is written as JSON's own escape, and so is what makes a command to a build server, for
    files are printed there.
    """
    if "##" in text:
        text = _COMMAND.sub(r"\\u0023", text)
    return _NOT_ASCII_IN_JSON.sub(lambda found: "".join(_shown(found[0], _json_escaped)), text)


def lines(text: str) -> list[str]:
    r"""Returns the lines of `text` (ended by \n or \r\n), each as `one_line` shows it."""
    return [one_line(line) for line in text.replace("\r\n", "\n").split("\n")]


def block(text: str) -> str:
    """Returns `text` as `lines` shows it, joined again."""
    return "\n".join(lines(text))


def printed(text: str) -> str:
    """Returns `text` as `block` shows it, and no line of it is one that a build server takes for a command."""
    return "\n".join(_COMMAND.sub(r"\\x23", _COMMAND_LINE.sub(r"\1\\x3a", line)) for line in lines(text))


def _shown(run: str, escape: Callable[[str], str]) -> Iterator[str]:
    marks = 0
    for character in run:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        odd = not character.isprintable() and unicodedata.category(character) in _INVISIBLE
        yield escape(character) if odd or marks > _MOST_MARKS else character


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _json_escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


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
    shown = printed(text)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}text\n{shown}\n{fence}"


def workflow_value(text: str) -> str:
    """Returns `text` as the value of a GitHub workflow command (what follows the second `::`), on one line."""
    return block(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """Returns `text` as a property of a GitHub workflow command (what is between `::` and `::`)."""
    return workflow_value(text).replace(":", "%3A").replace(",", "%2C")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
