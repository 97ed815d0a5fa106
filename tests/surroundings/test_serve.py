"""`serve` as people use it: in containers, to see a failure, and to be ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest
from conftest import COMMAND


@contextmanager
def served(*arguments: str):
    """Yields the process, what it says first, and the URL that it names."""
    process = subprocess.Popen([*COMMAND, "serve", *arguments], stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        yield process, first, re.search(r"http://\S+", first)[0]
    finally:
        process.kill()
        process.communicate()


def status(url: str) -> int | None:
    """What it answers to who has no token; None if it is not there."""
    try:
        return httpx.get(f"{url}/api/v2/workloads/x", trust_env=False, timeout=30).status_code
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_with_its_command(number):
    with served() as (process, _, url):
        assert status(url) == 401
        process.send_signal(number)
        process.wait(60)
        deadline = time.monotonic() + 60
        while status(url) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert status(url) is None
        assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)


@pytest.mark.parametrize(("host", "named"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")])
def test_it_listens_where_it_is_told(host, named):
    with served("--host", host) as (_, _, url):
        assert url.startswith(f"http://{named}:")
        assert status(url) == 401


def test_a_fault_can_be_served():
    with served("--fault", "authentication/anybody-may-read") as (_, first, url):
        assert "with authentication/anybody-may-read" in first
        assert status(url) not in (None, 401)


def test_a_fault_that_is_none_is_told(command):
    done = command("serve", "--fault", "authentication/anybody-may-reed")
    assert done.returncode == 2
    assert done.stderr == (
        "workloads-conformance: no fault is named 'authentication/anybody-may-reed'; "
        "did you mean 'authentication/anybody-may-read'?\n"
    )
