"""Reads a response body within limits: bytes on the wire, bytes after decoding, one content coding."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

MAX_WIRE = 8 * 1024 * 1024
MAX_BODY = 8 * 1024 * 1024
"""Bytes of a body that are read, as sent and as decoded. The contract's largest body is about 4 MiB."""

_GZIP = ("gzip", "x-gzip")
_WINDOW_BITS = {"deflate": 15} | dict.fromkeys(_GZIP, 31)


async def read_body(chunks: AsyncIterator[bytes], coding: str) -> tuple[bytes, str | None]:
    """Returns the decoded body, as far as it was read, and what stopped the reading early, if anything did.

    Args:
        chunks: the body as it arrives.
        coding: the Content-Encoding header's value; empty for none.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return await _read_plain(chunks)
    if coding not in _WINDOW_BITS:
        return b"", f"its content coding {coding!r} was not asked for"
    return await _read_compressed(chunks, coding)


async def _read_plain(chunks: AsyncIterator[bytes]) -> tuple[bytes, str | None]:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY:
            return bytes(memoryview(body)[:MAX_BODY]), f"it is larger than {MAX_BODY} bytes"
    return bytes(body), None


async def _read_compressed(chunks: AsyncIterator[bytes], coding: str) -> tuple[bytes, str | None]:
    decoder = zlib.decompressobj(_WINDOW_BITS[coding])
    body, wire = bytearray(), 0
    async for chunk in chunks:
        wire += len(chunk)
        rest = chunk
        while rest:
            if decoder.eof:
                if coding not in _GZIP:
                    break
                decoder = zlib.decompressobj(_WINDOW_BITS[coding])  # RFC 1952, 2.2: a series of members
            try:
                body += decoder.decompress(rest, MAX_BODY + 1 - len(body))
            except zlib.error as error:
                return bytes(body), f"its compressed data is damaged: {error}"
            if len(body) > MAX_BODY or wire > MAX_WIRE:
                return bytes(memoryview(body)[:MAX_BODY]), f"it is larger than {MAX_BODY} bytes when decoded"
            rest = decoder.unused_data
    if not decoder.eof and wire:
        return bytes(body), "its compressed data ends too early"
    return bytes(body), None
