"""A trial whose creates wait for room, and are not judged where the target has none."""

from __future__ import annotations

import contextlib
import json
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from workloads_conformance.http import Request
from workloads_conformance.runner import ONLY_ATTEMPT, Attempt, Trial, UndecidedError

from .answers import Answer
from .context import WorkloadContext
from .quota import Asker, NoRoomError
from .routes import CREATE_PATH, creates, is_dry_run

PREFLIGHT = "preflight"
"""The scope of what is sent before the tests, to see what the target refuses."""

_FORBIDDEN = 403
_PAUSES = (0.1, 0.2, 0.4)
"""Seconds before a create that got 403 is sent again, though the plainest one is accepted: there may be room again."""


class AdmittedTrial(Trial):
    """Sends creates when there is room for another live workload (see `Quota`)."""

    def __init__(self, context: WorkloadContext, scope: str, part: str = "", attempt: Attempt = ONLY_ATTEMPT) -> None:
        super().__init__(context, scope, part, attempt)
        self._api = context

    @abstractmethod
    def body(self) -> dict[str, Any]:
        """Returns the body of the plainest create."""

    @property
    def _asker(self) -> Asker:
        return Asker(self.scope, self.key, is_control=self.is_control)

    def takes_room(self, identifier: str) -> None:
        """Notes that the trial has made a workload."""
        self._api.quota.holds(self._asker, identifier)

    def gives_up_room(self) -> None:
        """Notes that the deletion was asked for of all that the trial has made."""
        self._api.quota.ended(self._asker)

    async def send(self, request: Request, *, also: Sequence[int] = ()) -> Answer:
        """Returns the answer to a request; arguments and errors are those of `Trial.send`."""
        if not creates(request):
            return Answer((await super().send(request, also=also)).exchange)
        answer = await self._send_create(request, also)
        return await self._with_room(request, also, answer) if self._may_lack_room(request, answer) else answer

    def _may_lack_room(self, request: Request, answer: Answer) -> bool:
        if answer.status != _FORBIDDEN or request.authorization is not None or self.scope == PREFLIGHT:
            return False
        quota = self._api.quota
        return self.recorded(f"room may be lacking {self._ordinal()}", lambda: quota.may_be_met)

    async def _with_room(self, request: Request, also: Sequence[int], answer: Answer) -> Answer:
        """Returns the answer to a create that got 403, where it is not for want of room.

        Raises:
            UndecidedError: the target refuses the plainest create, too.
        """
        quota = self._api.quota
        for pause in _PAUSES:
            await self._must_have_room(request, answer)
            await self.pause(pause)
            limit, answer = quota.most, await self._send_create(request, also)
            if answer.status != _FORBIDDEN:
                await quota.lower(limit)
                return answer
        await self._must_have_room(request, answer)  # the last plain one may have taken what room there was
        self._api.quota.other_refusals += 1
        return answer

    async def _send_create(self, request: Request, also: Sequence[int]) -> Answer:
        if is_dry_run(request):
            return Answer((await super().send(request, also=also)).exchange)
        async with contextlib.AsyncExitStack() as held:
            lacking: NoRoomError | None = None
            try:
                await held.enter_async_context(self._api.quota.one_more(self._asker))
            except NoRoomError as error:
                lacking = error
            self._must_have_been_admitted(lacking)
            return Answer((await super().send(request, also=also)).exchange)

    def _must_have_been_admitted(self, lacking: NoRoomError | None) -> None:
        """Returns if there was room for the create, in this run or in that which is replayed.

        Raises:
            UndecidedError: there was none.
        """
        ordinal = self._ordinal()
        reason = self.recorded(f"no room {ordinal}", lambda: str(lacking or ""), rare=True)
        if not reason:
            return
        is_final = self.recorded(f"no room {ordinal}, for good", lambda: bool(lacking and lacking.is_final))
        self.made_way = not is_final  # it is tried again, once there is room
        raise UndecidedError(f"there is no room for another workload: {reason}", final=is_final)

    async def _must_have_room(self, request: Request, refused: Answer) -> None:
        """Returns if the target still takes the plainest create; without room it refuses whatever is asked of it.

        Raises:
            UndecidedError: it refuses it with 403, too, as it does where the project's quota is used up.
        """
        body = json.dumps(self.body()).encode()
        query = (("dryRun", "true"),) if is_dry_run(request) else ()
        limit = self._api.quota.most
        plain = await super().send(Request(method="POST", path=CREATE_PATH, query=query, body=body))
        if plain.status == _FORBIDDEN:
            await self._api.quota.lower(limit)
            self._was_cut_off = True  # so that it is tried again, once there is room
            self.made_way = self.recorded(f"made way {self._ordinal()}", lambda: self._api.quota.most < limit)
            raise UndecidedError(
                "the target refuses the plainest create, too, as where a quota is used up, which a lower max-live may "
                f"help against, or a user is locked out: {str(refused)[:160]}"
            )
