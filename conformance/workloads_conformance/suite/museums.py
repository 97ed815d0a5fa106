"""Shows a museum to a target, and finds out which of its specimens is refused or does not come back."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from workloads_conformance.api import GONE, Answer, WorkloadTrial, is_gone
from workloads_conformance.runner import UndecidedError, identical, is_success
from workloads_strategies import smallest_manifest
from workloads_strategies.kinds import Path, at
from workloads_strategies.specimens import CREATE, DRY_RUN, UPDATE, Built, Exhibit, Museum

from .fullness import CLAUSE as FULLNESS
from .fullness import judge_full, lost
from .revisions import revised, revision, revision_of

MOST: Final = 20
"""Requests that finding out a specimen may take, with which the case around it is done."""

_ACCEPTED: Final = {
    (CREATE, "json"): "WV2-CREATE-003",
    (CREATE, "base64"): "WV2-CREATE-004",
    (UPDATE, "json"): "WV2-UPDATE-004",
    (UPDATE, "base64"): "WV2-UPDATE-005",
    (DRY_RUN, "json"): "WV2-DRYRUN-001",
    (DRY_RUN, "base64"): "WV2-DRYRUN-001",
}
_NO_PRIORITY: Final = "no such priority"
_CONFLICT: Final = 409
_OF_THE_DEAD: Final = {"example.com/life": "first"}
_FIXED_KINDS: Final = ("Job", "Pod")
"""Kinds of which the API server of Kubernetes refuses another template, or other containers."""
_CALLED: Final = {CREATE: "a create", UPDATE: "an update", DRY_RUN: "a dry run"}


@dataclass(slots=True)
class ShownMuseum:
    """A museum as it was sent, and the answer."""

    museum: Museum
    built: Built
    answer: Answer


@dataclass(frozen=True, slots=True)
class Way:
    """A way to show a museum once more.

    Attributes:
        again: shows a museum; returns it as it was sent, with the answer in which it has to come back, if it was taken.
        cost: how many requests that takes.
    """

    again: Callable[[Museum], Awaitable[ShownMuseum]]
    cost: int = 1


Fails = Callable[[Museum], Awaitable[bool]]
"""Shows a museum; says whether it is refused, or does not come back."""


@dataclass(slots=True)
class Guide:
    """Shows museums in one case.

    Attributes:
        trial: the case's.
        identifier: the workload that updates go to.
        name: its name.
        before: its rawManifest, as it was last read.
        revisions: how many updates were sent to it.
    """

    trial: WorkloadTrial
    identifier: str = ""
    name: str = ""
    before: object = None
    revisions: int = 0
    _freed: str = ""
    _has_observed: bool = False

    async def live_before(self) -> None:
        """Lets a workload live and go, whose name the next museum has, and has a create refused.

        Where none comes to live, the museum does without: it judges whether creates are accepted.
        """
        with contextlib.suppress(UndecidedError):
            self._freed = await self._freed_name()
        await self.trial.probe(self.trial.body(priority=_NO_PRIORITY))

    async def _freed_name(self) -> str:
        body = self.trial.body(priority="high", category="Train", preemptibility="preemptible")
        body["manifest"]["metadata"] |= {"labels": _OF_THE_DEAD, "annotations": _OF_THE_DEAD}
        created = await self.trial.existing(body)
        await self.trial.update(created.id, {"metadata": {"priority": "low"}})
        if not is_success(await self.trial.delete(created.id)):  # what becomes of it is judged elsewhere
            return ""
        gone = await self.trial.eventually(GONE, partial(self.trial.get, created.id), is_gone, needed=False)
        return str(created.metadata.get("name")) if is_gone(gone) else ""

    async def update_in_vain(self) -> None:
        """Has an update refused."""
        await self.trial.update(self.identifier, {"metadata": {"priority": _NO_PRIORITY}})

    async def show(self, museum: Museum, operation: str) -> ShownMuseum:
        """Sends a museum, whatever the answer."""
        freed, self._freed = self._freed if operation == CREATE else "", ""
        name = self.name if operation == UPDATE else freed or self.trial.name()
        built = museum.built(name)
        if operation == UPDATE:
            self.revisions += 1
            built.manifest = revised(built.manifest, f"museum-{self.revisions}")
            body = museum.form.body({}, built.manifest, built.fragments)
            return ShownMuseum(museum, built, await self.trial.update(self.identifier, body))
        members = self.trial.wrap(smallest_manifest(museum.kind), name=name)
        members = {"metadata": members["metadata"]}
        body = museum.form.body(members, built.manifest, built.fragments)
        dry_run = "true" if operation == DRY_RUN else None
        send = partial(self.trial.create, body, dry_run=dry_run)
        if not freed:
            return ShownMuseum(museum, built, await send())
        answer = await self.trial.eventually("name free after delete", send, _is_free, needed=False)
        if not _is_free(answer):  # which is judged elsewhere
            return await self.show(museum, operation)
        return ShownMuseum(museum, built, answer)

    async def admitted(self, museum: Museum, operation: str) -> ShownMuseum | None:
        """Returns the museum as it is accepted: without what may be refused, where that is refused.

        Judges that what must be taken is, and names what is not; None if nothing is accepted.

        Raises:
            UndecidedError: all together is refused, and nothing alone.
        """
        shown = await self.show(museum, operation)
        requirement = _ACCEPTED[operation, museum.form.family]
        if is_success(shown.answer):
            self.trial.judge(requirement, satisfied=True, message="", expected="", observed="")
            return shown
        must = museum.only([found for found in museum.exhibits if found.specimen.must_be_taken])
        if len(must.exhibits) < len(museum.exhibits):
            without = await self.show(must, operation)
            if is_success(without.answer):
                if not self._has_observed:
                    self._has_observed = True
                    await self._observe_refused(museum, operation)
                    if operation == UPDATE:  # what was tried to find the specimen has been written over it
                        without = await self.show(must, operation)
                        self.trial.need_accepted(without.answer, "the update")
                self.trial.judge(requirement, satisfied=True, message="", expected="", observed="")
                return without
            shown = without
        return await self._refused(shown, operation, requirement)

    async def _refused(self, shown: ShownMuseum, operation: str, requirement: str) -> ShownMuseum | None:
        """Judges a refusal of what must be taken, unless it is the form that may be refused."""
        museum = shown.museum
        plain = await self.show(museum.only(()), operation)
        if not is_success(plain.answer):
            if not museum.form.must_be_taken:
                self.trial.observe("WV2-MANIFEST-015", f"{museum.form.name} is refused ({plain.answer.status})")
                return None
            if operation == UPDATE and await self._is_fixed(museum):
                refusal = f"the template of a {museum.kind} is refused ({plain.answer.status})"
                self.trial.observe("WV2-UPDATE-027", f"another manifest than the present one: {refusal}")
                return None
            what = f"{museum.form.name} with nothing in it"
        else:
            culprit = await found_in(museum, self._refusal(operation))
            if culprit is None:  # it may be too much at once, or another thing that has nothing to do with any of them
                count = len(museum.exhibits)
                raise UndecidedError(
                    f"{_CALLED[operation]} of a manifest with {count} specimens returned {shown.answer.status}, and "
                    "each of them alone is accepted: the target may limit how much a manifest has"
                )
            what = culprit.label
        self.trial.judge(
            requirement,
            satisfied=False,
            message=f"{_CALLED[operation]}: {what} of a {museum.kind} ({_form(museum)}) was refused",
            code=f"specimen/refused:{what}",
            expected=202,
            observed=str(shown.answer),
            answer=shown.answer,
        )
        return None

    async def _is_fixed(self, museum: Museum) -> bool:
        """True if the manifest that is there is accepted in the same form, with another annotation alone.

        Asked of kinds of which Kubernetes itself lets little be changed.
        """
        if museum.kind not in _FIXED_KINDS or not isinstance(self.before, dict):
            return False
        self.revisions += 1
        same = revised(self.before, f"museum-{self.revisions}")
        return is_success(await self.trial.update(self.identifier, museum.form.body({}, same)))

    async def _observe_refused(self, museum: Museum, operation: str) -> None:
        may = museum.only([found for found in museum.exhibits if not found.specimen.must_be_taken])
        culprit = await found_in(may, self._refusal(operation))
        what = culprit.specimen.name if culprit else "what may be refused, together"
        document = culprit is not None and bool(culprit.specimen.fragment)
        self.trial.observe("WV2-MANIFEST-015" if document else "WV2-CREATE-037", f"{what}: refused")

    def _refusal(self, operation: str) -> Fails:
        async def is_refused(museum: Museum) -> bool:
            return not is_success((await self.show(museum, operation)).answer)

        return is_refused

    async def came_back(self, shown: ShownMuseum, told: Answer, when: str, way: Way, *, also: str = "") -> str:
        """Judges that an answer's rawManifest is what was sent; returns what is not, empty if all of it is.

        Args:
            shown: what was sent.
            told: the answer.
            when: in which words a finding says which answer it is.
            way: how another museum is shown so.
            also: another requirement that is judged by the same.
        """
        raw = told.workload.get("rawManifest")
        _keep_merge_keys(shown.built, raw)
        sent = shown.built.manifest
        requirements = [name for name in ("WV2-MANIFEST-009", also) if name]
        if same_manifest(sent, raw):
            for requirement in (*requirements, FULLNESS):
                self.trial.judge(requirement, satisfied=True, message="", expected="", observed="")
            return ""
        is_lost = lost(sent, told) is not None
        culprit = await self._culprit(shown, told, way, _is_lost if is_lost else _is_other)
        what = culprit.label if culprit else "a manifest"
        of_what = f"{what} of a {shown.museum.kind} ({_form(shown.museum)}, {when})"
        difference = self.trial.contrast(sent, raw, ("rawManifest",))
        for requirement in requirements:
            self.trial.judge(
                requirement,
                satisfied=False,
                message=f"rawManifest: {of_what} is not what was sent",
                code=f"specimen/changed:{what}",
                expected=difference.expected,
                observed=difference.observed,
                answer=told,
            )
        judge_full(self.trial, sent, told, f": {of_what}", f"specimen/lost:{what}")
        return what

    async def _culprit(
        self, shown: ShownMuseum, told: Answer, way: Way, is_wrong: Callable[[Mapping[str, Any], Answer], bool]
    ) -> Exhibit | None:
        """Returns the specimen that alone does not come back; None if it is none, or the smallest manifest is not."""
        raw = told.workload.get("rawManifest")

        async def fails(museum: Museum) -> bool:
            again = await way.again(museum)
            return is_success(again.answer) and is_wrong(again.built.manifest, again.answer)

        if not isinstance(raw, dict) or await fails(shown.museum.only(())):
            return None
        wrong = [
            exhibit
            for exhibit, paths in shown.built.paths.items()
            if not all(same_manifest(_value(raw, path), _value(shown.built.manifest, path)) for path in paths)
        ]
        return await found_in(shown.museum.only(wrong) if wrong else shown.museum, fails, way.cost)

    async def updated(self, shown: ShownMuseum) -> Answer:
        """Returns the reading that shows an update.

        Raises:
            UndecidedError: none does within the settle time, and what is shown is what was there before.
        """
        mark = revision_of(shown.built.manifest)
        seen = await self.trial.eventually(
            "visible after update", lambda: self.trial.get(self.identifier), lambda seen: revision(seen) == mark
        )
        before, self.before = self.before, seen.workload.get("rawManifest")
        if revision(seen) != mark and same_manifest(self.before, before):
            raise UndecidedError("the update that this case needs did not take effect within the settle time")
        return seen


def _is_free(answer: Answer) -> bool:
    return answer.status != _CONFLICT


def _keep_merge_keys(built: Built, raw: object) -> None:
    """Takes what was sent with merge keys in it for what a reader without them has, if the answer shows that.

    YAML 1.2 has none: `<<` is a key like any other there.
    """
    for path in (path for exhibit, paths in built.paths.items() if exhibit.specimen.fragment for path in paths):
        value, meant = _value(raw, path), _value(built.manifest, path)
        if not identical(value, meant) and identical(_merged(value), meant):
            at(built.manifest, path[:-1])[path[-1]] = copy.deepcopy(value)


def _merged(value: object) -> object:
    """Returns a value whose merge keys are carried out."""
    if isinstance(value, list):
        return [_merged(item) for item in value]
    if not isinstance(value, dict):
        return value
    merged: dict[str, object] = {}
    found = value.get("<<")
    for source in reversed(found if isinstance(found, list) else [found]):
        merged |= source if isinstance(source, dict) else {}
    return merged | {key: _merged(item) for key, item in value.items() if key != "<<"}


def same_manifest(one: object, other: object) -> bool:
    """True if two manifests are the same to the last value, but for null members: Kubernetes drops those."""
    return identical(_without_nulls(one), _without_nulls(other))


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _is_other(sent: Mapping[str, Any], told: Answer) -> bool:
    return not same_manifest(told.workload.get("rawManifest"), sent)


def _is_lost(sent: Mapping[str, Any], told: Answer) -> bool:
    return lost(sent, told) is not None


async def found_in(museum: Museum, fails: Fails, cost: int = 1) -> Exhibit | None:
    """Returns the exhibit that alone makes a museum fail, by halving it; None if none does, or `MOST` will not do.

    The museum with nothing in it was shown before, and what is found is shown alone at the end.
    """
    suspects = list(museum.exhibits)
    for _ in range(MOST // cost - 2):
        if len(suspects) <= 1:
            break
        half = suspects[: len(suspects) // 2]
        suspects = half if await fails(museum.only(half)) else suspects[len(half) :]
    alone = len(suspects) == 1 and await fails(museum.only(suspects))
    return suspects[0] if alone else None


def _form(museum: Museum) -> str:
    return f"{museum.form.family} form, {museum.form.name}"


def _value(manifest: object, path: Path) -> Any:
    """Returns the value at a path, or a text that says that there is none."""
    try:
        return at(manifest, path)
    except (LookupError, TypeError):
        return "(there is nothing)"
