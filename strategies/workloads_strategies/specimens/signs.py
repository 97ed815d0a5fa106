"""Texts made by rule of all printable signs of ASCII: each pair of them, each at both ends, each way to mark a name.

What cleans, escapes, expands or unquotes texts goes by two signs beside each other, by a sign at an end, or by a name
in brackets: each such rewriting shows in one of these.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator
from typing import Final

from .model import Specimen

_SIGNS: Final = string.punctuation
_ALPHABET: Final = f"{_SIGNS} \t\n0aA"
"""The signs, and one of each sort of what stands between them."""

_PER_TEXT: Final = 80
"""Characters of each text of pairs: few enough for a reader of a finding."""

_SIGILS: Final = ("", "$", "%", "#", "@", "&", "!", "\\", ":")
_BRACKETS: Final = (
    ("", ""),
    ("{", "}"),
    ("{{", "}}"),
    ("${", "}"),
    ("(", ")"),
    ("[", "]"),
    ("<", ">"),
    ("", ";"),
    ("", "%"),
)
_ESCAPES: Final = (
    r"\n \t \\n \x41 \101 \u0041 \U0001F600 \N{DIGIT ONE} \/ \' \" ^M ^[ ~1 ~0 %41 %u0041 %2F =41 =3D +41 &#65; &#x41;"
    " &amp; &lt; &quot; &nbsp; U+0041 0x41 1,000 1_000 1.0e3"
)
_WORDS: Final = (
    "true True TRUE yes Yes on null Null NULL nil None undefined NaN Infinity -Infinity .nan 0 -0 00 1. .1 1e3"
)


_VALUES: Final = {
    "duration": "5m0s",
    "duration-of-iso-8601": "P1DT0.50S",
    "ipv6-with-a-port": "[2001:DB8::0001]:08080",
    "ipv4-with-zeros": "010.000.000.001/08",
    "image-with-the-default-tag": "docker.io/library/busybox:latest",
    "version": "v01.10.0-rc.1+build.007",
    "base64-of-json": "eyJhIjogMX0=",
    "base64-without-padding": "eyJhIjogMX0",
    "uuid-in-upper-case": "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}",
    "schedule": "*/5 0-23/2 * * 1,3",
    "quantity-that-could-be-shorter": "1024Mi",
    "quantity-with-zeros": "01.500Gi",
    "percent": "050%",
    "path-with-dots": "./a//b/./c/",
    "address": "HTTP://User@Example.COM:80/a/../b?",
    "mail": "First.Last+tag@Example.com",
    "time-with-an-offset": "2024-01-31T00:00:00.000000+00:00",
    "colour": "#FFF",
    "list-with-a-comma-at-the-end": "a, b ,,c,",
    "assignments": 'A=1;B="2";',
    "indented-lines": "a:\n        b\n    c\n\n\n\nd\n",
    "continued-line": "a \\\n  b",
    "fractions": "1.50 .5 5. 1,234.50 1/2 -0.0",
}
"""Texts of a type, in a notation that is not the shortest: what reads the type and writes it again changes them."""


def _pairs() -> str:
    """Returns a text in which each two characters of the alphabet are beside each other, in either order, and twice."""
    # Hierholzer's way through all edges of the complete graph: a walk that goes on until it is stuck, and back.
    left = {character: list(_ALPHABET) for character in _ALPHABET}
    stack, walk = [_ALPHABET[-1]], []
    while stack:
        if left[stack[-1]]:
            stack.append(left[stack[-1]].pop())
        else:
            walk.append(stack.pop())
    return "".join(reversed(walk))


def _texts() -> Iterator[tuple[str, str, str]]:
    pairs = _pairs()
    for number, first in enumerate(range(0, len(pairs) - 1, _PER_TEXT), start=1):
        yield f"pairs-{number}", pairs[first : first + _PER_TEXT + 1], "whoever puts signs beside each other"
    for sign in _SIGNS:
        name = unicodedata.name(sign).lower().replace(" ", "-")
        yield f"around-{name}", f"{sign}a b{sign}", "quotes, marks, switches"
        yield f"alone-{name}", sign, "separators, globs"
    marks = (f"{sigil}{left}NAME{right}" for sigil in _SIGILS for left, right in _BRACKETS)
    yield "names-in-marks", " ".join(marks), "templates of any language"
    for name, text in _VALUES.items():
        yield f"value-{name}", text, "people who do not know that it could be shorter"
    yield "escapes", _ESCAPES, "languages inside a text"
    yield "words", _WORDS, "lists of values in a text"


def _keys(form: str) -> dict[str, str]:
    """Returns a map with a key of this form for each sign, and a value of its own."""
    return {form.replace("?", sign): f"value-{number}" for number, sign in enumerate(_SIGNS)}


SIGNS: Final[tuple[Specimen, ...]] = (
    *(
        Specimen(f"signs/{name}", text, sender, ("annotation", "env", "arg", "command"))
        for name, text, sender in _texts()
    ),
    *(
        Specimen(f"signs/{name}", _keys(form), "documents inside a document", ("loose",), must_be_taken=False)
        for name, form in {"first-in-keys": "?a", "inside-of-keys": "a?a", "last-in-keys": "a?", "twice": "a??"}.items()
    ),
)
"""Kubernetes takes any text for an annotation's or a variable's value and as argument."""
