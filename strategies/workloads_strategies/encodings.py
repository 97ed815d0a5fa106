"""The same manifest as base64 of YAML, in the styles people write it; only YAML on which 1.1 and 1.2 agree."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from hypothesis import strategies as st

from .documents import write_yaml


class Style(StrEnum):
    """A way to write a YAML document, and to end what is encoded."""

    BLOCK = "block"
    FLOW = "flow"
    QUOTED = "quoted"
    JSON = "json"
    MARKED = "document marker and comment"
    CRLF = "CRLF line ends"
    SINGLE_QUOTED = "single quotes"
    LITERAL = "literal block scalars"
    FOLDED = "folded block scalars"
    ANCHORED = "anchors and aliases"
    COMMENTED = "comments"
    ENDED = "document start and end markers"
    NO_NEWLINE = "no newline at the end"
    PADDED_0 = "base64 without padding, by its length"
    PADDED_1 = "base64 that ends with one ="
    PADDED_2 = "base64 that ends with two ="


_SCALARS: Final = {
    Style.QUOTED: "double",
    Style.SINGLE_QUOTED: "single",
    Style.LITERAL: "literal",
    Style.FOLDED: "folded",
}


_UNREADABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON may hold as it is, and YAML may not, or takes for the end of a line."""


def _commented(text: str) -> str:
    """Comments above and behind lines. Each line of block style without block scalars ends a token."""
    lines = text.splitlines()
    return "\n".join(["# A manifest.", *(f"{line} # {line.strip()}\n  # 'and' \"more\": [é]" for line in lines)]) + "\n"


def _ended_at(remainder: int) -> Callable[[str], str]:
    """Adds a comment so that the length in bytes, divided by three, leaves `remainder`: it decides the padding."""

    def add(text: str) -> str:
        missing = (remainder - len(text.encode()) - len("#\n")) % 3
        return f"{text}#{'-' * missing}\n"

    return add


_CHANGES: Final[Mapping[Style, Callable[[str], str]]] = {
    Style.MARKED: lambda text: f"---\n# A manifest, as people write it.\n{text}",
    Style.CRLF: lambda text: text.replace("\n", "\r\n"),
    Style.COMMENTED: _commented,
    Style.ENDED: lambda text: f"---\n{text}...\n",
    Style.NO_NEWLINE: lambda text: text.rstrip("\n"),
    Style.PADDED_0: _ended_at(0),
    Style.PADDED_1: _ended_at(2),
    Style.PADDED_2: _ended_at(1),
}


def to_yaml(manifest: Mapping[str, Any], style: Style) -> str:
    """Returns `manifest` as one YAML document in the given style.

    A text that a kind of scalar cannot carry (a line that ends with a space, in a block) is in double quotes.
    """
    if style is Style.JSON:
        return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(manifest, ensure_ascii=False))
    text = write_yaml(
        manifest,
        scalars=_SCALARS.get(style, "plain"),
        flow=style is Style.FLOW,
        anchors=style is Style.ANCHORED,
    )
    return ended(text, style)


def ended(text: str, style: Style) -> str:
    """Returns a YAML document in block style with the comments, markers and line ends of a style."""
    return _CHANGES.get(style, str)(text)


def to_base64(text: str | bytes) -> str:
    """Returns `text` (as UTF-8) in base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def encode_manifest(manifest: Mapping[str, Any], style: Style = Style.BLOCK) -> str:
    """Returns `manifest` as `manifestBase64Encoded` takes it."""
    return to_base64(to_yaml(manifest, style))


def styles() -> st.SearchStrategy[Style]:
    """Every style; shrinks to plain block style."""
    return st.sampled_from(Style)
