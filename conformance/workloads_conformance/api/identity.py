"""By what a workload is known: the id and the names in answers, and those that a create asked for."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from workloads_conformance.http import Request, Response

from .envelope import (
    at,
    encoded_manifest,
    is_leaving,
    manifest_names_in,
    metadata_in,
    name_sent,
    says_deleted,
    sent_in,
    state_in,
    text_at,
    workload_id,
    workload_in,
)
from .routes import is_dry_run, may_be_dry_run

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class ShownWorkload:
    """What an answer to GET shows under an id.

    Attributes:
        id: the id in the answer, if it is one.
        name: the workload's name; None if there is no workload.
        manifest_names: the names in its manifests.
        gone: whether it says that there is no live workload.
        leaving: whether it says that the workload is to be deleted, and nothing of how far that is.
        fading: whether its status is Deleting.
    """

    id: str | None = None
    name: str | None = None
    manifest_names: tuple[str, ...] = ()
    gone: bool = False
    leaving: bool = False
    fading: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a create asked for, by which its workload is known again.

    Attributes:
        name: the name in the metadata; None if there was none.
        manifest_name: the name in the manifest.
        is_prefix: whether the name may have been taken for a prefix.
        dry_run: whether nothing was to be created.
        may_be_dry_run: whether it is left open if something was: the parameter is spelt in another way.
    """

    name: str | None
    manifest_name: str | None = None
    is_prefix: bool = False
    dry_run: bool = False
    may_be_dry_run: bool = False

    def has(self, prefix: str) -> bool:
        """True if the name that was asked for begins with `prefix`."""
        return (self.name or self.manifest_name or "").startswith(prefix)

    def fits(self, shown: ShownWorkload) -> bool:
        """True if a reading shows the workload that was asked for."""
        if self.name is None and self.manifest_name in shown.manifest_names:
            return self.manifest_name is not None  # the target made the name up
        return self.fits_name(shown.name)

    def fits_name(self, shown: str | None) -> bool:
        """True if a workload of this name may be the one that was asked for."""
        wanted = self.name if self.name is not None else self.manifest_name
        if shown is None or wanted is None:
            return False
        return shown == wanted or (self.is_prefix and shown.startswith(wanted))


def asked_by(request: Request, prefix: str) -> Asked:
    """Returns what a create asks for; `prefix` is that of every name of the run.

    What a lenient server makes of a body that is not JSON is known by that prefix.
    """
    body = sent_in(request)
    return Asked(
        name=name_sent(body) if body is not None else _name_with(prefix, request.body or b""),
        manifest_name=_manifest_name(body, prefix),
        is_prefix=at(body, "metadata", "useGivenNameAsPrefix") not in (None, False),
        dry_run=is_dry_run(request),
        may_be_dry_run=may_be_dry_run(request),
    )


def _manifest_name(body: object, prefix: str) -> str | None:
    name = text_at(body, "manifest", "metadata", "name")
    if name is not None:
        return name
    try:
        text = base64.b64decode(encoded_manifest(body) or "")
    except (binascii.Error, ValueError):
        return None
    return _name_with(prefix, text)


def _name_with(prefix: str, text: bytes) -> str | None:
    found = re.search(re.escape(prefix.encode()) + rb"[a-z0-9-]*", text)
    return found[0].decode() if found else None


def shown_by(answer: Response) -> ShownWorkload:
    """Returns what an answer to GET shows."""
    if answer.status == _NOT_FOUND:
        return ShownWorkload(gone=True)
    body = answer.json.outline
    workload = workload_in(body, "GET")
    metadata = metadata_in(workload)
    if not 200 <= answer.status < 300 or not metadata:
        return ShownWorkload()
    return ShownWorkload(
        id=workload_id(metadata.get("id")),
        name=text_at(metadata, "name"),
        manifest_names=manifest_names_in(workload),
        gone=says_deleted(body, "GET"),
        fading=state_in(body) == "Deleting",
        leaving=is_leaving(body),
    )
