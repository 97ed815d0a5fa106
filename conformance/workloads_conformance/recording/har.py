"""exchanges.har: the exchanges of a record in the form that browsers and proxies show (HAR 1.2)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import harfile

from workloads_conformance._version import __version__
from workloads_conformance.errors import UsageError
from workloads_conformance.http import Request, Response, sent_headers
from workloads_reports import write_private
from workloads_reports.escaping import json_shown

from .entries import request_of, shown_of
from .reader import RunRecord

HAR_NAME = "exchanges.har"
_MOST = 64 * 1024
"""Bytes of a body that are shown; the record has the whole."""

_ALL = 16 * 1024 * 1024
"""Bytes of bodies that are shown in all; of those that come later, only the sizes are told."""

_HTTP = "HTTP/1.1"


def write_har(record: RunRecord, path: Path) -> Path:
    """Writes the exchanges of a record to `path`, whole or not at all; returns the path.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        write_private(path, lambda file: _write(record, _Shown(file)))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    return path


class _Shown:
    """A text file of JSON in which every character shows itself."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Writes whole tokens of JSON."""
        self._file.write(json_shown(text).encode())


def _write(record: RunRecord, file: Any) -> None:
    creator = harfile.Creator(name="workloads-conformance", version=__version__)
    comment = f"run {record.run['id']}; secrets stand as $NAME"
    with harfile.open(file, creator=creator, comment=comment) as har:
        left = _ALL
        for entry in record.exchanges:
            left -= _add(har, record, entry, min(_MOST, max(left, 0)))


def _add(har: harfile.HarFile, record: RunRecord, entry: dict[str, Any], most: int) -> int:
    """Adds an exchange, with `most` bytes of each body; returns how many bytes of bodies are shown."""
    request = request_of(entry, record.shown)
    response, failure = shown_of(entry, record.shown)
    milliseconds = round(entry["seconds"] * 1000, 3)
    har.add_entry(
        startedDateTime=datetime.fromtimestamp(record.run["began"], UTC) + timedelta(seconds=entry["started"]),
        time=milliseconds,
        request=_request(record.run, request, most),
        response=_response(response, failure, most),
        timings=harfile.Timings(send=0, wait=milliseconds, receive=0),
        comment=entry["trial"],
    )
    bodies = (request.body or b"", response.body if response is not None else b"")
    return sum(min(len(body), most) for body in bodies)


def _request(run: Mapping[str, Any], request: Request, most: int) -> harfile.Request:
    own = f"Bearer ${run['token']['name']}"
    headers = sent_headers(request, own if request.authorization is None else request.authorization.shell)
    data = None
    if request.body is not None:
        media_type = request.header("content-type") or "application/json"
        text, left = _text(request.body, most)
        data = harfile.PostData(mimeType=media_type, text=text, comment=left)
    return harfile.Request(
        method=request.method,
        url=run["settings"]["target"] + request.target,
        httpVersion=_HTTP,
        headers=_pairs(headers),
        queryString=_pairs(request.query),
        postData=data,
        bodySize=0 if request.body is None else len(request.body),
    )


def _response(response: Response | None, failure: str | None, most: int) -> harfile.Response:
    if response is None:
        content = harfile.Content(size=0, mimeType="x-unknown")
        return harfile.Response(0, "", _HTTP, content=content, headersSize=-1, bodySize=-1, comment=failure)
    text, left = _text(response.body, most)
    encoding = None
    if text is None:
        text, encoding = base64.b64encode(response.body[:most]).decode(), "base64"
    content = harfile.Content(
        size=len(response.body), mimeType=response.media_type or "x-unknown", text=text, encoding=encoding, comment=left
    )
    return harfile.Response(
        response.status,
        "",
        _HTTP,
        headers=_pairs(response.headers),
        content=content,
        redirectURL=response.header("location") or "",
        bodySize=len(response.body),
        comment=response.flaw,
    )


def _text(body: bytes, most: int) -> tuple[str | None, str | None]:
    """Returns a body as text, None if it is none, and what to say of the part that is left out."""
    left = f"the first {most} of {len(body)} bytes" if len(body) > most else None
    try:
        return body[:most].decode("utf-8", "strict" if left is None else "ignore"), left
    except UnicodeDecodeError:
        return None, left


def _pairs(pairs: Any) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in pairs]
