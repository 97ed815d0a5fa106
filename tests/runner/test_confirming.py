"""What a case showed is repeated in several ways: by itself, with others before it, beside others, at once."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial

from hypothesis import strategies as st
from support.servers import Call, Changed, Reply, json_reply

from workloads_conformance.api import CREATE_PATH, shows, value_of
from workloads_conformance.runner import Drawn, UndecidedError, judges
from workloads_reports import Verdict


@judges("WV2-GET-002")
async def reads_after_a_refusal(trial) -> None:
    """Reads a workload after an update of another was refused, and once more when it was not."""
    read, refused = await trial.existing(), await trial.existing()
    await trial.update(refused.id, {"metadata": {"priority": "none such"}})
    await trial.get(read.id)
    await trial.update(refused.id, trial.body())
    await trial.get(read.id)


def test_what_shows_after_another_request_only_is_repeated_with_it(judge):
    """The writes to the workload itself do not show it again; all writes of the case do, and they are the commands."""
    last: list[int] = [0]

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "update":
            last[0] = reply.status
        if call.operation == "get" and last[0] == 400:
            last[0] = 0
            body = reply.json
            del body["workload"]["metadata"]["tenantId"]
            return reply.with_json(body)
        return reply

    report = judge(Changed(after=after), reads_after_a_refusal)
    [found] = report.having(Verdict.FAIL)
    [finding] = found.findings
    assert finding.confirmed == "3/3"
    assert re.findall(r"-X (\w+)", finding.reproduce) == ["POST", "POST", "PUT"], finding.reproduce


TOLD: Counter[str] = Counter()


@judges("WV2-CREATE-014")
async def looks_at_one_of_two(trial) -> None:
    """Makes two workloads and looks at one; the first time it makes two more, one of them before."""
    is_first = not TOLD["runs"]
    TOLD["runs"] += 1
    if is_first:
        await trial.create(trial.body())
    made = await trial.create(trial.body(category="Build"))
    await trial.create(trial.body())
    if is_first:
        await trial.create(trial.body())
    trial.same("WV2-CREATE-014", "Build", made.metadata["category"], "category", made)


def test_what_every_second_answer_shows_is_found_though_each_repetition_comes_to_the_other(judge):
    """Behind one name two servers take turns, and a case sends each the same number of requests."""
    TOLD.clear()
    turn = itertools.count()

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation != "create" or not TOLD["runs"] or next(turn) % 2 == 0:
            return reply
        body = reply.json
        body["metadata"]["category"] = "Train"
        return reply.with_json(body)

    report = judge(Changed(after=after), looks_at_one_of_two)
    [found] = report.having(Verdict.FAIL)
    assert [finding.confirmed for finding in found.findings] == ["6/12"]


@judges("WV2-CREATE-014", "WV2-CREATE-015")
async def stops_at_what_is_wrong(trial) -> None:
    """Looks at a category, which is wrong the first time alone, and then at a priority, which always is."""
    TOLD["runs"] += 1
    made = await trial.create(trial.body(category="Build", priority="low"))
    if not trial.same("WV2-CREATE-014", "Build", made.metadata["category"], "category", made):
        raise UndecidedError("nothing can be built on it")
    trial.same("WV2-CREATE-015", "low", made.metadata["priority"], "priority", made)


def test_what_a_case_shows_in_place_of_what_it_showed_first_is_found(judge):
    """What others did beside it made the case stop at another place: repeated, it comes to what is its own."""
    TOLD.clear()

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation != "create" or not TOLD["runs"]:
            return reply
        body = reply.json
        body["metadata"]["priority"] = "high"
        if TOLD["runs"] == 1:
            body["metadata"]["category"] = "Train"
        return reply.with_json(body)

    report = judge(Changed(after=after), stops_at_what_is_wrong)
    [found] = report.having(Verdict.FAIL)
    assert found.requirement.id == "WV2-CREATE-015"
    assert [finding.confirmed for finding in found.findings] == ["3/3"]
    [undecided] = [one for one in report.requirements if one.requirement.id == "WV2-CREATE-014"]
    assert undecided.verdict is Verdict.INCONCLUSIVE
    assert "0/3" in undecided.reason


@judges("WV2-UPDATE-003")
async def updates(trial) -> None:
    """Updates a priority, and reads it."""
    made = await trial.existing(trial.body(priority="low"))
    if not TOLD["runs"]:  # somebody else, beside it
        await trial.update(made.id, {"metadata": {"priority": "none such"}})
    TOLD["runs"] += 1
    await trial.update(made.id, {"metadata": {"priority": "high"}})
    is_there = partial(shows, asked={"priority": "high"})
    seen = await trial.eventually("visible after update", lambda: trial.get(made.id), is_there)
    trial.same("WV2-UPDATE-003", "high", value_of(seen, "priority"), "priority", seen)


def test_a_case_is_repeated_right_after_requests_that_were_refused(judge):
    """It shows by itself nothing of what shows after them, and the finding says so."""
    TOLD.clear()
    refused = [False]

    def before(call: Call) -> Call:
        if call.operation == "update" and refused[0] and '"high"' in call.body.decode():
            return replace(call, body=b'{"metadata": {"priority": "medium"}}')
        return call

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "update":
            refused[0] = reply.status >= 400
        return reply

    report = judge(Changed(before=before, after=after), updates, settle="0.5")
    [found] = report.having(Verdict.FAIL)
    [finding] = found.findings
    assert finding.confirmed == "3/3"
    assert finding.message.endswith(", right after other requests that were refused")


@dataclass
class Counting(Changed):
    """Takes its time, and knows how many requests are under way."""

    under_way: int = 0

    async def __call__(self, scope, receive, send) -> None:
        self.under_way += 1
        await asyncio.sleep(0.05)
        await super().__call__(scope, receive, send)
        self.under_way -= 1


@judges("WV2-GET-002", over=range(4))
async def reads(trial, _case) -> None:
    """Reads a workload."""
    TOLD["reads"] += 1
    await trial.get((await trial.existing()).id)


def test_what_shows_under_concurrent_requests_only_is_repeated_at_once(judge):
    """One after the other the requests do not show it, and the finding says so."""

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation != "get" or reply.status != 200 or app.under_way < 2 or not TOLD["reads"]:
            return reply
        body = reply.json
        del body["workload"]["metadata"]["tenantId"]
        return reply.with_json(body)

    TOLD.clear()
    app = Counting(after=after)
    report = judge(app, reads)
    [found] = report.having(Verdict.FAIL)
    [finding] = found.findings
    again, times = map(int, finding.confirmed.split("/"))
    assert (again == times == 3) or (again >= 3 and times == 12)  # which of them are alone is chance
    assert finding.message.endswith(", where several such requests are sent at once")


@dataclass
class Mixed(Changed):
    """Takes a dry run for a create if one comes within half a second after it: they share what says which it is."""

    creates: int = 0

    async def __call__(self, scope, receive, send):
        if scope["method"] == "POST" and scope["path"] == CREATE_PATH:
            if b"dryRun=true" not in scope["query_string"]:
                self.creates += 1
            elif await self._is_followed():
                scope = {**scope, "query_string": b""}
        await super().__call__(scope, receive, send)

    async def _is_followed(self):
        before = self.creates
        for _ in range(50):
            await asyncio.sleep(0.01)
            if self.creates > before:
                return True
        return False


@judges("WV2-DRYRUN-002", over=("creates", "a dry run"))
async def creates_beside_a_dry_run(trial, what) -> None:
    """One case makes workloads for as long as the other, a dry run, takes."""
    if what == "creates":
        for _ in range(20):
            await trial.create(trial.body())
            await trial.pause(0.1)
        return
    made = await trial.create(trial.body(), dry_run="true")
    seen = await trial.get(made.id)
    trial.judge("WV2-DRYRUN-002", seen.status == 404, message="it is there", expected="404", observed=str(seen))


def test_what_shows_only_beside_the_requests_of_others_is_repeated_amid_them(judge):
    """By itself a dry run creates nothing, and neither do several; the creates of others make it one."""
    report = judge(Mixed(), creates_beside_a_dry_run)
    [found] = report.having(Verdict.FAIL)
    [finding] = found.findings
    assert "where other requests are sent at the same time" in finding.message
    assert finding.confirmed == "3/3"


@judges("WV2-UPDATE-001", over=Drawn(lambda _settings: st.integers(0, 10**6), share=0.1))
async def numbered_categories(trial, number):
    identifier = await trial.updatable()
    answer = await trial.update(identifier, {"metadata": {"category": f"n{number}"}})
    trial.status("WV2-UPDATE-001", answer, 202, "an update of the category")


def test_a_smaller_case_is_repeated_by_what_it_showed_itself(judge):
    """It was the larger case's request, to a workload that was gone by then: what fails each time was "0/3"."""

    def before(call: Call) -> Call | Reply:
        metadata = call.json.get("metadata", {}) if call.method == "PUT" and isinstance(call.json, dict) else {}
        text = str(metadata.get("category", ""))
        return error_500() if text.startswith("n") and int(text[1:]) >= 1000 else call

    report = judge(Changed(before=before), numbered_categories, profile="standard")
    [found] = [
        one for failed in report.having(Verdict.FAIL) for one in failed.findings if "UPDATE" in failed.requirement.id
    ]
    assert (found.confirmed, found.drawn) == ("3/3", "[1000]")


def error_500() -> Reply:
    return json_reply(500, {"code": 500, "message": "no"})
