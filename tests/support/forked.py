"""Calls of a Python module, each in a process of its own that begins with all modules loaded.

What a command imports takes it longer than most of what it is called for, and hundreds of tests call one. So a process
imports the libraries and the project once, and forks for each call. A call whose environment says how Python itself is
to start gets a process from scratch.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

MODULES = (
    "rich.progress", "schemathesis.openapi", "uvicorn", "uvloop", "workloads_conformance.cli.certify",
    "workloads_conformance.cli.check", "workloads_conformance.cli.diff", "workloads_conformance.cli.init",
    "workloads_conformance.cli.main", "workloads_conformance.cli.merge", "workloads_conformance.cli.report",
    "workloads_conformance.cli.requirements", "workloads_conformance.cli.run", "workloads_conformance.cli.self_check",
    "workloads_conformance.cli.serve", "workloads_conformance.cli.sweep", "workloads_conformance.cli.verify",
    "workloads_conformance.reference.app", "workloads_conformance.suite",
)  # fmt: skip
"""Modules that commands import, and which import the others."""
_OF_THE_START = ("PYTHON", "LC_", "LANG", "COVERAGE_")
"""Beginnings of variables that Python, or what measures coverage, reads as it starts."""


class Calls:
    """Calls of modules; to be used with `with`."""

    def __enter__(self) -> Self:
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.communicate()

    def run(
        self, module: str, arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Returns what `python -m module` did, called in a directory with an environment."""
        command = [sys.executable, "-m", module, *arguments]
        if _of_the_start(environ) != _of_the_start(os.environ):
            return subprocess.run(
                command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=timeout, check=False
            )
        with tempfile.TemporaryDirectory() as directory:
            out, err = Path(directory, "out"), Path(directory, "err")
            call = {"module": module, "arguments": list(arguments), "cwd": str(cwd), "environ": dict(environ)}
            status = self._ask({**call, "out": str(out), "err": str(err), "timeout": timeout})
            return subprocess.CompletedProcess(command, status, out.read_text("utf-8"), err.read_text("utf-8"))

    def _ask(self, call: Mapping[str, Any]) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(call) + "\n")
        self._server.stdin.flush()
        status = int(self._server.stdout.readline())
        if status == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(str(call["arguments"]), call["timeout"])
        return status


def _of_the_start(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_OF_THE_START)}


def _serve() -> dict[str, Any]:
    """Forks for each call on standard input, and returns the call, in the process that is to make it."""
    for name in MODULES:
        importlib.import_module(name)
    _end_coverage()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            call: dict[str, Any] = json.loads(line)
            return call
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    os._exit(0)


def _end_coverage() -> None:
    """Writes what was covered so far, where that is measured; each call measures for itself."""
    if "coverage" in sys.modules and (measured := sys.modules["coverage"].Coverage.current()) is not None:
        measured.stop()
        measured.save()


def _become(call: Mapping[str, Any]) -> None:
    """Makes this process one that was started for a call."""
    signal.alarm(int(call["timeout"]))
    os.environ.clear()
    os.environ.update(call["environ"])
    os.chdir(call["cwd"])
    for number, (path, flags) in enumerate(
        [(os.devnull, os.O_RDONLY), *((call[name], os.O_WRONLY | os.O_CREAT) for name in ("out", "err"))]
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = [call["module"], *call["arguments"]]
    sys.path[0] = call["cwd"]
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        importlib.import_module("coverage").process_startup(force=True)


if __name__ == "__main__":
    made = _serve()
    _become(made)
    runpy.run_module(made["module"], run_name="__main__", alter_sys=True)
