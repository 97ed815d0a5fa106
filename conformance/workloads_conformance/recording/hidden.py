"""What redaction took out of an answer, told without giving it away: so that the answer can be judged as it was.

A token may be an ordinary word, which is in answers for other reasons. Tests judge answers as they came; the record
holds them with `$NAME` in the place of secrets, and beside that the shape of each. Where it is judged again, a text of
that shape stands in. A word of the contract's own, or of the suite's requests, has no other that stands in for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

Part = list[object] | None
"""A number, the same for the same text, and its shape; None where nothing was taken out."""

_PLACE = re.compile(r"(?:\$[A-Za-z_]\w*)+", re.ASCII)
_LONGEST = 32
"""Characters up to which a shape tells letters from digits. No pattern of the contract's has longer ones in mind, and a
long secret keeps all of its own."""

_CLASSES = {"a": "abcdef", "g": "ghijklmnopqrstuvwxyz", "A": "ABCDEF", "G": "GHIJKLMNOPQRSTUVWXYZ", "0": "123456789"}
_KEPT = "-_.\\\"'"
"""Signs that a shape shows as they are: patterns and JSON look at them."""


class HiddenShapes:
    """Tells the shapes of what was hidden, and numbers the texts."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def parts(self, raw: str, redacted: str) -> list[Part]:
        """Returns a part for each place of the redacted text at which something may have stood.

        Raises:
            ValueError: the two texts differ elsewhere, too.
        """
        first, *literals = _PLACE.split(redacted)
        if not raw.startswith(first):
            raise ValueError("the redacted text begins otherwise")
        found, start = [], len(first)
        for index, (place, literal) in enumerate(zip(_PLACE.findall(redacted), literals, strict=True)):
            until = raw.index(literal, start) if index + 1 < len(literals) else len(raw) - len(literal)
            if until < start or not raw.endswith(literals[-1]):
                raise ValueError("the redacted text ends otherwise")
            text = raw[start:until]
            found.append(None if text == place else self._part(text))
            start = until + len(literal)
        return found

    def _part(self, text: str) -> Part:
        return [self._numbers.setdefault(text, len(self._numbers)), _shape(text)]


def _shape(text: str) -> str:
    if len(text) > _LONGEST:
        return "g" * len(text)
    return "".join(map(_class, text))


def _class(character: str) -> str:
    known = (name for name, members in _CLASSES.items() if character in members or (name, character) == ("0", "0"))
    return next(known, character if character in _KEPT else "g")


def stand_ins(parts: Sequence[Part], redacted: str) -> list[tuple[str, str]]:
    """Returns, for each place of the redacted text, what it says and what is to be there.

    Raises:
        ValueError: the parts are not of this text.
    """
    places = [place[0] for place in _PLACE.finditer(redacted)]
    return [(place, place if part is None else _stand_in(*part)) for place, part in zip(places, parts, strict=True)]


def restored(redacted: str, texts: Sequence[tuple[str, str]]) -> str:
    """Returns the text with what is to be at its places."""
    following = iter(texts)
    return _PLACE.sub(lambda _: next(following)[1], redacted)


def _stand_in(number: object, shape: object) -> str:
    """Returns a text of the shape, another one for each number."""
    stream, made = b"", []
    for index, kind in enumerate(str(shape)):
        while len(stream) <= index:
            stream += sha256(f"{number} {len(stream)} stands in".encode()).digest()
        members = _CLASSES.get(kind, kind)
        made.append(members[stream[index] % len(members)])
    return "".join(made)
