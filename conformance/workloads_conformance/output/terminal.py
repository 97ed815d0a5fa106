"""The terminal, and whatever else reads what the process says: everything goes out through here.

What is said is freed of secrets first, and then shown as text and nothing more: no character of it moves the cursor,
reorders a line, rings a bell or fills a clipboard, and no line of it is one that a build server obeys, on any machine.
What this package itself means to be obeyed, colours and commands to build servers, says so where it is told.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from workloads_conformance.errors import UsageError

from .redaction import without_secrets

_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
_DRAWN = re.compile(r"(\x1b\[[0-9;]*m|\r)")
"""Colours; and with them what a line is written over by, on a terminal."""

_STANDARD_ERROR = 2
_DUMB = ("dumb", "unknown")

_UNFINISHED = re.compile(r"(?:^\s*:|#+\w*)\Z")
"""How a piece of a line may end that becomes a command to a build server with the next."""


def shown(text: str) -> str:
    """Returns `text` as it may leave the process: without secrets, every line of it text and nothing more."""
    return _harmless(without_secrets(text))


def tell(text: str, *, end: str = "\n", error: bool = False, coloured: bool = False, on: TextIO | None = None) -> None:
    """Says something on standard output, or on standard error; returns when it is out.

    What standard error does not take is lost: there is nowhere else to say it.

    Args:
        text: what is said.
        end: what follows it.
        error: whether on standard error.
        coloured: whether colours in it are this package's own, what a stranger wrote having been escaped already.
        on: standard error as it was before somebody captured it; None for what it is now.

    Raises:
        UsageError: standard output cannot be written.
    """
    text = without_secrets(text)
    _out((_kept(_COLOUR, text) if coloured else _harmless(text)) + end, error=error, on=on)


def tell_build_server(lines: str) -> None:
    """Says commands to a build server, a line each: what a stranger wrote in them has been escaped already."""
    from workloads_reports.escaping import block  # noqa: PLC0415 - as in `_harmless`

    _out(block(without_secrets(lines)))


def terminal() -> TextIO:
    """Returns standard error as it is, to draw progress on; whatever a stranger wrote has to pass `shown` first."""
    stream = sys.stderr
    return stream.inner if isinstance(stream, Guarded) else stream


def draws(stream: TextIO) -> bool:
    """True for a terminal on which lines can be drawn over, and coloured unless NO_COLOR is set."""
    return stream.isatty() and os.environ.get("TERM", "") not in _DUMB


class Guarded:
    """A text stream on which others write (libraries, warnings, pytest): what reaches `inner` is text and nothing more.

    Lines are passed on whole, or when the stream is flushed.

    Args:
        inner: where to.
        drawn: let colours and carriage returns pass, for a writer that draws with them on a terminal.
    """

    def __init__(self, inner: TextIO, *, drawn: bool = False) -> None:
        self.inner = inner
        self._drawn = drawn
        self._begun = ""
        self._waiting = ""

    def write(self, text: str) -> int:
        """Takes text; returns its length."""
        whole, line_end, self._waiting = (self._waiting + text).rpartition("\n")
        if line_end:
            self._pass(whole + line_end)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Takes texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Passes on what waits for the end of its line."""
        waiting, self._waiting = self._waiting, ""
        if waiting:
            self._pass(_UNFINISHED.sub(lambda end: re.sub("[:#]", _escape, end[0]), waiting))
        self.inner.flush()

    def _pass(self, text: str) -> None:
        text = without_secrets(text)
        # Where the line has begun already, this is not its beginning.
        mark = "." if self._begun.strip() else ""
        _write(self.inner, _harmless(mark + text, drawn=self._drawn)[len(mark) :])
        self._begun = text.rpartition("\n")[2] if "\n" in text else self._begun + text

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def open_standard_streams() -> None:
    """Opens the standard streams that the process was started without; what is written there is nowhere.

    A file that is opened later would otherwise take the number of one, and get what is meant for a terminal.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        os.set_inheritable(number, True)  # noqa: FBT003 - as the standard library has it
    os.close(number)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process


@contextmanager
def guarded() -> Iterator[None]:
    """Guards standard output and standard error, so that what libraries, warnings and threads write is told as well."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = streams = Guarded(before[0]), Guarded(before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for stream in streams:
            with suppress(OSError, ValueError):  # whoever read it is gone
                stream.flush()


def _escape(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}"


def _harmless(text: str, *, drawn: bool = False) -> str:
    if drawn:
        return _kept(_DRAWN, text)
    if text.isascii() and "::" not in text and "##" not in text and text.replace("\n", "").isprintable():
        return text  # nearly always, and nothing has to be loaded for it: `--help` has to be fast
    from workloads_reports.escaping import printed  # noqa: PLC0415 - as above

    return printed(text)


def _kept(ours: re.Pattern[str], text: str) -> str:
    """Returns `text` made harmless, but for what `ours` matches."""
    return "\n".join(
        "".join(part if index % 2 else _harmless(part) for index, part in enumerate(ours.split(line)))
        for line in text.split("\n")
    )


def _out(text: str, *, error: bool = False, on: TextIO | None = None) -> None:
    stream = on or (sys.stderr if error else sys.stdout)
    if isinstance(stream, Guarded):
        stream.flush()
        stream = stream.inner
    try:
        _write(stream, text)
        stream.flush()
    except BrokenPipeError:
        if not error:
            raise
    except OSError as failure:
        if not error:
            _give_up(stream)
            raise UsageError(f"standard output cannot be written: {failure.strerror}.") from None


def _give_up(stream: TextIO) -> None:
    """Lets what waits in a stream go nowhere: Python would try it once more at its end, and end with 120."""
    with suppress(OSError, ValueError):  # a stream that has no number, as in tests
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _write(stream: TextIO, text: str) -> None:
    # What the stream's encoding does not have is told by its escape; a terminal that lacks a letter is not an error.
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
