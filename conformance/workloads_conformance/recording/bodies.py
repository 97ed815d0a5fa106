"""Bodies in a record: each once, under its digest, as text where it is one, compressed where that is shorter."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from typing import Any

MOST = 256 * 1024 * 1024
"""Bytes of bodies that one record takes in; of more, it holds digest and size alone, and cannot be judged again."""

_LARGEST = 9 * 1024 * 1024
"""Bytes of one body: what is read of an answer, and what a request that sends it back adds. Of more, as above."""

_PLAIN = 2048
"""Bytes up to which a text stands as it is, for people to read."""

_LEVEL = 1
"""Of compression: manifests shrink to a fifth, and the run waits for it."""


class BodyStore:
    """Turns bodies into entries, and remembers which ones have been written.

    Args:
        most: bytes that the bodies may take in the record, as they are there.
    """

    def __init__(self, most: int = MOST) -> None:
        self._seen: set[str] = set()
        self._taken, self._left = 0, most

    def entry(self, body: bytes) -> tuple[str, dict[str, Any] | None]:
        """Returns a body's digest, and the entry to write before it is referred to; None if that has been written."""
        digest = hashlib.sha256(body).hexdigest()
        if digest in self._seen:
            return digest, None
        self._seen.add(digest)
        entry: dict[str, Any] = {"kind": "body", "sha256": digest, "size": len(body)}
        self._taken += len(body)
        if self._taken <= MOST and len(body) <= _LARGEST and self._left > 0:
            encoded = _encoded(body)
            self._left -= sum(map(len, encoded.values()))
            if self._left >= 0:
                entry |= encoded
        return digest, entry


def _encoded(body: bytes) -> dict[str, str]:
    if len(body) <= _PLAIN:
        try:
            return {"text": body.decode("utf-8")}
        except UnicodeDecodeError:
            pass
    packed = zlib.compress(body, _LEVEL)
    if len(packed) < len(body):
        return {"zlib": base64.b64encode(packed).decode()}
    return {"base64": base64.b64encode(body).decode()}


def is_held(entry: dict[str, Any]) -> bool:
    """True if an entry has the body itself, and not only its digest and size."""
    return not entry.keys().isdisjoint(("text", "zlib", "base64"))


def decode_body(entry: dict[str, Any]) -> bytes | None:
    """Returns the body of an entry; None if the record left it out.

    Raises:
        ValueError: the entry does not hold what its digest and size say.
    """
    size = entry["size"]
    if not is_held(entry):
        return None
    if size > _LARGEST:
        raise ValueError(f"a body of {size} bytes is none that a run takes in")
    try:
        if "text" in entry:
            body: bytes = entry["text"].encode("utf-8")
        elif "zlib" in entry:
            body = zlib.decompressobj().decompress(base64.b64decode(entry["zlib"], validate=True), size + 1)
        else:
            body = base64.b64decode(entry["base64"], validate=True)
    except (binascii.Error, zlib.error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None
    if len(body) != size or hashlib.sha256(body).hexdigest() != entry["sha256"]:
        raise ValueError("a body is not what its digest says")
    return body
