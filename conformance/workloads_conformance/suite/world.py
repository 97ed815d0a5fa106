"""The model of a story: what each reading of a workload may show after each step.

A write takes effect in its own time: a reading may show the state before it until the settle time is over, and shows
the state after it from then on. So each rule here says what a reading has to show in the end. What a write does not
name stays or goes back to the default (WV2-UPDATE-025), and is known again once a reading has shown the write. What is
not written to stays as it was read, and what is deleted stays deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, differing, is_gone, shows, value_of
from workloads_conformance.runner import Contrast, is_success
from workloads_strategies import CATEGORIES, PRIORITIES

from .revisions import against_revision, revised, revision, revision_of

MEMBERS = ("name", "projectId", "priority", "category", "preemptibility", "createdAt", "createdBy")
"""What stays the same in a workload that nobody writes to, beside the revision of its manifest."""

FIXED = ("name", "projectId", "clusterId", "createdAt", "createdBy")
"""What no write changes."""

SHARED = ("projectName", "tenantId", "departmentId", "departmentName")
"""What describes the project, and is the same in every answer about a workload of it."""

LEFT = ("priority", "category")
"""The members that an update may name or leave out, beside the manifest."""

CHOSEN = (*LEFT, "preemptibility", "configuration")
"""The members that a client chooses."""


@dataclass
class StoryWorkload:
    """A workload of a story.

    Attributes:
        name: its name.
        id: its id.
        awaited: the name of what is waited for when it is read: what its last write does.
        manifest: the one that it was last written with.
        earlier: the one before that; empty if there was none.
        revision: that of its manifest; empty once it has shown none.
        named: the members that its last write named.
        explicit: the preemptibility that its create named, if it did: no update changes it.
        defaults: what a workload of its kind shows of members that nobody named; None where that is not known.
        left: what it showed, before its last write, of members that this did not name.
        seen: the reading that showed its last write; None until there is one.
        is_deleted: whether its deletion was accepted and seen.
        is_read: whether it was read after the last step.
        born: the first reading of it.
        last: the first reading that showed its last write, or the write before where that was not read yet.
        had: what it was given, and was read with, of the members that a client chooses.
        revisions: those of all manifests that it was given.
    """

    name: str
    id: str
    awaited: str = "visible after create"
    manifest: dict[str, Any] = field(default_factory=dict)
    earlier: dict[str, Any] = field(default_factory=dict)
    revision: str = ""
    named: dict[str, Any] = field(default_factory=dict)
    explicit: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    left: dict[str, Any] = field(default_factory=dict)
    seen: Answer | None = None
    is_deleted: bool = False
    is_read: bool = False
    born: Answer | None = None
    last: Answer | None = None
    had: dict[str, list[Any]] = field(default_factory=dict)
    revisions: set[str] = field(default_factory=set)
    _is_revised: bool = True

    def another(self, member: str, values: Sequence[str], turn: int) -> str:
        """Returns a value that no reading from before an update shows: it would be taken for one after it."""
        before = (self.named.get(member), *(seen and value_of(seen, member) for seen in (self.seen, self.born)))
        others = [value for value in values if value not in before]
        return others[turn % len(others)]

    def others(self, turn: int) -> dict[str, str]:
        """Returns another priority and another category."""
        return {
            "priority": self.another("priority", PRIORITIES, turn),
            "category": self.another("category", CATEGORIES, turn),
        }

    def as_revision(self, text: str) -> dict[str, Any]:
        """Returns its manifest as the revision `text`, under the name that it shows: it may have to stay."""
        raw = self.seen.workload.get("rawManifest") if self.seen else None
        metadata = raw.get("metadata") if isinstance(raw, dict) else None
        shown = metadata.get("name") if isinstance(metadata, dict) else None
        name = shown if isinstance(shown, str) else self.name
        return revised({**self.manifest, "metadata": {**self.manifest.get("metadata", {}), "name": name}}, text)

    def was_written(self, awaited: str, named: dict[str, Any], manifest: dict[str, Any] | None) -> None:
        """Notes an accepted write: the members that it names, and its manifest, None if it has none."""
        if self.seen is not None:
            self.left = {name: value_of(self.seen, name) for name in LEFT if name not in named}
        self.awaited, self.named, self.seen = awaited, named, None
        self._has_had(named)
        self._is_revised = manifest is not None
        if manifest is not None:
            self.earlier, self.manifest = self.manifest, manifest
            self.revision = revision_of(manifest) or ""
            self.revisions.add(self.revision)

    def was_read(self, answer: Answer) -> None:
        """Notes a reading that shows the last write: it shows, too, what the write left open."""
        self.seen = self.last = answer
        self.born = self.born or answer
        self.revision = revision(answer) or ""
        self._has_had({name: value_of(answer, name) for name in CHOSEN})

    def _has_had(self, members: Mapping[str, Any]) -> None:
        for name in CHOSEN:
            if members.get(name):
                self.had.setdefault(name, []).append(members[name])

    def allows(self, answer: Answer) -> bool:
        """True if a reading shows what it has to show in the end."""
        if self.is_deleted or is_gone(answer) or not is_success(answer):
            return self.is_deleted and is_gone(answer)
        if self.seen is not None:
            return not differing(MEMBERS, self.seen, answer) and revision(answer) == revision(self.seen)
        return (
            answer.metadata.get("name") == self.name
            and (revision(answer) == self.revision or not (self._is_revised or _has_manifest(answer)))
            and shows(answer, self.named)
            and all(self._may_be(name, value_of(answer, name)) for name in self.left)
        )

    def _may_be(self, member: str, value: object) -> bool:
        """True if a member that the last write did not name may have this value after it."""
        default = self.defaults.get(member)
        return value is None or default is None or value in (default, self.left[member])

    def against(self, trial: WorkloadTrial, answer: Answer) -> Contrast:
        """Returns what differs between what a reading has to show and what it shows, as the texts of a judgement."""
        if self.is_deleted:
            return Contrast("404, or a workload marked as deleted", str(answer))
        if self.seen is None:
            left = {name: value for name, value in self.left.items() if not self._may_be(name, value_of(answer, name))}
            asked = {"name": self.name, **self.named, **left}
            named = {name: value for name, value in asked.items() if value is not None}
            return against_revision(trial, named, self.revision, answer)
        others = ("rawManifest",) if revision(answer) != revision(self.seen) else ()
        return trial.compared((*MEMBERS, *others), self.seen, answer)


def _has_manifest(answer: Answer) -> bool:
    return any(value_of(answer, name) for name in ("rawManifest", "workloadManifest"))


@dataclass
class World:
    """Who is there in a story.

    Attributes:
        name: the name that the story is about.
        it: the live workload that has it.
        other: the live one whose name begins with it.
        dead: those that were deleted, in order.
        defaults: what a workload shows of members that nobody named.
    """

    name: str
    it: StoryWorkload | None = None
    other: StoryWorkload | None = None
    dead: list[StoryWorkload] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def present(self) -> list[StoryWorkload]:
        """All whose state is known."""
        return [*filter(None, (self.it, self.other)), *self.dead]

    @property
    def live(self) -> StoryWorkload:
        """The workload that has the name, where a step needs one."""
        assert self.it is not None
        return self.it

    @property
    def last_dead(self) -> StoryWorkload:
        """The last workload that had the name, and is deleted, where a step needs one."""
        return [found for found in self.dead if found.name == self.name][-1]
