"""Workloads whose shape is not the contract's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Reply
from workloads_conformance.selfcheck.patching import change_reply, edit_workload


def _told(edit: Callable[[dict[str, Any]], object], *operations: str) -> None:
    edit_workload(lambda workload: edit(workload["metadata"]), *operations)


_EACH = ("WV2-CREATE-002", "WV2-GET-002", "WV2-UPDATE-002", "WV2-DELETE-002")
_TIMES = ("WV2-LIFE-*", "WV2-UPDATE-*", "WV2-GET-006", "WV2-CREATE-034")


@fault(*_EACH, also=_TIMES)
def times_have_no_zone() -> None:
    """Timestamps have no zone, and every client reads another time."""
    _told(lambda told: told.update(createdAt=told["createdAt"].rstrip("Z"), updatedAt=told["updatedAt"].rstrip("Z")))


@fault(*_EACH, also=_TIMES)
def times_are_numbers() -> None:
    """createdAt is in seconds since 1970."""
    _told(lambda told: told.update(createdAt=1700000000))


@fault(*_EACH, also=_TIMES)
def times_have_a_space() -> None:
    """Timestamps have a space where RFC 3339 has a T, and a zone without a colon."""
    _told(lambda told: told.update(updatedAt=told["updatedAt"].replace("T", " ").replace("Z", " +0000")))


@fault(*_EACH, also=_TIMES)
def times_end_with_a_newline() -> None:
    """A newline follows each timestamp, as a careless template leaves it."""
    _told(lambda told: told.update(createdAt=told["createdAt"] + "\n", updatedAt=told["updatedAt"] + "\n"))


@fault(*_EACH, also=_TIMES)
def times_have_sixty_minutes() -> None:
    """A zone is ahead by 5 hours and 60 minutes, which RFC 3339 knows as 6 hours."""
    _told(lambda told: told.update(createdAt=told["createdAt"].replace("Z", "+05:60")))


@fault("WV2-UPDATE-002")
def updated_at_is_null() -> None:
    """updatedAt is null in answers to PUT."""
    _told(lambda told: told.update(updatedAt=None), "update")


@fault(*_EACH, also=("WV2-*",))
def ids_have_no_hyphens() -> None:
    """Ids have no hyphens."""
    _told(lambda told: told.update(id=told["id"].replace("-", "")))


@fault(*_EACH, also=("WV2-CREATE-034",))
def tenant_is_a_text() -> None:
    """tenantId is a text."""
    _told(lambda told: told.update(tenantId=str(told["tenantId"])))


@fault(*_EACH)
def tenant_is_beyond_32_bits() -> None:
    """tenantId is beyond 32 bits, though its format is int32."""
    _told(lambda told: told.update(tenantId=told["tenantId"] + 2**40))


@fault("WV2-GET-002", also=("WV2-GET-006",))
def department_has_a_space() -> None:
    """departmentName has a capital and a space."""
    _told(lambda told: told.update(departmentName="Research Dept"), "get")


@fault("WV2-CREATE-002", also=("WV2-CREATE-034",))
def department_is_missing() -> None:
    """departmentId is missing, though it is required."""
    _told(lambda told: told.pop("departmentId"), "create")


@fault("WV2-CREATE-002", also=("WV2-CREATE-018", "WV2-GET-006"))
def gvk_has_no_version() -> None:
    """gvk has no version."""
    _told(lambda told: told["gvk"].pop("version"), "create")


@fault("WV2-CREATE-002", also=("WV2-CREATE-018", "WV2-GET-006"))
def gvk_is_a_text() -> None:
    """gvk is one text with slashes."""
    _told(lambda told: told.update(gvk="batch/v1/Job"), "create")


@fault(*_EACH, also=("WV2-LIFE-005", "WV2-UPDATE-029"))
def creator_is_too_long() -> None:
    """createdBy has more than 250 characters."""
    _told(lambda told: told.update(createdBy="u" * 251))


@fault("WV2-DELETE-002")
def deleted_at_is_a_flag() -> None:
    """deletedAt is true in answers to DELETE."""
    _told(lambda told: told.update(deletedAt=True), "delete")


@fault(*_EACH)
def phase_is_pending() -> None:
    """desiredPhase is Pending, which is none of the three."""
    edit_workload(lambda workload: workload.update(desiredPhase="Pending"))


@fault(*_EACH, also=("WV2-CREATE-*",))
def configuration_is_null() -> None:
    """configuration is null, though only its member may be."""
    _told(lambda told: told.update(configuration=None))


@fault("WV2-GET-002")
def applied_manifest_is_null() -> None:
    """workloadManifest is null until the workload is synced."""

    def change(reply: Reply) -> Reply:
        body = reply.json
        if body["syncInfo"]["status"] != "Synced":
            body["workload"]["workloadManifest"] = None
        return reply.with_json(body)

    change_reply(change, "get")


@fault("WV2-CREATE-002", also=("WV2-CREATE-*",))
def projects_are_missing() -> None:
    """POST leaves the required projectId and projectName out."""
    _told(lambda told: (told.pop("projectId"), told.pop("projectName")), "create")
