"""Servers that go wrong when one step directly follows another, made by rule from the requests that they see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from support.servers import Call, Changed, Reply

from workloads_conformance.reference.store import Workload
from workloads_strategies.stories import Act

_CODE = re.compile(r"(wlc-[a-z0-9]{6}-[a-z2-7]{8})-")
_ABOUT = {
    Act.UPDATE_PRIORITY: ({"metadata"}, {"priority"}),
    Act.UPDATE_CATEGORY: ({"metadata"}, {"category"}),
    Act.UPDATE_MANIFEST: ({"manifest"}, set()),
    Act.UPDATE_ENCODED: ({"manifestBase64Encoded"}, set()),
}
_REFUSED = {400: Act.CREATE_REFUSED, 401: Act.CREATE_BY_STRANGER, 403: Act.CREATE_BY_STRANGER}
_TO_STRANGERS = (401, 403)
_ONE_MEMBER = (Act.UPDATE_PRIORITY, Act.UPDATE_CATEGORY)
"""Updates that may name the other member, too; which of them it is then is what this server looks for."""


@dataclass
class Told:
    """A story as the server sees it: who has which id, and what was done last."""

    it: str = ""
    other: str = ""
    bystander: str = ""
    dead: list[str] = field(default_factory=list)
    last: Act | None = None
    update: object = None


class Following:
    """Once `second` is asked for directly after `first`, changes a workload of the story that it should leave alone.

    That is "it" if it is there, or else the other, the last that is deleted, or the bystander. It comes after what
    `second` itself does.
    """

    def __init__(self, first: Act, second: Act) -> None:
        self.first, self.second = first, second
        self.times = 0
        self.stories: dict[str, Told] = {}
        self.of: dict[str, str] = {}
        self.app = Changed(after=self.after)

    def after(self, call: Call, reply: Reply) -> Reply:
        code = self._code(call, reply)
        if code is None:
            return reply
        story = self.stories.setdefault(code, Told())
        act = self._act(story, call, reply)
        if act is not None:
            if (story.last, act) == (self.first, self.second):
                self.times += 1
                self._tamper(story)
            story.last = act
        return reply

    def _code(self, call: Call, reply: Reply) -> str | None:
        if call.operation == "create":
            found = _CODE.match(str(_metadata(call).get("name")))
            identifier = _metadata_of(reply).get("id")
            if found and reply.status == 202 and not call.dry_run:
                self.of[identifier] = found[1]
            return found[1] if found else None
        return self.of.get(call.path.rpartition("/")[2])

    def _act(self, story: Told, call: Call, reply: Reply) -> Act | None:
        made = {"create": self._created, "update": self._updated, "delete": self._deleted, "get": self._read}
        return made[call.operation](story, call, reply) if call.operation in made else None

    def _by_stranger(self, call: Call) -> bool:
        return (
            self.app.tokens.verify(call.headers.get(b"authorization", b"").decode()).client is self.app.tokens.outsider
        )

    def _created(self, story: Told, call: Call, reply: Reply) -> Act | None:
        metadata, identifier = _metadata(call), _metadata_of(reply).get("id")
        name = str(metadata["name"])
        if name.endswith("-by"):
            story.bystander = identifier
            return None
        if reply.status == 409 and not call.dry_run:
            return Act.CREATE_AGAIN if story.it else None
        if reply.status != 202 or call.dry_run:
            return Act.DRY_RUN if call.dry_run else _REFUSED[reply.status]
        act = Act.CREATE_SUFFIXED if metadata.get("useGivenNameAsPrefix") else Act.CREATE
        act = Act.CREATE_LONGER if name.endswith("-more") else act
        if act is Act.CREATE:
            story.it = identifier
        else:
            story.other = identifier
        return act

    def _updated(self, story: Told, call: Call, reply: Reply) -> Act | None:
        identifier = call.path.rpartition("/")[2]
        if identifier == story.other:
            return Act.UPDATE_OTHER
        if identifier in story.dead:
            earlier = Act.UPDATE_EARLIER if story.it else Act.UPDATE_DEAD
            return None if reply.status in _TO_STRANGERS else earlier
        if reply.status != 202:
            return Act.UPDATE_BY_STRANGER if reply.status in _TO_STRANGERS else Act.UPDATE_REFUSED
        again, story.update = call.json == story.update, call.json
        parts = set(call.json), set(call.json.get("metadata", {}))
        if parts == ({"metadata"}, {"priority", "category"}) and not again:
            wanted = (self.second, self.first) if story.last is self.first else (self.first, self.second)
            return next((act for act in wanted if act in _ONE_MEMBER), None)
        return Act.UPDATE_AGAIN if again else next((act for act, about in _ABOUT.items() if about == parts), None)

    def _deleted(self, story: Told, call: Call, reply: Reply) -> Act | None:
        identifier = call.path.rpartition("/")[2]
        if reply.status in _TO_STRANGERS:
            return Act.DEAD_BY_STRANGER if identifier in story.dead else Act.DELETE_BY_STRANGER
        if identifier in story.dead:
            return Act.DELETE_EARLIER if story.it else Act.DELETE_DEAD
        if identifier == story.other:
            story.other = ""
            story.dead.append(identifier)
            return Act.DELETE_OTHER
        if identifier != story.it:
            return None
        story.it = ""
        story.update = None
        story.dead.append(identifier)
        return Act.DELETE

    def _read(self, story: Told, call: Call, reply: Reply) -> Act | None:
        alive = call.path.rpartition("/")[2] == story.it
        return Act.READ_BY_STRANGER if reply.status in _TO_STRANGERS and alive else None

    def _tamper(self, story: Told) -> None:
        alive = story.it or story.other
        identifier = alive or (story.dead[-1] if story.dead else story.bystander)
        workload = self.app.store._workloads[identifier]  # noqa: SLF001 - also one that is deleted
        if not alive and story.dead:
            _brought_back(workload)
        workload.category = "Tampered"


def _brought_back(workload: Workload) -> None:
    workload.deletion = workload.deleted_at = workload.deleted_by = None


def _metadata(call: Call) -> dict:
    return call.json.get("metadata") or {} if isinstance(call.json, dict) else {}


def _metadata_of(reply: Reply) -> dict:
    body = reply.json
    return body.get("metadata") or {} if isinstance(body, dict) else {}
