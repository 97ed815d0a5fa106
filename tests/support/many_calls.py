"""Calls the command line many times in one process: starting it costs more than most calls.

Reads a JSON list of argument lists from standard input; writes, for each, a JSON line with its status, what it said,
and the most memory, in MiB, that it took beyond what the process had.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path

from workloads_conformance.cli.main import main

STATUS = Path("/proc/self/status")
LONGEST = 60
"""Seconds for a call: it hangs then."""


def hang(*_: object) -> None:
    raise TimeoutError("it hangs")


def call(arguments: list[str]) -> dict[str, object]:
    out, err = io.StringIO(), io.StringIO()
    before = taken_before()
    signal.alarm(LONGEST)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as error:
            status = error.code
        except BaseException:  # noqa: BLE001 - what a user would see as a traceback
            traceback.print_exc()
            status = None
        finally:
            signal.alarm(0)
    return {"status": status, "out": out.getvalue(), "err": err.getvalue(), "MiB": most_memory() - before}


def taken_before() -> int:
    """What the process has now; from now on the most is counted anew. Nothing where that cannot be done."""
    gc.collect()
    if not STATUS.exists():
        return 0
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return most_memory()


def most_memory() -> int:
    """The process's own: Linux counts in `getrusage` what the one that started it had taken."""
    if STATUS.exists():
        return int(STATUS.read_text().partition("VmHWM:")[2].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20  # bytes, on macOS


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, hang)
    os.environ["T"] = "a.b.c"
    for given in json.load(sys.stdin):
        sys.stdout.write(json.dumps(call(given)) + "\n")
        sys.stdout.flush()
