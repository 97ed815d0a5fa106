"""Where a body has a workload, its metadata, its id and its state. Nothing else digs for them.

Bodies are a stranger's: what is not where it should be is not there, and nothing is raised.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workloads_conformance.http import Exchange, Request, Response
from workloads_conformance.http.decode import decode_json
from workloads_conformance.reproduce import Given

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_ID = ("metadata", "id")
_LONGEST = 300
"""Characters of an id or a name in the list that are looked at."""


def at(value: object, *path: str) -> Any:
    """Returns the member at a path of a JSON value; None where there is none."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def object_at(value: object, *path: str) -> dict[str, Any]:
    """Returns the object at a path of a JSON value; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def text_at(value: object, *path: str) -> str | None:
    """Returns the text at a path of a JSON value; None where there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else None


# -- what is answered -------------------------------------------------------------------------------------------------


def workload_id(value: object) -> str | None:
    """Returns an id that an answer gives, in lower case, if it is a UUID, as the contract has it; None otherwise."""
    return value.lower() if isinstance(value, str) and _UUID.match(value) else None


def workload_in(body: object, method: str) -> dict[str, Any]:
    """Returns the WorkloadV2 in the body of an answer to `method`, which GET wraps; empty if there is none."""
    return object_at(body, "workload") if method == "GET" else object_at(body)


def metadata_in(workload: object) -> dict[str, Any]:
    """Returns a workload's metadata; empty if there is none."""
    return object_at(workload, "metadata")


def manifest_names_in(workload: object) -> tuple[str, ...]:
    """Returns the names in the manifests that a workload shows."""
    names = (text_at(workload, key, "metadata", "name") for key in ("rawManifest", "workloadManifest"))
    return tuple(name for name in names if name is not None)


def state_in(body: object) -> Any:
    """Returns what an answer to GET says of how far the platform is; None if it says nothing."""
    return at(body, "syncInfo", "status")


def says_deleted(body: object, method: str) -> bool:
    """True if the body of an answer to `method` marks its workload as deleted."""
    deleted_at = metadata_in(workload_in(body, method)).get("deletedAt")
    return deleted_at is not None or bool(state_in(body) == "Deleted")


def is_leaving(body: object) -> bool:
    """True if the body of an answer to GET says that its workload is to be deleted, and nothing of how far that is."""
    return bool(workload_in(body, "GET").get("desiredPhase") == "Deleted" and state_in(body) is None)


def identifier(answer: Response) -> str | None:
    """Returns the id that the answer to a create gives, if it is a UUID, as the contract has it; None otherwise."""
    if answer.whole is not None:
        return answer.given
    found = at(answer.json.outline, *_ID)
    return str(found) if workload_id(found) is not None else None


def identified(exchange: Exchange) -> str | None:
    """Returns the id that has to stay known of an exchange when its body is given up."""
    if exchange.response is None or exchange.request.method == "GET":
        return None
    return identifier(exchange.response)


GIVEN = Given(_ID, identifier)
"""For the commands that reproduce a finding, which carry the id from one to the next."""


def listed_in(body: object) -> dict[str, str] | None:
    """Returns the live workloads on a page of the platform's list, name by id; None if it is no such page."""
    page = at(body, "workloads")
    if not isinstance(page, list):
        return None
    live = [entry for entry in page if isinstance(entry, dict) and entry.get("deletedAt") is None]
    return {_cut(entry.get("id")).lower(): _cut(entry.get("name")) for entry in live}


def _cut(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


# -- what is sent -----------------------------------------------------------------------------------------------------


def sent_in(request: Request) -> object:
    """Returns the JSON value that a request sends; None if it sends none."""
    return _json(request.body or b"")


def name_sent(body: object) -> str | None:
    """Returns the name that the body of a create or an update asks for; None if it asks for none."""
    return text_at(body, "metadata", "name")


def encoded_manifest(body: object) -> str | None:
    """Returns the manifest in base64 that a body holds; None if it holds none."""
    return text_at(body, "manifestBase64Encoded")


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return decode_json(data).outline
