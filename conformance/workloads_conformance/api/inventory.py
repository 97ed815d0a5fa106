"""The inventory: every workload that the run may have created, what is known of each, and so what it may write to.

What a server answers to a create is a claim. The workload is the run's own while the last reading of its id shows the
name that the create asked for, which has the run's prefix. Nothing else is ever written to, but for what was made up
at random.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workloads_conformance.http import Request, Response

from . import envelope
from .identity import Asked, ShownWorkload, asked_by, shown_by

_MADE_UP = re.compile(r"[0-9A-Za-z_-]{20,300}\Z")
"""What may stand, in place of an id, in the path of a write that has to be refused: one long word."""

_UNDECIDED = {500, 502, 503, 504}
"""Statuses that do not say whether a create was done: 503 may be of a gateway that waits no longer for it."""


@dataclass(slots=True)
class Claim:
    """A workload that the answer to a create, or the list of workloads, gives to the run.

    Attributes:
        asked: what the create asked for.
        ours: whether the last reading that showed a workload under the id showed that one.
        disputed: whether the id was known before the create, or stands for two names: it is never written to.
        listed: whether the list shows it.
        deleting: whether a deletion was accepted.
        absent: whether readings of it found nothing for long enough to say so.
        gone: whether it was seen to be gone.
        leaving: whether the last reading says that it is to be deleted, and nothing of how far that is.
        fading: whether its status was Deleting when it was last read.
        made: when its create was answered, in seconds of the run; None where that was in an earlier process.
    """

    id: str
    asked: Asked
    made: float | None = None
    ours: bool = False
    disputed: bool = False
    listed: bool = False
    deleting: bool = False
    absent: bool = False
    gone: bool = False
    leaving: bool = False
    fading: bool = False


@dataclass(slots=True)
class Create:
    """A create that was sent.

    Attributes:
        asked: what it asked for.
        done: whether it was accepted; None where nobody can tell.
        id: what it was answered with, if that is an id.
    """

    asked: Asked
    done: bool | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the workloads that the run created, or may have created.

    Attributes:
        removed: how many were seen to be gone.
        left: the ids of the run's own that are still there.
        unknown: the ids, or where there is none the names, of what may be there and could not be shown to be the run's.
    """

    removed: int = 0
    left: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def created(self) -> int:
        """How many there are in all."""
        return self.removed + len(self.left) + len(self.unknown)

    @property
    def is_clean(self) -> bool:
        """True if nothing can be left."""
        return not self.left and not self.unknown


class CreateLog(Protocol):
    """Where creates are written down, each before it is sent."""

    def sending(self, number: int, asked: Asked) -> None:
        """Records that a create is about to be sent."""
        ...

    def answered(self, number: int, create: Create) -> None:
        """Records what a create was answered with."""
        ...

    def gone(self, identifier: str) -> None:
        """Records that a workload was seen to be gone."""
        ...


@dataclass
class Inventory:
    """Keeps account of a run's creates.

    Attributes:
        prefix: with which every name of the run begins.
        log: where creates are written down.
        dry_runs_create: whether a dry run was seen to create a workload; then what any of them made is looked for.
        claims: by id.
        was_looked_for: whether all that was there in the end was looked for as long as deletions may take.
    """

    prefix: str
    log: CreateLog
    dry_runs_create: bool = False
    was_looked_for: bool = False
    claims: dict[str, Claim] = field(default_factory=dict)
    creates: dict[int, Create] = field(default_factory=dict)
    _made_up: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _names: dict[str, str] = field(default_factory=dict)
    _contradicted: bool = False

    # -- what happens -----------------------------------------------------------------------------------------------

    def sending(self, request: Request) -> int:
        """Writes down a create that is about to be sent; returns its number."""
        number, asked = len(self.creates) + 1, asked_by(request, self.prefix)
        self.log.sending(number, asked)
        self.creates[number] = Create(asked)
        return number

    def answered(self, number: int, answer: Response | None, at: float) -> None:
        """Learns what a create was answered, None if nothing came, and when, in seconds of the run."""
        create = self.creates[number]
        if answer is None or answer.status in _UNDECIDED:
            return
        create.done = 200 <= answer.status < 300
        # An id that is a secret would be written down, and would be in paths.
        secret = envelope.identifier(answer.public) != envelope.identifier(answer)
        create.id = envelope.workload_id(envelope.identifier(answer)) if create.done and not secret else None
        self.log.answered(number, create)
        if create.id is not None:
            self._claim(create.id, create.asked, at)

    def not_sent(self, number: int) -> None:
        """Learns that nothing of a create reached the target."""
        create = self.creates[number]
        create.done = False
        self.log.answered(number, create)

    def restore(self, number: int, create: Create) -> None:
        """Takes up a create that an earlier process sent."""
        self.creates[number] = create
        if create.id is not None:
            self._claim(create.id, create.asked)

    def adopt(self, identifier: str, name: str) -> None:
        """Takes up a workload that the list shows, if it has an id and its name is one that was asked for."""
        if envelope.workload_id(identifier) is None or identifier in self.claims or not name.startswith(self.prefix):
            return
        fitting = [create.asked for create in self.creates.values() if create.asked.fits_name(name)]
        if fitting:
            self._claim(identifier, min(fitting, key=lambda asked: asked.dry_run))
            self.claims[identifier].listed = True

    def _claim(self, identifier: str, asked: Asked, made: float | None = None) -> None:
        known = self.claims.get(identifier)
        if known is None:
            self.claims[identifier] = Claim(identifier, asked, made, disputed=identifier in self._seen)
        elif (known.asked.name, known.asked.manifest_name) != (asked.name, asked.manifest_name):
            known.disputed = True
        else:
            known.asked, known.made = asked, made
            known.gone = known.deleting = known.absent = False

    def named(self, identifier: str, name: str) -> str:
        """Notes the name of a workload that a create was answered with; returns the one that had its id first."""
        return self._names.setdefault(identifier.lower(), name)

    def make_up(self, text: str) -> None:
        """Lets the run write to what it made up at random: an id, or a text that is none.

        Raises:
            ValueError: it is too short to be random, or more than one word.
        """
        if not _MADE_UP.match(text):
            raise ValueError(f"{text!r} is not a text that a write may be sent to.")
        self._made_up.add(text.lower())
        self._seen.add(text.lower())

    def read(self, identifier: str, answer: Response) -> ShownWorkload:
        """Learns what GET shows under an id, and returns it."""
        shown, claim = shown_by(answer), self.claims.get(identifier.lower())
        if claim is None:
            self._seen.add(identifier.lower())
            return shown
        if shown.name is not None:
            claim.ours = shown.id in (None, claim.id) and claim.asked.has(self.prefix) and claim.asked.fits(shown)
            claim.leaving = shown.leaving
        claim.fading = shown.fading
        if shown.gone and (claim.deleting or (claim.ours and shown.name is not None)):
            self.is_gone(claim)
        return shown

    def accepted_delete(self, identifier: str) -> None:
        """Learns that a deletion was accepted."""
        if claim := self.claims.get(identifier.lower()):
            claim.deleting = True

    def contradicted(self) -> None:
        """Learns that the target's answers contradict each other: that one shows no workload says nothing any more."""
        self._contradicted = True
        for claim in self.claims.values():
            claim.gone = False

    @property
    def is_contradicted(self) -> bool:
        """True if that an answer shows no workload says nothing."""
        return self._contradicted

    def is_gone(self, claim: Claim) -> None:
        """Records that a workload was seen to be gone."""
        if not claim.gone and not self._contradicted:
            claim.gone = True
            self.log.gone(claim.id)

    # -- what follows -----------------------------------------------------------------------------------------------

    def owns(self, segment: str) -> bool:
        """True for the id of a workload that the run created, as the last segment of a path."""
        claim = self.claims.get(segment.lower())
        return claim is not None and claim.ours and not claim.disputed

    def made_up(self, segment: str) -> bool:
        """True for what the run made up at random."""
        return segment.lower() in self._made_up

    def to_confirm(self, segment: str) -> Claim | None:
        """Returns the claim on an id that has to be read back before it is written to, if it has to be."""
        claim = self.claims.get(segment.lower())
        return claim if claim is not None and not claim.ours and not claim.disputed else None

    def unsettled(self) -> list[Claim]:
        """Returns the claims on what may be there; those of dry runs only if one was seen to create."""
        return [
            claim
            for _, claim in sorted(self.claims.items())
            if not claim.gone
            and not claim.disputed
            and (not claim.asked.dry_run or claim.ours or claim.listed or self.dry_runs_create)
        ]

    def still_there(self) -> list[Claim]:
        """Returns the run's own workloads whose deletion was accepted, and that were not seen to be gone."""
        return [claim for claim in self.unsettled() if claim.ours and claim.deleting]

    def account(self, listed: Mapping[str, str] | None = None) -> Account:
        """Returns what became of everything.

        Args:
            listed: the live workloads under the run's prefix, name by id, if the target has a list, and it was read to
                its end. What was accepted and is not in it is not there.
        """
        shown = listed or {}
        ours = [claim for claim in self.claims.values() if claim.ours and not claim.disputed]
        # Of what was not looked for to the end of the time that it has, nobody knows.
        going = [claim for claim in ours if claim.deleting and not claim.gone]
        leaving = [claim.id for claim in going if claim.leaving or not self.was_looked_for]
        left = [claim.id for claim in ours if not claim.gone and claim.id not in leaving]
        # What is listed may be one that GET says is gone.
        unknown = [*leaving, *(identifier for identifier in shown if identifier not in {*left, *leaving})]
        removed = sum(claim.gone and claim.id not in shown for claim in ours)
        by_id = {claim.id for claim in ours} & {create.id for create in self.creates.values()}
        covered = Counter(claim.asked for claim in ours if claim.id not in by_id)
        for number, create in self.creates.items():
            if create.id in by_id or not self._may_be_there(number, create):
                continue
            if covered[create.asked] > 0:
                covered[create.asked] -= 1
            elif listed is not None and create.asked.has(self.prefix):
                # What the list shows of it is told by its own id.
                removed += create.done is True and not any(map(create.asked.fits_name, shown.values()))
            else:
                name = create.asked.name or create.asked.manifest_name or "(without a name)"
                unknown.append(create.id if create.id is not None and create.id not in unknown else name)
        if self._contradicted:
            left, unknown = [], [*left, *unknown]
        return Account(removed, tuple(sorted(left)), tuple(sorted(unknown)))

    def _may_be_there(self, number: int, create: Create) -> bool:
        """True if a create that nothing was read of may have created something."""
        if create.done is False or (create.done is None and not create.asked.has(self.prefix)):
            return False
        claim = self.claims.get(create.id or "")
        absent = claim is not None and claim.absent
        if create.asked.dry_run:
            return self.dry_runs_create and not absent
        if create.asked.may_be_dry_run and absent:
            return False
        return not ((create.done is None or absent) and self._was_free_after(number, create.asked))

    def _was_free_after(self, number: int, asked: Asked) -> bool:
        """True if a name was given to another workload later: nothing had it then."""
        later = (create for other, create in self.creates.items() if other > number and create.asked == asked)
        return not asked.is_prefix and any(create.done for create in later)
