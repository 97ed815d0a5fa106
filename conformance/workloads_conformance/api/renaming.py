"""Other names and ids for requests that are sent once more: names are taken, and ids are others each time."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from hashlib import sha256

from workloads_conformance import runner
from workloads_conformance.http import Exchange, Request

from .answers import Answer
from .envelope import encoded_manifest, identifier, sent_in


class WorkloadRenaming:
    """Gives every workload of the repeated requests another name, of the same length, and knows the ids that came.

    Args:
        key: of the trial that repeats them.
        prefix: with which every name of the run begins.
    """

    def __init__(self, key: str, prefix: str) -> None:
        self._key = key
        self._code = re.compile(rb"(%s)([a-z2-7]{8})" % re.escape(prefix.encode()))
        self._ids: dict[str, str] = {}

    def learn(self, then: Exchange, now: runner.Answer) -> None:
        """Notes the id that a create was answered with then, and the one that it was answered with this time."""
        before, after = identifier(then.response) if then.response else None, Answer(now.exchange).id
        if before and after:
            self._ids[before] = after

    def request(self, request: Request) -> Request:
        """Returns the request as it has to be sent this time."""
        path = request.path
        for then, now in self._ids.items():
            for spell in (str, str.lower, str.upper, _without_hyphens):
                path = path.replace(spell(then), spell(now))
        return replace(request, path=path, body=None if request.body is None else self._body(request, request.body))

    def _body(self, request: Request, body: bytes) -> bytes:
        encoded = _encoded(request)
        if encoded:
            try:
                manifest = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                manifest = b""
            renamed = self._renamed(manifest)
            if renamed != manifest:
                body = body.replace(encoded, base64.b64encode(renamed))
        return self._renamed(body)

    def _renamed(self, data: bytes) -> bytes:
        return self._code.sub(lambda found: found[1] + self._other(found[2]), data)

    def _other(self, code: bytes) -> bytes:
        digest = sha256(self._key.encode() + b"/" + code).digest()
        return base64.b32encode(digest[:5]).lower()


def _without_hyphens(text: str) -> str:
    return text.replace("-", "")


def _encoded(request: Request) -> bytes:
    """Returns the manifest in base64 as it is in a body; empty where there is none."""
    return (encoded_manifest(sent_in(request)) or "").encode("ascii", "ignore")
