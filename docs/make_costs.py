"""Writes costs.toml, which decides how a run is split: the exchanges that a case of each test takes.

    workloads-conformance run --profile standard
    python docs/make_costs.py conformance-report/record.jsonl

A machine's speed is not a part of it: the reference server gets the same requests everywhere.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workloads_conformance.recording import read_record
from workloads_conformance.session import shares

FILE = Path(shares.__file__).with_name("costs.toml")

_HEAD = """\
# The exchanges that a case of each test takes, by which a run is split; python docs/make_costs.py counts them.

[exchanges]
"""


def costs(exchanges: Iterable[Mapping[str, Any]], tests: Iterable[str]) -> dict[str, float]:
    """Returns the exchanges for each case, by test; `exchanges` are entries of a record."""
    found: Counter[str] = Counter()
    cases: dict[str, set[str]] = {}
    for exchange in exchanges:
        test, _, rest = exchange["trial"].partition("/")
        found[test] += 1
        round_and_case = rest.split(" ")[0].split("/")[:2]  # without subtasks, and what is tried again
        if round_and_case[-1].isdigit():  # no control
            cases.setdefault(test, set()).add("/".join(round_and_case))
    return {test: round(max(1.0, found[test] / max(1, len(cases.get(test, ())))), 1) for test in sorted(tests)}


def text(counted: Mapping[str, float]) -> str:
    """Returns the file's content."""
    return _HEAD + "".join(f'"{test}" = {cost}\n' for test, cost in counted.items())


if __name__ == "__main__":
    record = read_record(Path(sys.argv[1]))
    FILE.write_text(text(costs(record.exchanges, record.tests)), encoding="utf-8")
