"""Texts on the page: harmless, short enough to read, and all together small enough to load."""

from __future__ import annotations

from markupsafe import Markup, escape

from .escaping import block, one_line

_LINE, _BLOCK, _SCRIPT = 600, 6000, 24_000
"""Characters that one text may have: in running text, in a block of its own, and as something to paste."""

_LEAST = 160
"""Characters that a text keeps even when the page as a whole is full."""

_PAGE = 4_000_000
"""Bytes that all texts of a page may have together, before each is cut to `_LEAST`."""


class Texts:
    """Renders the texts of one page. `cuts` counts those that are not shown whole."""

    def __init__(self) -> None:
        self.cuts = 0
        self._left = _PAGE

    def plain(self, text: str) -> Markup:
        """Returns a text for places that hold no markup, such as a title or an attribute."""
        return self._fitted(one_line(text[:_LINE]), len(text))[0]

    def line(self, text: str) -> Markup:
        """Returns a text for a sentence, apart from the direction of its neighbours, and how much of it was cut."""
        shown, note = self._fitted(one_line(text[:_LINE]), len(text))
        return Markup("<bdi>{}</bdi>{}").format(shown, note)

    def block(self, text: str) -> Markup:
        """Returns a text of several lines."""
        return self._lines(text, _BLOCK)

    def script(self, text: str) -> Markup:
        """Returns commands or code to paste."""
        return self._lines(text, _SCRIPT)

    def _lines(self, text: str, most: int) -> Markup:
        shown, note = self._fitted(block(text[:most]), len(text), most=most)
        return shown + note

    def _fitted(self, shown: str, whole: int, *, most: int = _LINE) -> tuple[Markup, Markup]:
        limit = most if self._left > 0 else _LEAST
        text = escape(shown[:limit])
        self._left -= len(text.encode("utf-8"))
        if len(shown) <= limit and whole <= most:
            return text, Markup()
        self.cuts += 1
        return text, Markup(' <small class="cut">… cut; {:,} characters in report.json</small>').format(whole)
