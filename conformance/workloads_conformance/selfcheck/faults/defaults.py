"""What a create does that was refused, or that left something out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from workloads_conformance.reference import serving
from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import create_request
from workloads_conformance.reference.workload_types import PRIORITIES, derived_preemptibility
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply
from workloads_conformance.selfcheck.patching import edit_body, edit_told, on_reply, wrap


def _new(change: Callable[[Any, Any], object]) -> None:
    """Changes each new workload, given it and the server's CreateRequest."""

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def changed(self: Store, request: Any, *others: object) -> Any:
            made = make(self, request, *others)
            change(made, request)
            return made

        return changed

    wrap(Store, "_new", around)


def _kept_though(refused: Callable[[dict[str, Any]], bool]) -> None:
    """Takes the name of a create that is refused, where `refused` says that this is the reason."""
    stores: list[Store] = []

    def noting(make: Callable[..., Any]) -> Callable[..., Any]:
        def made(one: Store, tokens: object) -> object:
            stores.append(one)
            return make(one, tokens)

        return made

    wrap(serving, "make_app", noting)

    def after(call: Call, reply: Reply) -> Reply:
        body = call.json
        metadata = body.get("metadata") if isinstance(body, dict) else None
        if call.operation != "create" or reply.status != 400 or not isinstance(metadata, dict):
            return reply
        good = {"name": metadata.get("name"), "projectId": metadata.get("projectId")}
        if refused(body):
            try:
                manifest = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {}}
                wanted = create_request({"metadata": good, "manifest": manifest})
                stores[-1].create(wanted, "conformance", dry_run=False)
            except RefusalError:
                return reply
        return reply

    on_reply(after)


@fault("WV2-CREATE-032", also=("WV2-CREATE-005",))
def refused_priority_leaves_the_workload() -> None:
    """The workload is stored before its priority is checked: what was refused with 400 is there and runs."""
    _kept_though(lambda body: "priority" in body["metadata"])


@fault("WV2-CREATE-032", also=("WV2-CREATE-005",))
def refused_forms_leave_the_workload() -> None:
    """The workload is stored before its manifests are looked at: both forms at once are refused, and kept."""
    _kept_though(lambda body: {"manifest", "manifestBase64Encoded"} <= body.keys())


@fault("WV2-CREATE-032", also=("WV2-CREATE-005",))
def refused_base64_leaves_the_workload() -> None:
    """The name is taken before base64 is decoded, and not given back."""
    _kept_though(lambda body: "manifestBase64Encoded" in body and "manifest" not in body)


@fault("WV2-CREATE-029")
def derived_preemptibility_is_drawn() -> None:
    """A preemptibility that is not set is another one each time."""
    numbers = itertools.count()
    values = ("preemptible", "non-preemptible")
    _new(lambda made, wanted: setattr(made, "preemptibility", wanted.preemptibility or values[next(numbers) % 2]))


@fault("WV2-CREATE-030", also=("WV2-CREATE-016",))
def mnnvl_of_one_kind_is_dropped() -> None:
    """A PyTorchJob that asks for MNNVL is accepted without: it trains over the slow network, and nobody is told."""

    def edit(body: dict[str, Any]) -> None:
        manifest, metadata = body.get("manifest"), body.get("metadata")
        if isinstance(manifest, dict) and manifest.get("kind") == "PyTorchJob" and isinstance(metadata, dict):
            metadata.pop("configuration", None)

    edit_body(edit, "create")


@fault("WV2-CREATE-031")
def serving_kinds_have_no_priority() -> None:
    """A workload of a serving kind has an empty text as priority: its default was not entered."""
    edit_told(lambda told: told.update(priority="") if told["gvk"]["kind"] == "InferenceService" else None)


@fault("WV2-CREATE-031", also=("WV2-CREATE-038", "WV2-MANIFEST-008"))
def default_priority_is_drawn() -> None:
    """A workload that names no priority gets another one each time."""
    numbers = itertools.count()
    _new(lambda made, wanted: setattr(made, "priority", wanted.priority or PRIORITIES[next(numbers) % 7]))


@fault("WV2-CREATE-031", also=("WV2-CREATE-038",))
def default_priority_is_none_of_the_seven() -> None:
    """A workload that names no priority gets `default`, which nobody can ask for."""
    _new(lambda made, wanted: setattr(made, "priority", wanted.priority or "default"))


@fault("WV2-CREATE-038")
def default_priority_is_another_type_s() -> None:
    """Every type's default priority is medium, whatever the list of types says."""
    _new(lambda made, wanted: setattr(made, "priority", wanted.priority or "medium"))


@fault("WV2-CREATE-038", "WV2-CREATE-029")
def default_preemptibility_is_another_type_s() -> None:
    """Workloads that set neither are non-preemptible, whatever the list of types says."""

    def change(made: Any, wanted: Any) -> None:
        if wanted.preemptibility is None and wanted.priority is None:
            made.preemptibility = "non-preemptible"

    _new(change)


@fault("WV2-CREATE-028", "WV2-CREATE-016")
def low_priorities_are_always_preemptible() -> None:
    """Below high a workload is preemptible, whatever it set explicitly."""

    def change(made: Any, _wanted: Any) -> None:
        if derived_preemptibility(made.priority) == "preemptible":
            made.preemptibility = "preemptible"

    _new(change)


@fault("WV2-CREATE-028", "WV2-CREATE-016")
def very_high_is_never_preemptible() -> None:
    """very-high is non-preemptible, whatever was set explicitly."""

    def change(made: Any, wanted: Any) -> None:
        if wanted.priority == "very-high":
            made.preemptibility = "non-preemptible"

    _new(change)


@fault("WV2-CREATE-034")
def tenant_is_another_each_time() -> None:
    """tenantId counts requests."""
    numbers = itertools.count(1)
    edit_told(lambda told: told.update(tenantId=next(numbers)), "create")


@fault("WV2-CREATE-034")
def department_is_the_workload_s() -> None:
    """departmentId is made of the workload's id."""
    edit_told(lambda told: told.update(departmentId=told["id"][:8]))


@fault("WV2-CREATE-021")
def null_mode_requires_mnnvl() -> None:
    """mnnvl: null is echoed as Required."""

    def change(made: Any, wanted: Any) -> None:
        if wanted.mnnvl is None:
            made.mnnvl = "Required"

    _new(change)
