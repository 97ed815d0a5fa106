"""What may reach a terminal or a build server, as tests of bytes; and the words of a server that tries more."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

ATTACK = (
    "no\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31m\x9b31m\r\x08\u202eevil\u2066\u200b\u2028\u2029\ufeff\x7f"
    "\n::set-output name=a::b\n  ::error::owned\n##[error]owned\n\t##vso[task.setvariable variable=x]owned"
    "\nowned ##[error]owned"
)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


def invisible(data: bytes) -> set[str]:
    """The characters in a text that do not show themselves, line ends apart."""
    return {one for one in set(data.decode("utf-8")) if one != "\n" and unicodedata.category(one) in INVISIBLE}


def commands(data: bytes) -> list[str]:
    """What a build server would obey."""
    return [found[0] for found in COMMAND.finditer(data.decode("utf-8"))]


def forms(token: str) -> Iterable[str]:
    """What a server may write in the place of a token."""
    yield from (token, token.upper(), token.replace(".", "\\u002e"), token.replace(".", "%2e"))
    yield from (token.replace("_", "&#95;"), token.encode().hex(), quote(token, safe=""))
    yield "".join(f"\\u{ord(one):04X}" for one in token)
    yield "".join(f"%{ord(one):02x}" for one in token)
    yield base64.b64encode(b"xy" + token.encode()).decode()
    if token.count(".") == 2 and len(token) > 100:
        yield token.rpartition(".")[2]  # a JWT's signature is what is secret of it


def told(data: bytes, tokens: Iterable[str]) -> list[str]:
    """The forms of tokens that stand in some bytes; the ends, which base64 mixes with what follows, left out."""
    lowered = data.lower()
    return [form for token in tokens for form in forms(token) if form.lower().encode()[:-3] in lowered]
