"""Requests at the same instant: one winner, nothing lost, nothing mixed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from workloads_conformance.api import GONE, Answer, WorkloadTrial, is_gone, shows, value_of
from workloads_conformance.runner import Kinds, UndecidedError, UntestableError, is_success, judges
from workloads_strategies import CATEGORIES, PRIORITIES

from .revisions import revised, revision, revision_of

_AT_ONCE = 6
_ACCEPTED, _CONFLICT, _NOT_FOUND = 202, 409, 404


@judges("WV2-RACE-001", over=("json", "base64"))
async def test_creates_of_one_name(trial: WorkloadTrial, form: str) -> None:
    """Exactly one wins; for the others the specified resource already exists."""
    await trial.control(form=form)
    body = trial.body(form=form)
    answers = await trial.at_once(*(trial.create(body) for _ in range(_AT_ONCE)))
    won = [answer for answer in answers if is_success(answer)]
    trial.judge(
        "WV2-RACE-001",
        len(won) == 1 and all(answer.status == _CONFLICT for answer in answers if answer not in won),
        message=f"{_AT_ONCE} creates of one name at once: {len(won)} were accepted",
        code="creates-of-one-name-at-once/not-one-accepted",
        way=f"{_AT_ONCE} creates of one name at once",
        expected=f"one 202, {_AT_ONCE - 1} times 409",
        observed=_statuses(answers),
        answer=(won[1:] or [answer for answer in answers if answer not in won] or won)[0],
    )


@judges("WV2-RACE-002", kinds=Kinds.EACH)
async def test_deletes_of_one_workload(trial: WorkloadTrial) -> None:
    """At least one is accepted, the others are too or find nothing, and the workload goes away."""
    created = await trial.existing()
    answers = await trial.at_once(*(trial.delete(created.id) for _ in range(_AT_ONCE)))
    accepted = any(answer.status == _ACCEPTED for answer in answers)
    trial.judge(
        "WV2-RACE-002",
        accepted and all(answer.status in (_ACCEPTED, _NOT_FOUND) for answer in answers),
        message=f"{_AT_ONCE} deletes of one workload at once were answered otherwise than with 202 and 404",
        code="deletes-at-once/statuses",
        expected="202 at least once, and 404",
        observed=_statuses(answers),
        answer=answers[0],
    )
    if not accepted:
        return
    seen = await trial.eventually(GONE, lambda: trial.get(created.id), is_gone)
    seen = await trial.stays(lambda: trial.get(created.id), is_gone) if is_gone(seen) else seen
    trial.judge(
        "WV2-RACE-002",
        is_gone(seen),
        message="a workload that was deleted several times at once is there",
        code="deletes-at-once/still-there",
        expected="404, or a workload marked as deleted",
        observed=str(seen),
        answer=seen,
    )


@judges("WV2-RACE-003", kinds=Kinds.EACH)
async def test_updates_of_one_workload(trial: WorkloadTrial) -> None:
    """What is there in the end is one of the updates, whole."""
    body = trial.body()
    created = await trial.existing(body)
    updates = [_update(body["manifest"], number) for number in range(_AT_ONCE)]
    answers = await trial.at_once(*(trial.update(created.id, update) for update in updates))
    accepted = [update for update, answer in zip(updates, answers, strict=True) if is_success(answer)]
    if not accepted:
        raise UndecidedError(f"none of the updates was accepted: {_statuses(answers)}")

    def whole(answer: Answer) -> bool:
        return is_success(answer) and any(_shows(answer, update) for update in accepted)

    # A name of its own: that none is there whole says nothing of an update alone.
    seen = await trial.eventually("one of several updates", lambda: trial.get(created.id), whole)
    if not {"priority", "category"} & seen.metadata.keys() and "rawManifest" not in seen.workload:
        raise UntestableError("the target's answers show nothing that an update can change")
    seen = await trial.stays(lambda: trial.get(created.id), whole) if whole(seen) else seen
    trial.judge(
        "WV2-RACE-003",
        whole(seen),
        message=f"after {_AT_ONCE} updates at once the workload shows none of them whole",
        code="updates-at-once/none-whole",
        expected=[{**update["metadata"], "revision": revision_of(update["manifest"])} for update in accepted],
        observed={key: seen.metadata.get(key) for key in ("priority", "category")} | {"revision": revision(seen)},
        answer=seen,
    )


_PAIRS = tuple((PRIORITIES[turn], CATEGORIES[turn % 2]) for turn in range(6))
"""Priorities and categories, one after the other, each another than before."""


@judges("WV2-RACE-006", kinds=Kinds.DEALT)
async def test_updates_of_different_members(trial: WorkloadTrial) -> None:
    """Whichever comes first, both are there in the end, where updates leave what they do not name."""
    created = await trial.existing(trial.body(priority="very-high", category="Deploy"))
    one, other, *pairs = _PAIRS
    await _leave_what_they_do_not_name(trial, created.id, {"priority": one[0]}, {"category": one[1]})
    await _leave_what_they_do_not_name(trial, created.id, {"category": other[1]}, {"priority": other[0]})
    accepted = 0
    for priority, category in pairs:
        both = {"priority": priority}, {"category": category}
        answers = await trial.at_once(*(trial.update(created.id, {"metadata": members}) for members in both))
        if not all(map(is_success, answers)):
            continue  # one of two at once may be refused
        accepted += 1
        asked = {"priority": priority, "category": category}
        seen = await _shown(trial, created.id, asked)
        difference = trial.against(asked, seen)
        trial.judge(
            "WV2-RACE-006",
            shows(seen, asked),
            message="of two updates at once, of different members, one is lost",
            code="updates-at-once/one-lost",
            expected=difference.expected,
            observed=difference.observed,
            answer=seen,
        )
    if not accepted:
        raise UntestableError("of two updates at once the target refuses one each time")


async def _leave_what_they_do_not_name(
    trial: WorkloadTrial, identifier: str, first: dict[str, str], second: dict[str, str]
) -> None:
    """Returns if both of two updates show, one after the other.

    Raises:
        UntestableError: the second brought back a default.
    """
    for members in (first, second):
        trial.need_accepted(await trial.update(identifier, {"metadata": members}), "the update")
    seen = await _shown(trial, identifier, second)
    if not shows(seen, first | second):
        raise UntestableError("the target's updates do not leave what they do not name")


async def _shown(trial: WorkloadTrial, identifier: str, asked: dict[str, str]) -> Answer:
    # A name of its own: that two updates do not show says nothing of one.
    return await trial.eventually(
        "two updates", partial(trial.get, identifier), partial(shows, asked=asked), needed=False
    )


def _update(manifest: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "metadata": {"priority": PRIORITIES[number], "category": CATEGORIES[number % len(CATEGORIES)]},
        "manifest": revised(manifest, f"number {number}"),
    }


def _shows(answer: Answer, update: dict[str, Any]) -> bool:
    return shows(answer, update["metadata"]) and revision(answer) == revision_of(update["manifest"])


@judges("WV2-RACE-004")
async def test_different_workloads_at_once(trial: WorkloadTrial) -> None:
    """Each is what it was made as, has an id of its own, and outlives its neighbours' deletion."""
    at_once = min(_AT_ONCE, trial.settings.max_live)
    bodies = [trial.body(category=CATEGORIES[number % len(CATEGORIES)]) for number in range(at_once)]
    answers = await trial.at_once(*map(trial.create, bodies))
    created = [trial.need_accepted(answer, "one of several creates at once") for answer in answers]
    seen = await trial.at_once(*(_seen(trial, answer.id) for answer in created))
    trial.judge(
        "WV2-RACE-004",
        all(map(is_success, seen)),
        message=f"of {at_once} workloads that were created at once some cannot be read",
        code="creates-at-once/not-readable",
        expected=f"{at_once} times 200",
        observed=_statuses(seen),
        answer=next((answer for answer in seen if not is_success(answer)), seen[0]),
    )
    ids = [answer.id.lower() for answer in created]
    trial.judge(
        "WV2-RACE-004",
        len(set(ids)) == len(ids),
        message="workloads that were created at once share an id",
        code="creates-at-once/one-id",
        expected=f"{len(ids)} different ids",
        observed=ids,
        answer=created[0],
    )
    together: list[Answer] = []
    for _ in range(3):
        together += await trial.at_once(*(trial.reading(answer.id) for answer in [*created, *created]))
    trial.judge(
        "WV2-RACE-004",
        all(map(is_success, together)),
        message=f"of {len(together)} readings at once some failed",
        code="readings-at-once/failed",
        expected=f"{len(together)} times 200",
        observed=_statuses(together),
        answer=next((answer for answer in together if not is_success(answer)), together[0]),
    )
    doomed, kept = created[:2], created[2:]
    readings = await trial.at_once(
        *(trial.delete(answer.id) for answer in doomed), *(trial.reading(answer.id) for answer in kept)
    )
    later = await trial.at_once(*(_still_there(trial, answer.id) for answer in kept))
    for body, found in zip(bodies[2:] * 2, [*readings[2:], *later], strict=True):
        asked = {name: body["metadata"][name] for name in ("name", "category")}
        told = trial.against(asked, found)
        trial.judge(
            "WV2-RACE-004",
            is_success(found)
            and not is_gone(found)
            and found.metadata.get("name") == body["metadata"]["name"]
            and shows(found, {"category": body["metadata"]["category"]}),
            message="a workload is not as it was made while its neighbours are deleted",
            code="deletes-at-once/neighbour-changed",
            expected=told.expected,
            observed=told.observed,
            answer=found,
        )


async def _seen(trial: WorkloadTrial, identifier: str) -> Answer:
    return await trial.eventually("visible after create", lambda: trial.get(identifier), is_success)


async def _still_there(trial: WorkloadTrial, identifier: str) -> Answer:
    return await trial.stays(lambda: trial.get(identifier), is_success)


@judges("WV2-RACE-005", over=("create", "update", "delete"), kinds=Kinds.EACH)
async def test_how_soon_a_read_shows_a_write(trial: WorkloadTrial, operation: str) -> None:
    """Left open: 202 promises acceptance; the first read after the answer may show the write, or a later one."""
    created = trial.need_accepted(await trial.create(trial.body(priority="low")), "the create")
    shown: Callable[[Answer], bool] = is_success
    if operation != "create":
        await trial.visible(created.id)
    if operation == "update":
        trial.need_accepted(await trial.update(created.id, {"metadata": {"priority": "high"}}), "the update")
        shown = _shows_high
    elif operation == "delete":
        trial.need_accepted(await trial.delete(created.id), "the delete")
        shown = is_gone
    first = await trial.get(created.id)
    if shown(first):
        trial.observe("WV2-RACE-005", f"{operation}: the next read shows it")
        return
    late = await trial.eventually(f"shown after {operation}", lambda: trial.get(created.id), shown)
    trial.observe("WV2-RACE-005", f"{operation}: " + ("a later read shows it" if shown(late) else "no read showed it"))


def _shows_high(answer: Answer) -> bool:
    return is_success(answer) and shows(answer, {"priority": "high"})


def _statuses(answers: list[Answer]) -> str:
    return ", ".join(str(answer.status) for answer in answers)


_TOGETHER, _BESIDE = 3, 4
"""Writes at once, and requests of somebody else beside each: what is mixed up between two is so in one of a few."""


@judges("WV2-LIFE-005", "WV2-UPDATE-029")
async def test_who_wrote_beside_the_requests_of_another_user(trial: WorkloadTrial) -> None:
    """createdBy and updatedBy are the user who made the request, whoever else asks for something meanwhile."""
    stranger = trial.forbidden
    if stranger is None:
        raise UntestableError("no token without rights was given; --forbidden-token-env NAME gives one")
    alone = await trial.existing(trial.body(priority="low"))
    owner = value_of(alone, "createdBy")
    if owner is None:
        raise UntestableError("the target's answers leave createdBy out")

    async def beside(writes: Sequence[Awaitable[Answer]]) -> list[Answer]:
        """Returns the answers to writes, each sent among requests of the stranger."""
        others = [[trial.get(alone.id, stranger) for _ in range(_BESIDE)] for _ in writes]
        answers = await trial.at_once(
            *(one for write, around in zip(writes, others, strict=True) for one in (*around[::2], write, *around[1::2]))
        )
        return [trial.need_accepted(answer, "a write") for answer in answers[_BESIDE // 2 :: _BESIDE + 1]]

    made = await beside([trial.create(trial.body(priority="low")) for _ in range(_TOGETHER)])
    for seen in await trial.at_once(*(trial.visible(answer.id) for answer in made)):
        _judge_author(trial, "WV2-LIFE-005", "createdBy", owner, seen)
    await beside([trial.update(answer.id, {"metadata": {"priority": "high"}}) for answer in made])
    for answer in made:
        seen = await trial.eventually("visible after update", partial(trial.get, answer.id), _shows_high)
        if value_of(seen, "updatedBy") is not None:
            _judge_author(trial, "WV2-UPDATE-029", "updatedBy", owner, seen)


def _judge_author(trial: WorkloadTrial, requirement: str, member: str, owner: object, seen: Answer) -> None:
    trial.same(requirement, owner, value_of(seen, member), f"metadata.{member} beside requests of another user", seen)
