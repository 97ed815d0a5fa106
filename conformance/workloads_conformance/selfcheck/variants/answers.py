"""Honest servers that tell more, less, or in another notation."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from workloads_conformance.reference import rendering
from workloads_conformance.reference.store import Store
from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.exchanges import Call, Reply
from workloads_conformance.selfcheck.patching import (
    edit_answer,
    edit_error,
    edit_told,
    edit_workload,
    on_reply,
    put,
    wrap,
)
from workloads_conformance.selfcheck.values import deep

_ERRORS = range(400, 600)


# -- what is told ---------------------------------------------------------------------------------------------------


@variant()
def extra_members_in_responses() -> None:
    """Answers have members that the contract does not name, at every level."""
    edit_answer(lambda body: body.update(xExtra=[1, None]))
    edit_workload(lambda workload: (workload.update(xMore={}), workload["metadata"].update(labels={"a": "b"})))
    edit_error(lambda body: body.update(traceId="4bf92f3577b34da6"), status=_ERRORS)


@variant(clashes=("deleted-at-is-set-at-once", "tombstones-stay", "tombstones-take-deletes"))
def optional_members_are_left_out() -> None:
    """Answers have no member that the schema does not require."""
    optional = ("priority", "category", "preemptibility", "configuration", "deletedAt", "deletedBy")
    edit_told(lambda told: [told.pop(key, None) for key in optional])
    edit_answer(lambda body: body.pop("syncInfo", None), "get")


_NULLABLE = ("priority", "category", "preemptibility", "deletedAt", "deletedBy")


@variant(clashes=("deleted-at-is-set-at-once", "tombstones-stay", "tombstones-take-deletes"))
def optional_members_are_null() -> None:
    """Members that are optional and nullable are null."""
    edit_told(lambda told: told.update(dict.fromkeys(_NULLABLE), configuration={"mnnvl": None}))


@variant()
def optional_members_are_null_or_left_out_by_turns() -> None:
    """priority, category and preemptibility are told by one answer, null in the next, and left out by the one after."""
    turns = itertools.count()

    def edit(told: dict[str, Any]) -> None:
        turn = next(turns) % 3
        for key in _NULLABLE[:3]:
            if turn == 1:
                told[key] = None
            elif turn:
                told.pop(key)

    edit_told(edit)


@variant()
def unnamed_members_move() -> None:
    """Members that the contract does not name are others in each answer: an age, a revision."""
    turns = itertools.count()

    def edit(workload: dict[str, Any]) -> None:
        turn = next(turns)
        workload["ageSeconds"] = workload["metadata"]["ageSeconds"] = turn
        workload["metadata"]["gvk"]["resourceVersion"] = str(turn)
        workload["metadata"]["configuration"]["checked"] = turn

    edit_workload(edit)


@variant()
def gvk_names_the_resource_too() -> None:
    """gvk has more members than three."""
    edit_told(lambda told: told["gvk"].update(resource=told["gvk"]["kind"].lower() + "s", scope="Namespaced"))


@variant(
    clashes=("times-have-an-offset", "times-have-seconds-only", "times-are-in-small-letters", "ids-are-in-capitals")
)
def reads_come_from_another_store() -> None:
    """GET returns times to the millisecond, in another zone, and ids in capitals, as the store behind it keeps them."""

    def edit(told: dict[str, Any]) -> None:
        for key in ("createdAt", "updatedAt", "deletedAt"):
            if told[key]:
                moment = datetime.fromisoformat(told[key]).astimezone(timezone(timedelta(hours=-3)))
                told[key] = moment.isoformat(timespec="milliseconds")
        told.update(id=told["id"].upper(), clusterId=told["clusterId"].upper())

    edit_told(edit, "get")


@variant()
def priority_is_left_out() -> None:
    """Answers do not have the priority."""
    edit_told(lambda told: told.pop("priority", None))


@variant()
def sync_info_is_left_out() -> None:
    """GET has no syncInfo."""
    edit_answer(lambda body: body.pop("syncInfo", None), "get")


@variant()
def sync_info_has_a_message() -> None:
    """syncInfo has a message of the longest length."""
    edit_answer(lambda body: body.get("syncInfo", {}).update(message="m" * 250), "get")


@variant()
def errors_have_no_details() -> None:
    """Errors have code and message only."""
    edit_error(lambda body: body.pop("details", None), status=_ERRORS)


@variant()
def errors_have_empty_details() -> None:
    """Errors have empty details."""
    edit_error(lambda body: body.update(details=""), status=_ERRORS)


@variant(clashes=("times-have-seconds-only", "times-have-nanoseconds"))
def times_have_an_offset() -> None:
    """Timestamps are in another zone, and say so."""
    zone = timezone(timedelta(hours=5, minutes=30))
    put(rendering, "_time", lambda moment: moment.astimezone(zone).isoformat(timespec="milliseconds"))


@variant(clashes=("times-have-an-offset", "times-have-nanoseconds"))
def times_have_seconds_only() -> None:
    """Timestamps have no fraction, and the clock moves by seconds."""
    put(rendering, "_time", lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


@variant(clashes=("times-have-an-offset", "times-have-seconds-only"))
def times_have_nanoseconds() -> None:
    """Timestamps have nine digits of a second."""
    put(rendering, "_time", lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z")


@variant(clashes=("times-have-an-offset", "times-have-seconds-only", "times-have-nanoseconds"))
def times_are_in_small_letters() -> None:
    """T and Z are in lower case, which RFC 3339, 5.6 allows."""
    put(rendering, "_time", lambda moment: moment.strftime("%Y-%m-%dt%H:%M:%S.%fz"))


@variant(clashes=("applied-manifest-is-reduced",))
def applied_manifest_is_enriched() -> None:
    """workloadManifest has all that the platform adds: labels, a scheduler, environment variables."""

    def enrich(workload: dict[str, Any]) -> None:
        manifest = workload["workloadManifest"]
        if isinstance(manifest.setdefault("spec", {}), dict):
            manifest["spec"]["schedulerName"] = "runai-scheduler"
        manifest["status"] = {"conditions": []}

    edit_workload(enrich)


@variant(clashes=("applied-manifest-is-enriched",))
def applied_manifest_is_reduced() -> None:
    """workloadManifest is empty: nothing is applied yet."""
    edit_workload(lambda workload: workload.update(workloadManifest={}))


@variant()
def integers_have_a_point() -> None:
    """Integers in manifests are written as 1.0: JSON knows only numbers."""
    edit_workload(
        lambda workload: workload.update(
            rawManifest=deep(
                workload["rawManifest"],
                lambda value: float(value) if isinstance(value, int) and not isinstance(value, bool) else value,
            )
        )
    )


@variant()
def ids_are_in_capitals() -> None:
    """Ids are in capitals, and read in any case."""
    edit_told(lambda told: told.update(id=told["id"].upper()))


@variant()
def default_mode_is_told_as_null() -> None:
    """The MNNVL mode of a workload that did not name one is null."""

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def unset(self: Store, request: Any, *others: Any) -> Any:
            made = make(self, request, *others)
            made.mnnvl = request.mnnvl
            return made

        return unset

    wrap(Store, "_new", around)


@variant()
def configuration_is_empty() -> None:
    """configuration is returned without its member."""
    edit_told(lambda told: told.update(configuration={}))


@variant()
def suffix_has_no_hyphen() -> None:
    """The random characters follow a prefix directly."""
    _suffixed(lambda name: name + secrets.token_hex(4))


@variant()
def long_prefixes_are_cut() -> None:
    """A prefix that leaves no room for random characters is cut."""
    _suffixed(lambda name: f"{name[:54]}-{secrets.token_hex(4)}")


def _suffixed(make: Callable[[str], str]) -> None:
    wrap(
        Store,
        "_name",
        lambda name: (
            lambda self, request, project: make(request.name) if request.as_prefix else name(self, request, project)
        ),
    )


@variant()
def dry_runs_have_the_nil_id() -> None:
    """A dry run answers with the nil UUID: there is no workload that could have another."""

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if not call.dry_run or reply.status != 202:
            return reply
        body["metadata"]["id"] = "00000000-0000-0000-0000-000000000000"
        return reply.with_json(body)

    on_reply(after)
