"""Measures whole runs: `python benchmarks/measure_runs.py`. Prints the table in docs/performance.md.

Each figure is the median of three processes started afresh. The rate of a run is its exchanges over its wall-clock
time, start and end included. Beside it stands a bare httpx loop on the same kind of server, with as many requests in
flight: what the client library and the server give without a suite.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

REPETITIONS = 3
COMMAND = [sys.executable, "-m", "workloads_conformance"]
SLOW = Path(__file__).with_name("slow_server.py")
DELAY = 0.05
LOOP_REQUESTS = 1500


def seconds(arguments: list[str], environ: dict[str, str] | None = None) -> float:
    """Returns the wall-clock time of one process, in seconds."""
    started = time.perf_counter()
    environ = os.environ | (environ or {})
    subprocess.run(
        [*COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ
    )
    return time.perf_counter() - started


@contextmanager
def server(delay: float) -> Iterator[dict[str, str]]:
    """Serves the reference server with `delay` seconds added to each answer; yields how it is reached."""
    command = [sys.executable, str(SLOW), str(delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def reached(access: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Returns the arguments and the environment that reach a server."""
    arguments = ["--target", access["url"], "--project-id", access["projectId"], "--cluster-id", access["clusterId"],
                 "--client-id", access["clientId"], "--client-secret-env", "SECRET",
                 "--forbidden-token-env", "FORBIDDEN", "--expired-token-env", "EXPIRED", "--settle", "5"]  # fmt: skip
    environ = {
        "SECRET": access["clientSecret"],
        "FORBIDDEN": access["forbiddenToken"],
        "EXPIRED": access["expiredToken"],
    }
    return arguments, environ


def run(label: str, arguments: list[str], environ: dict[str, str] | None = None) -> float:
    """Prints the row of one kind of run, and returns its exchanges per second."""
    with tempfile.TemporaryDirectory() as directory:
        arguments = ["run", *arguments, "--report-dir", directory]
        median = statistics.median(seconds(arguments, environ) for _ in range(REPETITIONS))
        exchanges = json.loads(Path(directory, "report.json").read_text(encoding="utf-8"))["counts"]["exchanges"]
    print(f"| {label} | {median:.1f} | {exchanges} | {exchanges / median:.0f} |", flush=True)
    return exchanges / median


def judge_again() -> None:
    """Prints the row of judging a standard run again from its record, as `verify` does."""
    with tempfile.TemporaryDirectory() as directory:
        seconds(["run", "--report-dir", directory])
        again = ["report", str(Path(directory, "record.jsonl"))]
        median = statistics.median(seconds(again) for _ in range(REPETITIONS))
        exchanges = json.loads(Path(directory, "report.json").read_text(encoding="utf-8"))["counts"]["exchanges"]
    print(f"| a standard run judged again from its record | {median:.1f} | {exchanges} | {exchanges / median:.0f} |")


async def loop(access: dict[str, str], in_flight: int) -> float:
    """Returns the seconds that a bare httpx loop takes for `LOOP_REQUESTS` reads of an unknown id."""
    credentials = {
        "grantType": "client_credentials",
        "clientId": access["clientId"],
        "clientSecret": access["clientSecret"],
    }
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    async with httpx.AsyncClient(base_url=access["url"], trust_env=False, limits=limits) as client:
        token = (await client.post("/api/v1/token", json=credentials)).json()["accessToken"]
        client.headers["Authorization"] = f"Bearer {token}"
        numbers = iter(range(LOOP_REQUESTS))

        async def work() -> None:
            for number in numbers:
                await client.get(f"/api/v2/workloads/00000000-0000-4000-8000-{number:012}")

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(in_flight)))
        return time.perf_counter() - started


def main() -> None:
    """Prints the table."""
    print("| what | seconds | exchanges | exchanges/s |\n| --- | ---: | ---: | ---: |")
    print(f"| `--help` | {statistics.median(seconds(['--help']) for _ in range(REPETITIONS)):.2f} | | |")
    run("`run --profile smoke`", ["--profile", "smoke"])
    rate = run("`run` (standard)", [])
    judge_again()
    with server(DELAY) as access:
        arguments, environ = reached(access)
        run(f"`run` (standard), {DELAY * 1000:.0f} ms added to each answer", arguments, environ)
    with server(0) as access:
        bare = LOOP_REQUESTS / statistics.median(asyncio.run(loop(access, 4)) for _ in range(REPETITIONS))
    print(f"| a bare httpx loop, 4 in flight | {LOOP_REQUESTS / bare:.1f} | {LOOP_REQUESTS} | {bare:.0f} |")
    print(f"\nA standard run makes {rate / bare:.2f} of the bare loop's exchanges per second.")


if __name__ == "__main__":
    main()
