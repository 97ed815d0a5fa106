"""What may be sent, judged on the URL as it leaves: the contract's paths, what the mode permits, ids of the run's own.

Whatever a server answers, and whatever a test makes of it, a request that is not named here does not leave.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import parse_qsl

import httpx

from workloads_conformance.errors import NotPermittedError
from workloads_conformance.http import Request, final_url
from workloads_conformance.settings import Mode

from .routes import (
    CLUSTERS_PATH,
    CREATE_PATH,
    ITEM,
    LIST_PATH,
    PROJECTS_PATH,
    READS,
    TOKEN_ENDPOINTS,
    TYPES_PATH,
    says_dry_run,
)

_TOKEN_PATHS = {endpoint.path for endpoint in TOKEN_ENDPOINTS.values()}
_LISTS = {LIST_PATH, TYPES_PATH, PROJECTS_PATH, CLUSTERS_PATH}
_WRITES = {"PUT", "DELETE"}
_PROBES = {"PATCH"}
"""Methods that the contract does not have, with which the suite asks how they are refused."""


class Ownership(Protocol):
    """Who knows what the run may write to, by the last segment of a path."""

    def owns(self, segment: str) -> bool:
        """True for the id of a workload that the run created."""
        ...

    def made_up(self, segment: str) -> bool:
        """True for what the run made up at random."""
        ...


class Safety:
    """Permits or refuses each request before it leaves.

    Args:
        mode: what may be done to the target.
        base: the target's base URL, under which everything has to lie.
        ownership: what the run may write to.
    """

    def __init__(self, mode: Mode, base: str, ownership: Ownership) -> None:
        self._mode, self._ownership = mode, ownership
        self._base = httpx.URL(base)
        self._root = self._base.raw_path.rstrip(b"/").decode("ascii")

    def check(self, request: Request) -> None:
        """Raises NotPermittedError if the request must not leave."""
        self.check_url(request.method, final_url(self._base, request))

    def check_url(self, method: str, url: httpx.URL) -> None:
        """Raises NotPermittedError if a request with this method must not go to this URL."""
        path, query = self._split(url)
        if method == "POST" and path in _TOKEN_PATHS:
            return
        item = ITEM.match(path)
        if method in READS:
            if item or path == CREATE_PATH or path in _LISTS:
                return
            raise NotPermittedError(f"{method} of a path that is not the contract's is never sent")
        if self._mode is Mode.READ_ONLY:
            raise NotPermittedError("mode read-only forbids it")
        if method == "POST" and path == CREATE_PATH:
            if self._mode is Mode.DRY_RUN and not says_dry_run(query):
                raise NotPermittedError("mode dry-run forbids it")
            return
        if not item or method not in _WRITES | _PROBES:
            raise NotPermittedError(f"{method} of a path that is not the contract's is never sent")
        owned = self._ownership.owns(item[1])
        # What a dry run created against the contract is removed in mode dry-run, too.
        if self._mode is Mode.DRY_RUN and not (owned and method == "DELETE"):
            raise NotPermittedError("mode dry-run forbids it")
        if not owned and not self._ownership.made_up(item[1]):
            raise NotPermittedError("the workload is not known to be the run's own")

    def _split(self, url: httpx.URL) -> tuple[str, list[tuple[str, str]]]:
        """Returns path, without that of the base URL, and query."""
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise NotPermittedError("a request to another host than the target's is never sent")
        path, _, query = url.raw_path.decode("ascii").partition("?")
        if not path.startswith(self._root + "/"):
            raise NotPermittedError("a request outside the target's base URL is never sent")
        return path.removeprefix(self._root), parse_qsl(query, keep_blank_values=True)
