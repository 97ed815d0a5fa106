"""Reads an answer within limits: header lines, bytes on the wire, bytes after decoding, memory, one content coding."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterable, Sequence

from .decode import size_in_memory
from .memory import Lease

MAX_WIRE = 8 * 1024 * 1024
MAX_BODY = 8 * 1024 * 1024
"""Bytes of a body that are read, as sent and as decoded. The contract's largest body is about 4 MiB."""

MAX_LINES = 200
MAX_HEADERS = 32 * 1024
"""Header lines of an answer, and bytes of them, that are looked at; gateways add a few dozen of some kilobytes."""

SMALL = 8 * 1024
"""Bytes of an answer for which there always is memory."""

MAX_ESCAPES = 100_000
"""Characters of a body with which escapes begin (in JSON, URLs and HTML). Secrets are looked for behind each, which
takes time and memory for each; the answers of an honest server have some hundreds."""

_GZIP = ("gzip", "x-gzip")
_WINDOW_BITS = {"deflate": 15} | dict.fromkeys(_GZIP, 31)

Headers = tuple[tuple[str, str], ...]


def read_headers(raw: Sequence[tuple[bytes, bytes]]) -> tuple[Headers, str | None]:
    """Returns the header lines as texts, as far as the limits go, and which of those was passed, if one was."""
    most = MAX_HEADERS
    lines: list[tuple[str, str]] = []
    for name, value in raw[:MAX_LINES]:
        most -= len(name) + len(value)
        if most < 0:
            return tuple(lines), f"its header lines have more than {MAX_HEADERS} bytes"
        lines.append((name.decode("latin-1"), value.decode("latin-1")))
    return tuple(lines), f"it has more than {MAX_LINES} header lines" if len(raw) > MAX_LINES else None


async def read_body(chunks: AsyncIterator[bytes], coding: str, lease: Lease) -> tuple[bytes, str | None]:
    """Returns the decoded body, as far as it was read, and what stopped the reading early, if anything did.

    Args:
        chunks: the body as it arrives.
        coding: the Content-Encoding header's value; empty for none.
        lease: the memory that the body and the JSON value in it are to take.
    """
    coding = coding.strip().lower()
    if coding not in ("", "identity", *_WINDOW_BITS):
        return b"", f"its content coding {coding!r:.60} was not asked for"
    reader = _Reader(coding, lease)
    async for chunk in chunks:
        reader.take(chunk)
        if reader.flaw is not None:
            break
    return reader.end()


class _Reader:
    """Takes the chunks of a body until a limit is passed; `flaw` then says which."""

    def __init__(self, coding: str, lease: Lease) -> None:
        self.flaw: str | None = None
        self._coding, self._lease = coding, lease
        self._decoder = self._new_decoder()
        self._body, self._wire = bytearray(), 0

    def _new_decoder(self) -> zlib._Decompress | None:  # the type has no public name
        return zlib.decompressobj(_WINDOW_BITS[self._coding]) if self._coding in _WINDOW_BITS else None

    def take(self, chunk: bytes) -> None:
        self._wire += len(chunk)
        if self._decoder is None:
            self._add(chunk, "")
        while self._decoder is not None and chunk and self.flaw is None:
            if self._decoder.eof:
                if self._coding not in _GZIP:
                    return
                self._decoder = zlib.decompressobj(_WINDOW_BITS[self._coding])  # RFC 1952, 2.2: a series of members
            try:
                decoded = self._decoder.decompress(chunk, MAX_BODY + 1 - len(self._body))
            except zlib.error as error:
                self.flaw = f"its compressed data is damaged: {error}"
                return
            self._add(decoded, " when decoded")
            chunk = self._decoder.unused_data

    def _add(self, data: bytes, when: str) -> None:
        self._body += data
        if not self._lease.grow(len(data), small=len(self._body) <= SMALL):
            self.flaw = self._no_room()
        elif len(self._body) > MAX_BODY or self._wire > MAX_WIRE:
            del self._body[MAX_BODY:]
            self.flaw = f"it is larger than {MAX_BODY} bytes{when}"

    def end(self) -> tuple[bytes, str | None]:
        """Returns the body; of one that will not be judged, no more than its beginning."""
        body = bytes(self._body)
        self._body = bytearray()
        self.flaw = self.flaw or self._flaw_of(body)
        if self.flaw is not None:
            body = body[:SMALL]
            self._lease.shrink(SMALL)
        return body, self.flaw

    def _flaw_of(self, body: bytes) -> str | None:
        if self._decoder is not None and not self._decoder.eof and self._wire:
            return "its compressed data ends too early"
        if sum(map(body.count, (b"\\", b"%", b"&"))) > MAX_ESCAPES:
            return f"it has more than {MAX_ESCAPES} escapes"
        held = self._lease.grow(size_in_memory(body), small=len(body) <= SMALL)
        return None if held else self._no_room()

    def _no_room(self) -> str:
        return f"the answers that are judged at a time hold {self._lease.most} bytes already"


def beginning(body: bytes, most: int) -> bytes:
    """Returns the first `most` bytes of a body, or up to three fewer, so that no character of UTF-8 is cut in two."""
    if len(body) <= most:
        return body
    end = next((end for end in range(most, most - 4, -1) if body[end] & 0xC0 != 0x80), most)  # UTF-8
    return body[:end]


def first_lines(headers: Iterable[tuple[str, str]], most: int) -> Headers:
    """Returns the header lines that together have no more than `most` characters, from the first on."""
    kept = []
    for name, value in headers:
        most -= len(name) + len(value)
        if most < 0:
            break
        kept.append((name, value))
    return tuple(kept)
