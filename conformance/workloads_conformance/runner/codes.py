"""Codes: what a finding is known by from run to run, such as `delete/still-there`.

The part before the slash says what was done, the part behind it what was wrong with the answer. A code holds no value
that may be another each time, and does not depend on how the finding is worded.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

_PLAIN = "!#$%()*+,/:;=?@[]{}|^~"
"""What stands for itself beside letters, digits and `-._`: in TOML, JSON and a shell's quotes, all of it does."""

_LONGEST = 160


def code_of(text: str) -> str:
    """Returns a text as a code: spaces as hyphens, and what is not plain ASCII percent-encoded. A code stays itself."""
    return quote("-".join(text.split()).encode("utf-8", "surrogatepass"), safe=_PLAIN)


def brief_code(code: str) -> str:
    """Returns a code of at most 160 characters: of a longer one the beginning, and a digest that tells it from others.

    A secret is taken out before: a part of it would not be recognised.
    """
    if len(code) <= _LONGEST:
        return code
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{code[: _LONGEST - len(digest) - 1]}~{digest}"
