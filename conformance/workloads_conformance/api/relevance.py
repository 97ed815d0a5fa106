"""Which exchanges of a trial led to one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from workloads_conformance.http import Exchange

from .envelope import identifier, name_sent, sent_in
from .routes import CREATE_PATH, READS


def relevant(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns the exchanges that led to `last`: the writes to the same workload, or of the same name, and itself."""
    addressed, name = _addressed(last), name_sent(sent_in(last.request))
    return _leading(
        last,
        (
            exchange
            for exchange in _writes_before(exchanges, last)
            if (addressed is not None and addressed in (_addressed(exchange), _made(exchange)))
            or (name is not None and name == name_sent(sent_in(exchange.request)))
        ),
    )


def every_write(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns every write before `last`, or at the same time, and itself, for what any of them may have led to."""
    return _leading(last, _writes_before(exchanges, last))


def _writes_before(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns the writes that began before `last` had ended, in the order in which they began."""
    place = next((place for place, found in enumerate(exchanges) if found is last), len(exchanges))
    before = [*exchanges[:place], *(found for found in exchanges[place + 1 :] if found.started < last.ended)]
    return sorted((found for found in before if found.request.method not in READS), key=lambda found: found.started)


def _leading(last: Exchange, writes: Iterable[Exchange]) -> list[Exchange]:
    """Returns the writes and `last`; of one that was sent over and over, to the same status, the first and the last."""
    runs: list[list[Exchange]] = []
    for found in [*writes, last]:
        if runs and _again(runs[-1][-1], found):
            runs[-1][1:] = [found]
        else:
            runs.append([found])
    return [found for run in runs for found in run]


def _again(one: Exchange, other: Exchange) -> bool:
    """Whether the other is the same request as the one before, sent when that had come to the same status."""
    statuses = {found.response and found.response.status for found in (one, other)}
    return one.request == other.request and len(statuses) == 1 and one.ended <= other.started


def _addressed(exchange: Exchange) -> str | None:
    """Returns the id in the path, in whatever notation of a UUID; None for the collection."""
    path = exchange.request.path
    return _plain(unquote(path.rpartition("/")[2])) if path.startswith(f"{CREATE_PATH}/") else None


def _plain(text: str) -> str:
    return re.sub(r"urn:uuid:|[-{}\s]", "", text.lower())


def _made(exchange: Exchange) -> str | None:
    made = identifier(exchange.response) if exchange.response else None
    return _plain(made) if made is not None else None
