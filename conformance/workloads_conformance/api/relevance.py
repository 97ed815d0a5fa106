"""Which exchanges of a trial led to one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
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
    """Returns every write before `last`, and itself, for what any of them may have led to."""
    return _leading(last, _writes_before(exchanges, last))


def _writes_before(exchanges: Sequence[Exchange], last: Exchange) -> Iterator[Exchange]:
    before = takewhile(lambda exchange: exchange is not last, exchanges)
    return (exchange for exchange in before if exchange.request.method not in READS)


def _leading(last: Exchange, writes: Iterable[Exchange]) -> list[Exchange]:
    """Returns the writes and `last`; of one that was sent over and over, to the same status, the first and the last."""
    alike = groupby([*writes, last], key=lambda found: (found.request, found.response and found.response.status))
    return [exchange for _, run in alike for exchange in _ends(list(run))]


def _ends(run: Sequence[Exchange]) -> Sequence[Exchange]:
    return run if len(run) == 1 else (run[0], run[-1])


def _addressed(exchange: Exchange) -> str | None:
    """Returns the id in the path, in whatever notation of a UUID; None for the collection."""
    path = exchange.request.path
    return _plain(unquote(path.rpartition("/")[2])) if path.startswith(f"{CREATE_PATH}/") else None


def _plain(text: str) -> str:
    return re.sub(r"urn:uuid:|[-{}\s]", "", text.lower())


def _made(exchange: Exchange) -> str | None:
    made = identifier(exchange.response) if exchange.response else None
    return _plain(made) if made is not None else None
