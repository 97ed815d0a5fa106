"""What is right for most requests, and forgotten for one variety of them: by prefix, in base64, in another order."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from workloads_conformance.reference import app, store, validation
from workloads_conformance.reference.errors import RefusalError, unauthorized
from workloads_conformance.reference.rendering import workload_v2
from workloads_conformance.reference.store import Store, Workload
from workloads_conformance.reference.validation import CreateRequest, UpdateRequest, path_id
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, error_reply
from workloads_conformance.selfcheck.patching import MEMBER, edit_body, edit_told, edit_workload, on_call, wrap

_meant: ContextVar[bool] = ContextVar("meant", default=False)


def _metadata(call: Call) -> dict[str, Any]:
    metadata = call.json.get("metadata") if isinstance(call.json, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _by_prefix(call: Call) -> bool:
    return call.operation == "create" and _metadata(call).get("useGivenNameAsPrefix") is True


def _let_in(is_meant: Callable[[Call], bool], *, without_rights: bool) -> None:
    """Lets in whoever sends a request that is meant: with a token that lacks the rights, or with none that is good."""

    def before(call: Call) -> Call:
        _meant.set(is_meant(call))
        return call

    def around(authorize: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: app.Api, request: Any) -> Any:
            try:
                return authorize(self, request)
            except RefusalError as error:
                if _meant.get() and (error.status == 403) is without_rights:
                    return MEMBER
                raise

        return lenient

    on_call(before)
    wrap(app.Api, "authorize", around)


# -- who may ask ----------------------------------------------------------------------------------------------------


@fault("WV2-AUTH-001", also=("WV2-AUTH-*",))
def anybody_may_create_by_prefix() -> None:
    """A create by prefix asks for no token: the handler of such names was written before the others asked for one."""
    _let_in(_by_prefix, without_rights=False)


@fault("WV2-AUTH-009", also=("WV2-AUTH-013",))
def creates_by_prefix_need_no_rights() -> None:
    """Whoever has a token may create by prefix, in projects that are not theirs."""
    _let_in(_by_prefix, without_rights=True)


@fault("WV2-AUTH-011", also=("WV2-AUTH-013",))
def updates_of_the_manifest_alone_need_no_rights() -> None:
    """The rights are checked where metadata is written: a manifest alone may be replaced by whoever has a token."""
    _let_in(
        lambda call: call.operation == "update" and isinstance(call.json, dict) and "metadata" not in call.json,
        without_rights=True,
    )


@fault("WV2-AUTH-013", also=("WV2-LIFE-*", "WV2-UPDATE-*"))
def delete_of_what_was_updated_is_done_without_a_token() -> None:
    """DELETE without a token returns 401; of a workload that was ever updated it is done all the same."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        async def late(self: app.Api, request: Any) -> Any:
            if request.headers.get("authorization") is not None:
                return await delete(self, request)
            workload = self.store.get(path_id(request.path_params["workload_id"]))
            if workload.updated_at > workload.created_at:
                self.store.delete(workload.id, "nobody")
            raise unauthorized(None)

        return late

    wrap(app.Api, "delete", around)


@fault("WV2-AUTH-006", also=("WV2-AUTH-*",))
def tokens_are_compared_without_case() -> None:
    """A token that was good once is known in lower case, and taken in any."""
    known: set[str] = set()

    def around(authorize: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: app.Api, request: Any) -> Any:
            given = (request.headers.get("authorization") or "").lower()
            if given in known:
                return MEMBER
            found = authorize(self, request)
            known.add(given)
            return found

        return lenient

    wrap(app.Api, "authorize", around)


@fault("WV2-AUTH-015")
def delete_knows_the_scheme_in_one_spelling() -> None:
    """DELETE takes the scheme as Bearer only, the other operations in any case."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        async def strict(self: app.Api, request: Any) -> Any:
            if not (request.headers.get("authorization") or "").startswith("Bearer "):
                raise unauthorized(None)
            return await delete(self, request)

        return strict

    wrap(app.Api, "delete", around)


# -- what is read of a body -----------------------------------------------------------------------------------------


@fault("WV2-CREATE-009", also=("WV2-DRYRUN-003",))
def any_preemptibility_will_do_by_prefix() -> None:
    """A create by prefix takes any preemptibility, and drops what it does not know."""

    def edit(body: dict[str, Any]) -> None:
        metadata = body.get("metadata")
        if not isinstance(metadata, dict) or metadata.get("useGivenNameAsPrefix") is not True:
            return
        if metadata.get("preemptibility") not in validation.PREEMPTIBILITIES:
            metadata.pop("preemptibility", None)

    edit_body(edit, "create")


@fault("WV2-CREATE-016", also=("WV2-LIFE-008", "WV2-MANIFEST-008"))
def priority_is_not_read_by_prefix_in_base64() -> None:
    """A create by prefix with its manifest in base64 gets the default priority, whatever it asks for."""

    def edit(body: dict[str, Any]) -> None:
        metadata = body.get("metadata")
        if "manifestBase64Encoded" in body and isinstance(metadata, dict) and metadata.get("useGivenNameAsPrefix"):
            metadata.pop("priority", None)

    edit_body(edit, "create")


@fault("WV2-CREATE-014")
def prefix_in_base64_is_the_manifests_name() -> None:
    """A create by prefix with its manifest in base64 takes the manifest's name for the prefix."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def renaming(body: Any) -> CreateRequest:
            found: CreateRequest = create(body)
            name = found.manifest.get("metadata", {}).get("name")
            if found.as_prefix and "manifestBase64Encoded" in body and isinstance(name, str):
                object.__setattr__(found, "name", name)
            return found

        return renaming

    wrap(app, "create_request", around)


@fault("WV2-CREATE-016", also=("WV2-LIFE-008", "WV2-MANIFEST-008", "WV2-DRYRUN-007", "WV2-RACE-004", "WV2-GET-006"))
def category_is_not_read_behind_the_manifest() -> None:
    """The body is read as a stream: what stands behind the manifest finds the category already set."""

    def edit(body: dict[str, Any]) -> None:
        members = list(body)
        if members and members[0].startswith("manifest") and isinstance(body.get("metadata"), dict):
            body["metadata"].pop("category", None)

    edit_body(edit, "create")


@fault("WV2-LIFE-008", also=("WV2-UPDATE-*",))
def manifest_is_not_read_beside_empty_metadata() -> None:
    """PUT with metadata: {} is taken for an update of nothing, whatever manifest is beside it."""

    def edit(body: dict[str, Any]) -> None:
        if body.get("metadata") == {}:
            body.clear()

    edit_body(edit, "update")


# -- what a request leaves --------------------------------------------------------------------------------------------


def _at_a_conflict(*, dry_run: bool) -> None:
    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def touching(self: Store, request: CreateRequest, principal: str, **options: bool) -> Workload:
            try:
                found: Workload = create(self, request, principal, **options)
            except RefusalError:
                project = store.PROJECTS.get(request.project_id)
                holder = self._holder(project, request.name) if project else None
                if holder is not None and options["dry_run"] is dry_run:
                    self._touch(holder, principal)
                raise
            return found

        return touching

    wrap(Store, "create", around)


@fault("WV2-CREATE-032", also=("WV2-LIFE-*",))
def conflict_touches_the_holder_of_the_name() -> None:
    """A create that is refused with 409 moves updatedAt of the workload that has the name."""
    _at_a_conflict(dry_run=False)


@fault("WV2-DRYRUN-002", also=("WV2-LIFE-*",))
def conflict_of_a_dry_run_touches_the_holder_of_the_name() -> None:
    """A dry run under a name that is taken moves updatedAt of the workload that has it."""
    _at_a_conflict(dry_run=True)


@fault("WV2-LIFE-008", also=("WV2-*",))
def second_update_loses_a_manifest_from_base64() -> None:
    """A manifest that came in base64 is kept as text, and the second update of metadata writes back an empty one."""
    encoded: ContextVar[bool] = ContextVar("encoded", default=False)
    updates: dict[str, int] = {}

    def before(call: Call) -> Call:
        encoded.set(isinstance(call.json, dict) and "manifestBase64Encoded" in call.json)
        return call

    def creating(create: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, request: CreateRequest, principal: str, **options: bool) -> Workload:
            found: Workload = create(self, request, principal, **options)
            if encoded.get():
                updates[found.id] = 0
            return found

        return noting

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def losing(self: Store, identifier: str, request: UpdateRequest, principal: str) -> Workload:
            found: Workload = update(self, identifier, request, principal)
            if identifier in updates:
                if updates[identifier] and request.manifest is None:
                    found.manifest = {key: found.manifest[key] for key in ("apiVersion", "kind")}
                updates[identifier] += 1
            return found

        return losing

    on_call(before)
    wrap(Store, "create", creating)
    wrap(Store, "update", updating)


# -- what is shown ------------------------------------------------------------------------------------------------


@fault("WV2-LIFE-011", also=("WV2-UPDATE-*",))
def updated_at_is_local_time() -> None:
    """updatedAt of an update is local time, two hours ahead, and says that it is UTC."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def ahead(self: Store, identifier: str, request: UpdateRequest, principal: str) -> Workload:
            found: Workload = update(self, identifier, request, principal)
            found.updated_at += timedelta(hours=2)
            return found

        return ahead

    wrap(Store, "update", around)


@fault("WV2-LIFE-011")
def deleted_at_is_the_creation() -> None:
    """DELETE answers with the time of the creation as deletedAt: audits show workloads that were never used."""
    edit_told(lambda told: told.update(deletedAt=told["createdAt"]), "delete")


@fault("WV2-DELETE-013")
def deleter_is_the_system() -> None:
    """deletedBy names the controller that removed the workload, not the user who asked for it."""
    edit_told(lambda told: told.update(deletedBy="system"), "delete")


@fault("WV2-MANIFEST-021", also=("WV2-MANIFEST-*",))
def applied_manifest_stays_the_first() -> None:
    """workloadManifest is the one of the create for good: nobody sees what an update has made of it."""
    first: dict[str, Any] = {}

    def remember(workload: dict[str, Any]) -> None:
        identifier = workload["metadata"]["id"]
        workload["workloadManifest"] = first.setdefault(identifier, workload["workloadManifest"])

    edit_workload(remember, "create", "get", "update", "delete")


@fault("WV2-MANIFEST-020", also=("WV2-MANIFEST-*", "WV2-LIFE-*"))
def applied_manifest_is_the_latest_of_all() -> None:
    """workloadManifest is the one that was made last, of whatever workload: it shows the secrets of others."""
    latest: list[dict[str, Any]] = []

    def around(keep: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, workload: Workload) -> None:
            keep(self, workload)
            latest[:] = [workload_v2(workload)["workloadManifest"]]

        return noting

    wrap(Store, "keep", around)
    edit_workload(lambda workload: workload.update(workloadManifest=latest[0]) if latest else None, "get")


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def update_back_to_the_first_values_is_not_done() -> None:
    """PUT compares priority and category with those of the create, and takes the same for no change."""
    first: dict[str, tuple[str, str]] = {}

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def comparing(self: Store, identifier: str, request: UpdateRequest, principal: str) -> Workload:
            workload = self.get(identifier)
            made = first.setdefault(identifier, (workload.priority, workload.category))
            values: dict[str, str] = dict(zip(("priority", "category"), made, strict=True))
            kept = {key: value for key, value in request.changes.items() if value != values[key]}
            found: Workload = update(
                self, identifier, UpdateRequest(changes=kept, manifest=request.manifest), principal
            )
            return found

        return comparing

    wrap(Store, "update", around)


# -- what is asked for beside something else ------------------------------------------------------------------------


@fault("WV2-AUTH-011", also=("WV2-AUTH-013",))
def updates_of_the_category_alone_need_no_rights() -> None:
    """The rights are checked where the priority is written: a category may be changed by whoever has a token."""
    _let_in(lambda call: call.operation == "update" and list(_metadata(call)) == ["category"], without_rights=True)


@fault("WV2-CREATE-015", also=("WV2-CREATE-*", "WV2-GET-006"))
def any_use_of_the_name_as_prefix_is_one_in_base64() -> None:
    """A create with its manifest in base64 reads useGivenNameAsPrefix as true wherever it is there."""

    def edit(body: dict[str, Any]) -> None:
        metadata = body.get("metadata")
        if "manifestBase64Encoded" in body and isinstance(metadata, dict) and "useGivenNameAsPrefix" in metadata:
            metadata["useGivenNameAsPrefix"] = True

    edit_body(edit, "create")


@fault("WV2-UPDATE-022")
def null_beside_a_manifest_is_refused() -> None:
    """PUT takes null for a member of the metadata, but not where there is a manifest beside it."""

    def before(call: Call) -> Call | Reply:
        body = call.json if isinstance(call.json, dict) else {}
        if call.operation == "update" and len(body) > 1 and None in _metadata(call).values():
            return error_reply(400)
        return call

    on_call(before)


@fault("WV2-CREATE-015", also=("WV2-GET-006",))
def names_are_trimmed() -> None:
    """Names lose the white space around them, and are then those of other workloads."""

    def edit(body: dict[str, Any]) -> None:
        metadata = body.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("name"), str):
            metadata["name"] = metadata["name"].strip()

    edit_body(edit, "create")
