"""What the proxy knows of the requests that it has passed on: the workloads made through it, and the circumstances."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field

from workloads_conformance.selfcheck.exchanges import COLLECTION, Call, Reply

from .places import Json
from .samples import value_at
from .triggers import Situation

AUTHORIZATION = b"authorization"
_KIND = re.compile(rb"^\W{0,3}kind\W+(\w+)", re.MULTILINE)
_ERRORS = 400


@dataclass(slots=True)
class Known:
    """A workload that was made through the proxy.

    Attributes:
        updates: how many were accepted.
        first, last: the first answer to GET, and the last that a client has seen.
        hidden: an answer that is shown in place of the target's, from a time until another (of `time.monotonic`).
    """

    id: str
    name: str
    kind: str
    form: str
    namesake: bool
    updates: int = 0
    deleted: bool = False
    first: Reply | None = None
    last: Reply | None = None
    hidden: tuple[float, float, Reply] | None = None

    def hide(self, reply: Reply, since: float, until: float) -> None:
        """Has GET show an answer from `since` seconds from now until `until` seconds from now."""
        self.hidden = (time.monotonic() + since, time.monotonic() + until, reply)

    @property
    def shown(self) -> Reply | None:
        """The answer that is to be shown now in place of the target's."""
        if self.hidden is None or not self.hidden[0] <= time.monotonic() < self.hidden[1]:
            return None
        return self.hidden[2]


@dataclass(slots=True)
class Memory:
    """Everything that the proxy has learnt.

    Attributes:
        workloads: those made through it, by id in lower case, in the order in which they were made.
        token: the Authorization with which the target last did what was asked for.
        accepted: the last request and answer that the target accepted, of each operation, and of each with a manifest
            in a form, as in `create base64`.
    """

    workloads: dict[str, Known] = field(default_factory=dict)
    token: bytes | None = None
    accepted: dict[str, tuple[Call, Reply]] = field(default_factory=dict)
    under_way: int = 0
    _turns: dict[str, int] = field(default_factory=dict)
    _refused: dict[str, bool] = field(default_factory=dict)
    _deletions: int = 0
    _freed: set[str] = field(default_factory=set)

    def situation(self, call: Call) -> Situation:
        """Returns the circumstances of a request of an operation, and counts its turn."""
        operation = call.operation or ""
        turn = self._turns.get(operation, 0)
        self._turns[operation] = turn + 1
        known = self.known(call)
        form, kind = form_of(call), kind_of(call)
        return Situation(
            form=form or (known.form if known else ""),
            kind=kind or (known.kind if known else ""),
            dry_run=call.dry_run,
            turn=turn,
            updated=known is not None and known.updates > 0,
            deletions=self._deletions,
            namesake=known.namesake if known else operation == "create" and name_of(call) in self._freed,
            refused=self._refused.get(operation, False),
            at_once=self.under_way,
        )

    def known(self, call: Call) -> Known | None:
        """Returns the workload that a request's path names."""
        return self.workloads.get(call.path.rpartition("/")[2].lower())

    def neighbour(self, known: Known | None) -> Known | None:
        """Returns the newest other workload that is there, of the same kind."""
        others = (
            other
            for other in reversed(self.workloads.values())
            if other is not known and not other.deleted and (known is None or other.kind == known.kind)
        )
        return next(others, None)

    def learn(self, call: Call, reply: Reply) -> None:
        """Takes down what the target itself has answered to a request."""
        operation = call.operation
        if operation is None:
            return
        refused = self._refused[operation] = reply.status >= _ERRORS
        if refused:
            return
        self.token = call.headers.get(AUTHORIZATION, self.token)
        for key in (operation, f"{operation} {form_of(call)}"):
            self.accepted[key] = (call, reply)
        known = self.known(call)
        if operation == "create":
            self._made(call, reply)
        elif known is not None and operation == "update":
            known.updates += 1
            known.form = form_of(call) or known.form
        elif known is not None and operation == "delete" and not known.deleted:
            known.deleted = True
            self._deletions += 1
            self._freed.add(known.name)
        elif known is not None and operation == "get" and isinstance(reply.json, dict):
            known.first = known.first or reply

    def _made(self, call: Call, reply: Reply) -> None:
        identifier = value_at(reply.json, ("metadata", "id"))
        if call.dry_run or not isinstance(identifier, str):
            return
        name = value_at(reply.json, ("metadata", "name"))
        name = name if isinstance(name, str) else name_of(call)
        self.workloads[identifier.lower()] = Known(
            identifier, name, kind_of(call), form_of(call), namesake=name in self._freed
        )


def form_of(call: Call) -> str:
    """Returns the form in which a request has a manifest; empty if it has none, or both."""
    body = call.json
    forms = {"manifest": "json", "manifestBase64Encoded": "base64"}
    found = [form for name, form in forms.items() if isinstance(body, dict) and name in body]
    return found[0] if len(found) == 1 else ""


def kind_of(call: Call) -> str:
    """Returns the Kubernetes kind of a request's manifest; empty if it cannot be told."""
    body: Json = call.json
    kind = value_at(body, ("manifest", "kind"))
    encoded = value_at(body, ("manifestBase64Encoded",))
    if isinstance(encoded, str):
        try:
            found = _KIND.search(base64.b64decode(encoded))
        except ValueError:
            found = None
        kind = found[1].decode() if found else ""
    return kind if isinstance(kind, str) else ""


def name_of(call: Call) -> str:
    """Returns the name that a create asks for; empty if it asks for none."""
    name = value_at(call.json, ("metadata", "name"))
    return name if isinstance(name, str) else ""


def item(identifier: str) -> str:
    """Returns the path of a workload."""
    return f"{COLLECTION}/{identifier}"
