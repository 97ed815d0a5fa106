"""Answers to creates that say something else than what was asked for, or than what was made."""

from __future__ import annotations

import uuid
from typing import Any

from workloads_conformance.reference import app, store
from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.store import PROJECTS, Store
from workloads_conformance.reference.workload_types import derived_preemptibility
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import change_reply, edit_told, put, wrap

_OTHER_PROJECT = list(PROJECTS)[1]


@fault("WV2-CREATE-015", also=("WV2-CREATE-014", "WV2-GET-006"))
def name_is_told_in_capitals() -> None:
    """The answer has the name in capitals; looking for it by that name finds nothing."""
    edit_told(lambda told: told.update(name=told["name"].upper()), "create")


@fault("WV2-CREATE-015", also=("WV2-GET-006",))
def project_is_told_by_name() -> None:
    """The answer has the project's name where its id belongs."""
    edit_told(lambda told: told.update(projectId=told["projectName"]), "create")


@fault("WV2-CREATE-015")
def workload_lands_in_another_project() -> None:
    """The workload is made in a project that the client did not name, against that project's quota."""
    put(store, "PROJECTS", dict.fromkeys(PROJECTS, PROJECTS[_OTHER_PROJECT]))


@fault("WV2-CREATE-015", also=("WV2-GET-006",))
def cluster_is_told_as_zeros() -> None:
    """The answer has a cluster that does not exist."""
    edit_told(lambda told: told.update(clusterId="00000000-0000-0000-0000-000000000000"), "create")


@fault("WV2-CREATE-016")
def priority_is_the_default() -> None:
    """The priority that was asked for is checked and forgotten: every workload gets its type's default."""
    _new(lambda made: setattr(made, "priority", made.type.priority))


@fault("WV2-CREATE-016")
def very_high_becomes_high() -> None:
    """very-high is stored as high, and the workload waits behind those that are very-high elsewhere."""
    _new(lambda made: setattr(made, "priority", "high" if made.priority == "very-high" else made.priority))


@fault("WV2-CREATE-016")
def category_is_the_default() -> None:
    """The category that was asked for is forgotten: every workload is shown under its type's default."""
    _new(lambda made: setattr(made, "category", made.type.category))


@fault("WV2-CREATE-016")
def category_is_told_in_lower_case() -> None:
    """The category comes back in lower case, and a client that groups by it has two groups of one."""
    _new(lambda made: setattr(made, "category", made.category.lower()))


@fault("WV2-CREATE-016")
def preemptibility_follows_priority() -> None:
    """The preemptibility that was set explicitly gives way to the one that follows from the priority."""
    _new(lambda made: setattr(made, "preemptibility", derived_preemptibility(made.priority)))


@fault("WV2-CREATE-016")
def preemptibility_is_turned_round() -> None:
    """preemptible is stored as non-preemptible and the other way round."""
    other = {"preemptible": "non-preemptible", "non-preemptible": "preemptible"}
    _new(lambda made: setattr(made, "preemptibility", other[made.preemptibility]))


@fault("WV2-CREATE-016")
def category_lands_in_priority() -> None:
    """Priority and category are mixed up where both are given."""
    edit_told(lambda told: told.update(priority=told["category"], category=told["priority"]), "create")


@fault("WV2-CREATE-021")
def mnnvl_is_required_by_default() -> None:
    """A workload that did not ask for MNNVL is said to require it, and waits for nodes that have it."""

    def around(make: Any) -> Any:
        def changed(self: Store, request: Any, project: Any, principal: str) -> Any:
            made = make(self, request, project, principal)
            made.mnnvl = request.mnnvl or "Required"
            return made

        return changed

    wrap(Store, "_new", around)


@fault("WV2-DELETE-012", "WV2-CREATE-017", also=("WV2-DELETE-010",))
def id_follows_from_the_name() -> None:
    """The id is made of the name, so that a workload that is created again has the id of the deleted one."""
    _new(lambda made: setattr(made, "id", str(uuid.uuid5(uuid.NAMESPACE_URL, made.name))))


@fault("WV2-CREATE-017", also=("WV2-GET-003", "WV2-GET-006"))
def all_ids_are_one() -> None:
    """Every workload has the same id, and a client reads the last one that anybody made."""
    _new(lambda made: setattr(made, "id", "3f2b7a1e-1111-4111-8111-111111111111"))


@fault("WV2-CREATE-018")
def group_holds_the_version() -> None:
    """gvk.group is the whole apiVersion."""
    edit_told(lambda told: told["gvk"].update(group=f"{told['gvk']['group']}/{told['gvk']['version']}"))


@fault("WV2-CREATE-018")
def kind_is_told_in_lower_case() -> None:
    """gvk.kind is in lower case, as resources are and kinds are not."""
    edit_told(lambda told: told["gvk"].update(kind=told["gvk"]["kind"].lower()))


@fault("WV2-CREATE-018")
def group_is_empty() -> None:
    """gvk.group is empty for kinds that are not of the core group."""
    edit_told(lambda told: told["gvk"].update(group=""))


@fault("WV2-CREATE-018")
def gvk_of_the_core_group_has_no_version() -> None:
    """gvk.version is what follows the slash of apiVersion, and v1 has none."""
    edit_told(lambda told: told["gvk"]["group"] or told["gvk"].update(version=""))


@fault("WV2-CREATE-018")
def kind_is_job_for_all() -> None:
    """gvk says batch/v1 Job whatever the manifest is."""
    edit_told(lambda told: told.update(gvk={"group": "batch", "version": "v1", "kind": "Job"}))


# -- status ---------------------------------------------------------------------------------------------------------


_ACCEPTANCE = ("WV2-CREATE-*", "WV2-DRYRUN-*", "WV2-DELETE-006", "WV2-AUTH-013", "WV2-UPDATE-*", "WV2-LIFE-*")
"""Clauses whose tests expect 202 of some create."""


@fault("WV2-CREATE-001", also=_ACCEPTANCE)
def created_is_201() -> None:
    """POST answers 201, and a client that waits for 202 takes it for a failure."""
    change_reply(lambda reply: reply.with_status(201), "create", status=(202,))


@fault("WV2-CREATE-001", also=_ACCEPTANCE)
def created_is_200() -> None:
    """POST answers 200."""
    change_reply(lambda reply: reply.with_status(200), "create", status=(202,))


@fault("WV2-CREATE-001", also=("WV2-CREATE-*", "WV2-MANIFEST-*", "WV2-DRYRUN-*"))
def wrong_is_422() -> None:
    """POST answers 422 where the contract has 400; the client takes it for its own fault in another way."""
    change_reply(lambda reply: reply.with_status(422), "create", status=(400,))


@fault("WV2-CREATE-005")
def conflict_is_400() -> None:
    """A name that is in use returns 400, so that a client cannot tell it from a mistake of its own."""
    change_reply(lambda reply: reply.with_status(400), "create", status=(409,))


@fault("WV2-CREATE-001", provoked_by=("WV2-CREATE-035", "WV2-CREATE-030"), also=("WV2-CREATE-030",))
def unknown_project_is_404() -> None:
    """A project that does not exist returns 404, which POST does not document."""
    wrap(store, "bad_request", lambda _: lambda details: RefusalError(404, "Not found", details))


@fault("WV2-CREATE-005")
def repeated_create_gives_the_first() -> None:
    """A create under a name in use returns 202 with the old workload; the client takes it for its own."""

    def around(create: Any) -> Any:
        def lenient(self: Store, request: Any, principal: str, *, dry_run: bool) -> Any:
            holder = self._holder(PROJECTS[request.project_id], request.name)
            return holder or create(self, request, principal, dry_run=dry_run)

        return lenient

    wrap(Store, "create", around)


@fault("WV2-CREATE-005")
def names_may_repeat() -> None:
    """Two workloads of one name live in one project."""
    wrap(Store, "_holder", lambda _: lambda _self, _project, _name: None)


@fault("WV2-CREATE-005")
def names_may_repeat_with_base64() -> None:
    """The name is looked up only where the manifest comes in JSON form."""

    def around(create_request: Any) -> Any:
        def noting(body: object) -> Any:
            unchecked["now"] = isinstance(body, dict) and "manifestBase64Encoded" in body
            return create_request(body)

        return noting

    unchecked = {"now": False}
    wrap(app, "create_request", around)
    wrap(
        Store,
        "_holder",
        lambda holder: lambda self, project, name: None if unchecked["now"] else holder(self, project, name),
    )


def _new(change: Any) -> None:
    def around(make: Any) -> Any:
        def changed(self: Store, request: Any, project: Any, principal: str) -> Any:
            made = make(self, request, project, principal)
            change(made)
            return made

        return changed

    wrap(Store, "_new", around)
