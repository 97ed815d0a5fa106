"""Jobs in processes of their own, several at a time, each forked from one that has everything imported."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypeVar

from .judging import Job, ServerOutcome, judge

J = TypeVar("J")
LONGEST = 300.0
"""Seconds that one job may take; a server on which the suite takes longer is not judged."""


@dataclass(slots=True)
class _Running:
    number: int
    process: BaseProcess
    until: float


def run_jobs(jobs: Sequence[Job], at_once: int) -> Iterator[tuple[int, ServerOutcome]]:
    """Yields each job's number and outcome, in the order in which they end."""
    yield from run_each(judge, jobs, at_once)


def run_each(
    perform: Callable[[J], ServerOutcome], jobs: Sequence[J], at_once: int, longest: float = LONGEST
) -> Iterator[tuple[int, ServerOutcome]]:
    """Yields each job's number and what `perform`, a module's function, made of it, in the order in which they end.

    One that takes `longest` seconds is ended; its outcome has that time and a problem.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"{__package__}.warm"])
    waiting = list(enumerate(jobs))[::-1]
    running: dict[Connection, _Running] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, job = waiting.pop()
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(theirs, perform, job))
                process.start()
                theirs.close()
                running[ours] = _Running(number, process, time.monotonic() + longest)
            for connection in _ready(running):
                yield running[connection].number, _outcome(connection, running.pop(connection), longest)
    finally:
        for connection, left in running.items():
            _stop(connection, left.process)


def _work(connection: Connection, perform: Callable[[J], ServerOutcome], job: J) -> None:
    connection.send(perform(job))


def _ready(running: dict[Connection, _Running]) -> list[Connection]:
    """Waits until one has ended or its time is over."""
    first = min(left.until for left in running.values())
    wait(list(running), max(0.0, first - time.monotonic()))
    return [connection for connection, left in running.items() if connection.poll() or time.monotonic() >= left.until]


def _outcome(connection: Connection, ended: _Running, longest: float) -> ServerOutcome:
    try:
        if connection.poll():
            found = connection.recv()
            assert isinstance(found, ServerOutcome)
            return found
        return ServerOutcome(problem=f"the suite was not through with it after {longest:.0f} s", seconds=longest)
    except EOFError:
        return ServerOutcome(problem="the process that judged it ended without a result")
    finally:
        _stop(connection, ended.process)


def _stop(connection: Connection, process: BaseProcess) -> None:
    connection.close()
    process.join(2)
    if process.is_alive():
        process.kill()
        process.join()
