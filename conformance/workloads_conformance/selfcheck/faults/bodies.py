"""Bodies of creates that are not JSON, and are read all the same."""

from __future__ import annotations

import json

from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import read_leniently


@fault("WV2-CREATE-013")
def what_follows_is_ignored() -> None:
    """Whatever comes after the first JSON value is dropped in silence."""
    read_leniently(lambda body: json.JSONDecoder().raw_decode(body.decode())[0])


@fault("WV2-CREATE-013")
def what_is_missing_is_added() -> None:
    """A body that breaks off is completed: half a manifest runs."""
    read_leniently(lambda body: next(filter(None, (_loaded(body + b"}" * count) for count in range(1, 6))), None))


def _loaded(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


@fault("WV2-CREATE-013")
def bytes_that_are_no_utf_8_are_replaced() -> None:
    """Bytes that are not UTF-8 are replaced: the workload runs with question marks in its script."""
    read_leniently(lambda body: json.loads(body.decode("utf-8", "replace")))


@fault("WV2-CREATE-013")
def bytes_are_read_as_latin_1() -> None:
    """Bytes that are not UTF-8 are read in Latin-1."""
    read_leniently(lambda body: json.loads(body.decode("latin-1")))
