"""How a run on a server of an attack is measured: the real command line, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.attacks import Attack
from support.servers import Call, Target, serving

COMMAND = (sys.executable, "-m", "workloads_conformance")
LIMITS = ("--settle", "1", "--deadline", "2")


@dataclass(frozen=True)
class Measured:
    """What a run on a server took.

    Attributes:
        seconds: from start to end.
        memory: MiB of resident memory at its peak, of the run's own process.
        disk: MB in its report directory at the end.
        status: its exit status.
        output: what it printed.
        requests: how many reached the server.
        ended: seconds from the signal, if one was sent, to the end.
    """

    seconds: float
    memory: float
    disk: float
    status: int
    output: str
    requests: int
    ended: float = 0.0

    @property
    def outcome(self) -> str:
        """The verdict's sentence, or the sentence that stands in its place."""
        lines = [line for line in self.output.splitlines() if line.startswith(("because", "workloads-conformance:"))]
        return lines[-1] if lines else "(none)"


@contextmanager
def hostile(attack: Attack) -> Iterator[tuple[list[str], dict[str, str], list[float]]]:
    """Serves an attack; yields the arguments and the environment that reach it, and when requests came."""
    app = attack.app()
    came: list[float] = []
    before = app.before

    def noted(call: Call) -> Any:
        came.append(time.monotonic())
        return before(call)

    app.before = noted
    with serving(app) as target:
        yield (*_reached(target, credentials=attack.credentials), came)


def _reached(target: Target, *, credentials: bool) -> tuple[list[str], dict[str, str]]:
    flags, environ = dict(target.flags), dict(target.environ)
    if credentials:
        del flags["token-env"]
        flags |= {"client-id": target.tokens.member.id, "client-secret-env": "TEST_SECRET"}
        environ["TEST_SECRET"] = target.tokens.member.secret
    return [part for key, value in flags.items() for part in (f"--{key}", value)], environ


def measured(
    attack: Attack, directory: Path, *flags: str, interrupt: float | None = None, timeout: float = 600
) -> Measured:
    """Runs the command line on a hostile server; returns what it took.

    Args:
        attack: the server.
        directory: an empty directory for the report.
        flags: options beside those that reach the server.
        interrupt: seconds from the first request after which SIGINT is sent, if the run has not ended by then.
        timeout: seconds after which it is killed, which raises subprocess.TimeoutExpired.
    """
    with hostile(attack) as (arguments, environ, came):
        command = [*COMMAND, "run", *arguments, *LIMITS, *flags, "--report-dir", str(directory)]
        return _watched(command, environ, directory, came, interrupt, timeout)


def reported(record: Path, directory: Path, *, timeout: float = 600) -> Measured:
    """Runs `report` on a record; returns what it took."""
    command = [*COMMAND, "report", str(record), "--out", str(directory)]
    return _watched(command, {}, directory, [], None, timeout)


@dataclass
class _Peak:
    """Reads the peak of a process's memory for as long as the process is there."""

    pid: int
    kib: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.wait(0.02):
            try:
                text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
            except OSError:
                return
            found = next((line for line in text.splitlines() if line.startswith("VmHWM")), None)
            self.kib = max(self.kib, int(found.split()[1])) if found else self.kib


def _watched(
    command: list[str], environ: dict[str, str], directory: Path, came: list[float], interrupt: float | None,
    timeout: float,
) -> Measured:  # fmt: skip
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("WORKLOADS_", "GITHUB_"))}
    started, told = time.monotonic(), None
    with subprocess.Popen(
        command, env=plain | environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        peak = _Peak(process.pid)
        thread = threading.Thread(target=peak.watch, daemon=True)
        thread.start()
        try:
            while interrupt is not None and not came and process.poll() is None:
                time.sleep(0.02)
            output = _told(process, interrupt, timeout)
            if output is None:
                told = time.monotonic()
                process.send_signal(signal.SIGINT)
                output, _ = process.communicate(timeout=timeout)
        finally:
            peak.over.set()
            process.kill()
    ended = time.monotonic()
    disk = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    return Measured(
        seconds=ended - started,
        memory=peak.kib / 1024,
        disk=disk / 1e6,
        status=process.returncode,
        output=output,
        requests=len(came),
        ended=ended - told if told is not None else 0.0,
    )


def _told(process: subprocess.Popen[str], interrupt: float | None, timeout: float) -> str | None:
    """Returns what the process printed, or None if it has not ended when it is to be interrupted."""
    try:
        return process.communicate(timeout=interrupt or timeout)[0]
    except subprocess.TimeoutExpired:
        if interrupt is None:
            raise
        return None
