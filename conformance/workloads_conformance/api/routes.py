"""The paths of the API, and what a request to one of them means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from workloads_conformance.http import Request, TokenEndpoint

CREATE_PATH = "/api/v2/workloads"
LIST_PATH = "/api/v1/workloads"
TYPES_PATH = "/api/v1/workload-types"
PROJECTS_PATH = "/api/v1/org-unit/projects"
CLUSTERS_PATH = "/api/v1/clusters"
"""The platform's own lists, which are no part of the contract: they serve cleaning up and `init`, and never judged."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})
ITEM = re.compile(re.escape(CREATE_PATH) + r"/([^/]+)\Z")
"""The path of one workload."""

PROBE = Request(method="GET", path=f"{CREATE_PATH}/00000000-0000-4000-8000-000000000000")
"""Asks for nothing, and shows whether the target is there."""


def item_path(identifier: str) -> str:
    """Returns the path of one workload."""
    return f"{CREATE_PATH}/{identifier}"


def item_of(path: str) -> str | None:
    """Returns what is in a path in the place of an id; None where the path is not that of one workload."""
    folder, _, identifier = path.rpartition("/")
    return identifier if folder == CREATE_PATH else None


def creates(request: Request) -> bool:
    """True if the request could create a workload on some server, a wrong one included: a dry run could, too."""
    return request.method == "POST" and request.path == CREATE_PATH


def is_dry_run(request: Request) -> bool:
    """True if the request says, once and in the contract's spelling, that nothing is to be created."""
    return says_dry_run(request.query)


def may_be_dry_run(request: Request) -> bool:
    """True if it is left open whether the request is a dry run: the parameter has another spelling, or comes twice."""
    given = [value for name, value in request.query if name == "dryRun"]
    return bool(given) and given not in (["true"], ["false"])


def says_dry_run(query: object) -> bool:
    """True if a query, as pairs, says so."""
    assert isinstance(query, tuple | list)
    return [value for name, value in query if name == "dryRun"] == ["true"]


def _in_json(client: str, secret: str) -> Request:
    body = {"grantType": "client_credentials", "clientId": client, "clientSecret": secret}
    return Request(method="POST", path="/api/v1/token", body=json.dumps(body).encode())


def _as_form(client: str, secret: str) -> Request:
    form = urlencode({"grant_type": "client_credentials", "client_id": client, "client_secret": secret})
    headers = (("Content-Type", "application/x-www-form-urlencoded"),)
    return Request(method="POST", path="/api/v2/token", headers=headers, body=form.encode())


TOKEN_ENDPOINTS: Mapping[str, TokenEndpoint] = {
    "v1": TokenEndpoint("/api/v1/token", "accessToken", "expiresIn", _in_json),
    "v2": TokenEndpoint("/api/v2/token", "access_token", "expires_in", _as_form),
}
"""Where the platform gives tokens: in JSON of its own, and by RFC 6749, section 4.4."""
