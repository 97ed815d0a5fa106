"""A method that is never answered costs its deadline a few times, and not once for each request."""

from __future__ import annotations

import asyncio
import time

from support.servers import raw_server

from workloads_conformance.http import Exchange, Request, Wire
from workloads_conformance.http.deadlines import Deadlines
from workloads_conformance.settings import load_settings


def missed(deadlines: Deadlines, method: str, times: int) -> Deadlines:
    for _ in range(times):
        deadlines.missed(method)
    return deadlines


def test_eight_in_a_row_without_an_answer_shorten_the_next():
    deadlines = missed(Deadlines(30), "PUT", 7)
    assert deadlines.of("PUT") == 30
    missed(deadlines, "PUT", 1)
    assert deadlines.of("PUT") == 2
    assert deadlines.of("GET") == 30


def test_an_answer_gives_the_full_time_back():
    deadlines = missed(Deadlines(30), "PUT", 20)
    deadlines.met("PUT", 1.5)
    assert deadlines.of("PUT") == 30


def test_a_method_that_was_slow_is_given_more():
    deadlines = Deadlines(30)
    deadlines.met("PUT", 4)
    assert missed(deadlines, "PUT", 8).of("PUT") == 20
    deadlines.met("PUT", 12)
    assert missed(deadlines, "PUT", 8).of("PUT") == 30


def test_a_short_deadline_is_kept():
    assert missed(Deadlines(0.5), "PUT", 8).of("PUT") == 0.5


def test_what_is_given_less_time_says_so():
    put = Request(method="PUT", path="/api/v2/workloads/x", body=b"{}")

    async def send(url: str) -> Exchange:
        given = {"target": url, "project-id": "1", "token-env": "T", "deadline": "2.5"}
        async with Wire(load_settings(given, {"T": "x.y.z"}), url, lambda *_: None) as wire:
            await asyncio.gather(*(wire.send(put, None) for _ in range(8)))
            return await wire.send(put, None)

    with raw_server(lambda _: time.sleep(6)) as url:
        last = asyncio.run(send(url))
    assert last.failure == "no complete answer within 2 s, nor to 8 PUT before it within 2.5 s"
    assert last.seconds >= 2
