"""Records to test with: chains written anew after a change, as somebody with time would do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workloads_conformance.recording import ChainWriter, read_chain


def rewritten(path: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Replaces a record by one whose entries are changed, and whose chain holds again."""
    entries = change([{key: value for key, value in entry.items() if key != "n"} for entry in read_chain(path)])
    writer = ChainWriter(path)
    for entry in entries:
        writer.write(entry)
    writer.close()


RUN = {
    "kind": "run", "format": "workloads-conformance-record/1", "id": "abcdef", "began": 1767225600.5, "embedded": False,
    "started": "2026-01-01T00:00:00+00:00", "suite": {"name": "x", "version": "1"},
    "spec": {"title": "x", "version": "1", "sha256": "0"}, "versions": {},
    "settings": {
        "target": "http://x", "project_id": "1", "cluster_id": None, "profile": "smoke", "mode": "full", "seed": 0,
        "budget": 0.0, "concurrency": 1, "report_dir": "x", "kinds": ["Job"], "deadline": 1.0, "settle": 1.0,
        "max_live": 4, "literal": False,
        "implementation": {"organization": "", "project": "", "version": "", "url": "", "contact": ""},
    },
    "token": {"name": "TOKEN", "jwt": True}, "forbidden": None, "expired": None, "waivers": [], "plan": [],
    "shrink": True,
}  # fmt: skip


def small_record(path: Path) -> None:
    """Writes a record that holds an entry of each kind."""
    writer = ChainWriter(path)
    for entry in (
        RUN,
        {"kind": "test", "name": "test_get.test_x"},
        {"kind": "recorded_value", "key": "a value", "value": True},
        {"kind": "body", "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "size": 5,
         "text": "hello"},
        {"kind": "exchange", "trial": "t", "method": "GET", "path": "/", "started": 0.1, "seconds": 0.2, "status": 200,
         "reply_headers": [], "reply_body": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
        {"kind": "finding", "requirement": "WV2-GET-001", "finding": {"message": "m"}},
        {"kind": "end", "stopped": None, "finished": "2026-01-01T00:00:00+00:00", "counts": {}},
    ):  # fmt: skip
        writer.write(entry)
    writer.close()


def texts(path: Path) -> list[dict[str, Any]]:
    """Returns the entries of a file of JSON lines, whatever their hashes say."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
