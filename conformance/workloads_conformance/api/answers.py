"""Answers of this API, and what tests ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from workloads_conformance import runner
from workloads_conformance.runner import is_success

from .envelope import at, metadata_in, says_deleted, state_in, workload_id, workload_in


@dataclass(frozen=True, slots=True)
class Answer(runner.Answer):
    """An exchange that has a response, which may show a workload."""

    def at(self, *path: str) -> Any:
        """Returns the member at `path` of the body; None where there is none."""
        return at(self.body, *path)

    @property
    def workload(self) -> dict[str, Any]:
        """The WorkloadV2 in the body, which GET wraps; empty if there is none."""
        return workload_in(self.body, self.method)

    @property
    def metadata(self) -> dict[str, Any]:
        """The workload's metadata; empty if there is none."""
        return metadata_in(self.workload)

    @property
    def id(self) -> str:
        """The workload's id, if it is a UUID, as the contract has it; empty otherwise. Nothing else enters a path."""
        found = self.metadata.get("id")
        return str(found) if workload_id(found) is not None else ""


def is_gone(answer: Answer) -> bool:
    """True if an answer to GET shows that the workload is deleted: 404, or a workload marked as deleted."""
    if answer.status == 404:
        return True
    return is_success(answer) and says_deleted(answer.body, answer.method)


def marks_of_deletion(answer: Answer) -> str:
    """Returns the members by which a workload may be marked as deleted, as an answer shows them."""
    marks = {
        "metadata.deletedAt": answer.metadata.get("deletedAt"),
        "desiredPhase": answer.workload.get("desiredPhase"),
        "syncInfo.status": answer.at("syncInfo", "status"),
    }
    return "\n".join(f"{name}: {value}" for name, value in marks.items() if value is not None)


def is_settled(answer: Answer) -> bool:
    """True if an answer to GET shows a workload that the platform is done with, or of which that is not said."""
    return is_success(answer) and state_in(answer.body) in (None, "Synced", "Failed")


def is_at_rest(answer: Answer) -> bool:
    """True if an answer to GET shows a workload, and says that the platform is done with it."""
    return is_success(answer) and state_in(answer.body) in ("Synced", "Failed")


def is_uuid(text: str) -> bool:
    """True for a UUID in its canonical notation."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
