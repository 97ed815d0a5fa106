"""Strategies for the words, texts, numbers and free-form values that are in manifests."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ALNUM: Final = _LETTERS + "0123456789"
INT32: Final = 2**31 - 1
INT64: Final = 2**63 - 1
SAFE: Final = 2**53 - 1
"""Integers up to it are exact to every JSON reader (RFC 8259, section 6): the limit where no type is given."""

_WORDS: Final = (
    "a",
    "app",
    "web-0",
    "trainer",
    "v1",
    "x2",
    "data-loader",
    "a0",
    "gpt-j-6b",
    "no",
    "true",
    "null",
)
_TRAPS: Final = (
    "",
    "null",
    "true",
    "no",
    "~",
    "1e3",
    "0x1F",
    "0o17",
    "012",
    "1:30",
    "2024-02-30",
    "- a",
    "a: b",
    "# x",
    "a #b",
    "'",
    '"',
    "{}",
    "*a",
    "&a",
    "!t",
    "%d",
    "@x",
    "`x`",
    "<<",
    "=",
    " lead",
    "trail ",
    "$(HOME)",
    "a\tb",
    "\\n",
    "---",
    "...",
    "é ü 漢字 🚀",
    "\u05d0\u0628 e\u0301",
    "\u200bx",
    "\u00a0",
)
_SCRIPTS: Final = (
    "a\nb",
    "a\n\n b\n",
    "\n",
    "\ntext\n",
    "a  \nb",
    '#!/bin/sh\nset -e\necho "$HOME"\n',
    "a\n\n\n",
    "  indented\nfirst\n",
    "if true; then\n\techo 'tab'\nfi",
    "python - <<'EOF'\nprint({'a': [1, 2]})  # {}\nEOF\n",
    "lr: 1e-3\nnames:\n- é\n- 🚀\n",
    "one\n  two\n    three\nfour",
    "--- a\n+++ b\n...\n",
    "echo " + "long " * 40 + "\nexit 0\n",
)


@cache
def dns_labels(*, max_size: int = 63) -> st.SearchStrategy[str]:
    """DNS labels by RFC 1035 and RFC 1123: lower-case letters, digits and inner hyphens, a letter first.

    Words in use, and any others. A label that begins with a digit is one by RFC 1123 alone, and some servers, and some
    of Kubernetes' own names, go by the older rule.
    """
    words = st.sampled_from([word for word in _WORDS if len(word) <= max_size])
    first = st.sampled_from(_LETTERS)
    if max_size == 1:
        return first
    inner = st.text(_ALNUM + "-", max_size=max_size - 2)
    longer = st.builds(lambda start, middle, last: start + middle + last, first, inner, st.sampled_from(_ALNUM))
    return words | longer


@cache
def texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    """Texts as they are in annotations, variables and scripts: several lines, all of Unicode, and YAML's traps.

    No control characters but tab and newline, and no line breaks that only YAML 1.1 knows.
    """
    free = st.text(
        st.characters(
            codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"], exclude_characters="\ufeff"
        ),
        max_size=max_size,
    )
    return st.sampled_from(_TRAPS) | scripts() | free


@cache
def scripts() -> st.SearchStrategy[str]:
    """Texts of several lines."""
    return st.sampled_from(_SCRIPTS)


@cache
def whole_numbers(*, smallest: int = 0, largest: int = INT32) -> st.SearchStrategy[int]:
    """Integers between two limits, the limits themselves among them more often than chance has it."""
    return st.sampled_from([smallest, min(largest, smallest + 1), largest, largest - 1]) | st.integers(
        smallest, largest
    )


@cache
def json_values(*, max_leaves: int = 8) -> st.SearchStrategy[Any]:
    """Free-form JSON values: nested, empty maps and lists among them, numbers that every reader keeps exactly; no null.

    Null stays out: whether a member that is null is there at all is read in two ways.
    """
    leaves = st.one_of(
        st.booleans(),
        whole_numbers(smallest=-SAFE, largest=SAFE),
        st.sampled_from([0.5, -0.25, 1.75, 1048576.5]),
        texts(max_size=10),
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(dns_labels(max_size=10), inner, max_size=3),
        max_leaves=max_leaves,
    )
