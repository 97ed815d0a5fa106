"""Which exchanges of a trial led to one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import unquote

from workloads_conformance.client import CREATE_PATH, Exchange

_READS = {"GET", "HEAD", "OPTIONS"}


def relevant(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns the exchanges that led to `last`: the writes to the same workload, or of the same name, and itself."""
    end = next((index for index, exchange in enumerate(exchanges) if exchange is last), len(exchanges))
    identifier, name = _addressed(last), _name(last)
    before = [
        exchange
        for exchange in exchanges[:end]
        if exchange.request.method not in _READS
        and (
            (identifier is not None and identifier in (_addressed(exchange), _made(exchange)))
            or (name is not None and name == _name(exchange))
        )
    ]
    return [*before, last]


def every_write(exchanges: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Returns every write before `last`, and itself: for what any of them may have led to."""
    end = next((index for index, exchange in enumerate(exchanges) if exchange is last), len(exchanges))
    return [*(exchange for exchange in exchanges[:end] if exchange.request.method not in _READS), last]


def _addressed(exchange: Exchange) -> str | None:
    """Returns the id in the path, in whatever notation of a UUID; None for the collection."""
    path = exchange.request.path
    return _plain(unquote(path.rpartition("/")[2])) if path.startswith(f"{CREATE_PATH}/") else None


def _plain(identifier: str) -> str:
    return re.sub(r"urn:uuid:|[-{}\s]", "", identifier.lower())


def _made(exchange: Exchange) -> str | None:
    identifier = exchange.response.identifier if exchange.response else None
    return _plain(identifier) if identifier is not None else None


def _name(exchange: Exchange) -> str | None:
    try:
        name = json.loads(exchange.request.body or b"")["metadata"]["name"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return name if isinstance(name, str) else None
