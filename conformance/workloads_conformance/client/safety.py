"""What may be sent: the mode decides on methods, and only workloads that the run created are ever changed."""

from __future__ import annotations

import re

from workloads_conformance.errors import NotPermittedError
from workloads_conformance.settings import Mode

from .messages import Request

CREATE_PATH = "/api/v2/workloads"
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_ITEM = re.compile(re.escape(CREATE_PATH) + r"/([^/]+)\Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def creates(request: Request) -> bool:
    """True if the request could create a workload on some server, a wrong one included."""
    return request.method == "POST" and request.path == CREATE_PATH and not _is_dry_run(request)


def _is_dry_run(request: Request) -> bool:
    return [value for name, value in request.query if name == "dryRun"] == ["true"]


class Safety:
    """Permits or refuses each request before it leaves."""

    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        self._ours: set[str] = set()

    def own(self, identifier: str) -> None:
        """Lets the run change this id: it created it, or made it up at random."""
        self._ours.add(identifier.lower())

    def check(self, request: Request) -> None:
        """Raises NotPermittedError if the request must not leave."""
        if request.method in _SAFE:
            return
        if self._mode is Mode.READ_ONLY:
            raise NotPermittedError("mode read-only forbids it")
        if self._mode is Mode.DRY_RUN and not (
            request.method == "POST" and request.path == CREATE_PATH and _is_dry_run(request)
        ):
            raise NotPermittedError("mode dry-run forbids it")
        item = _ITEM.match(request.path)
        if item and _UUID.match(item[1]) and item[1].lower() not in self._ours:
            raise NotPermittedError("the workload is not known to be the run's own")
