"""Which exchanges of a trial led to one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from workloads_conformance.http import Exchange

from .envelope import identifier, name_sent, sent_in
from .routes import CREATE_PATH, READS


def relevant(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns the exchanges that led to `last`: the writes to the same workload, or of the same name, and itself."""
    end = next((index for index, exchange in enumerate(exchanges) if exchange is last), len(exchanges))
    addressed, name = _addressed(last), name_sent(sent_in(last.request))
    before = [
        exchange
        for exchange in exchanges[:end]
        if exchange.request.method not in READS
        and (
            (addressed is not None and addressed in (_addressed(exchange), _made(exchange)))
            or (name is not None and name == name_sent(sent_in(exchange.request)))
        )
    ]
    return [*before, last]


def every_write(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns every write before `last`, and itself: for what any of them may have led to."""
    end = next((index for index, exchange in enumerate(exchanges) if exchange is last), len(exchanges))
    return [*(exchange for exchange in exchanges[:end] if exchange.request.method not in READS), last]


def _addressed(exchange: Exchange) -> str | None:
    """Returns the id in the path, in whatever notation of a UUID; None for the collection."""
    path = exchange.request.path
    return _plain(unquote(path.rpartition("/")[2])) if path.startswith(f"{CREATE_PATH}/") else None


def _plain(text: str) -> str:
    return re.sub(r"urn:uuid:|[-{}\s]", "", text.lower())


def _made(exchange: Exchange) -> str | None:
    made = identifier(exchange.response) if exchange.response else None
    return _plain(made) if made is not None else None
