"""Servers that other tools make of the contract are judged to the end: with findings, without a mistake of the suite.

npm installs its tools when they are needed. connexion and FastAPI are in no group of dependencies, for they bring much:
`pip install "connexion[uvicorn]" fastapi` has their servers judged, too.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from workloads_reports import Verdict, read_report
from workloads_specs import load_contract

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

HERE = Path(__file__).parent
PACKAGES = ("@stoplight/prism-cli@5.14.2", "@mockoon/cli@9.9.0", "openapi-backend@5.21.2")
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.x"
LIMIT = 300
"""Seconds in which a run ends, whatever the server does."""


@pytest.fixture(scope="session")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("contract") / "openapi.json"
    path.write_text(json.dumps(load_contract(literal=True).document))
    return path


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """The folder where npm has installed the tools."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), *PACKAGES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install the tools: {done.stderr.strip()[-200:]}")
    return folder


@contextmanager
def started(command, port):
    """Runs a server until it is no longer needed; yields its URL once it answers."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while True:
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < until, f"{command[0]} does not answer"
            with suppress(httpx.TransportError):
                httpx.get(f"{url}/api/v2/workloads/69f58af2-51c6-4b89-8b0b-515ed4f420f1", timeout=30)
                break
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def judged(url, command, tmp_path):
    """Judges a server; returns the report, when it was seen that the run came to its end as it should."""
    arguments = ("--target", url, "--project-id", "1", "--token-env", "TOKEN", "--time-limit", str(LIMIT))
    done = command("run", *arguments, "--profile", "smoke", environ={"TOKEN": TOKEN})
    assert done.returncode in (1, 3), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    report = read_report(tmp_path / "conformance-report/report.json")
    assert not report.having(Verdict.ERROR)
    assert report.leftovers.leaked == (), "what never was there is not said to be left"
    return report


@pytest.mark.parametrize("dynamic", [False, True], ids=["static", "dynamic"])
def test_prism(dynamic, node, document, command, tmp_path):
    port = free_port()
    prism = [node / "node_modules/.bin/prism", "mock", "-p", port, *(["-d"] if dynamic else []), document]
    with started(prism, port) as url:
        report = judged(url, command, tmp_path)
    assert report.having(Verdict.FAIL), "what it makes up is not what was asked for"


def test_mockoon(node, document, command, tmp_path):
    port = free_port()
    mockoon = [node / "node_modules/.bin/mockoon-cli", "start", "--data", document, "--port", port]
    with started(mockoon, port) as url:
        report = judged(url, command, tmp_path)
    assert report.having(Verdict.FAIL)


def test_openapi_backend(node, document, command, tmp_path):
    port = free_port()
    with started(["node", HERE / "backend.mjs", node, document, port], port) as url:
        report = judged(url, command, tmp_path)
    assert report.having(Verdict.FAIL)


@pytest.mark.skipif(importlib.util.find_spec("connexion") is None, reason="wants: pip install 'connexion[uvicorn]'")
def test_connexion(document, command, tmp_path):
    port = free_port()
    with started([sys.executable, HERE / "connexion_app.py", document, port], port) as url:
        report = judged(url, command, tmp_path)
    assert report.having(Verdict.FAIL)


@pytest.mark.skipif(importlib.util.find_spec("fastapi") is None, reason="wants: pip install fastapi")
def test_fastapi(command, tmp_path):
    """Most of it is right: what it refuses with 422, and takes though it should not, is found."""
    port = free_port()
    with started([sys.executable, HERE / "fastapi_app.py", port], port) as url:
        report = judged(url, command, tmp_path)
    passed = {found.requirement.id for found in report.having(Verdict.PASS)}
    assert {"WV2-CREATE-003", "WV2-UPDATE-004", "WV2-DELETE-003", "WV2-LIFE-007", "WV2-GET-003"} <= passed
    failed = {found.requirement.id for found in report.having(Verdict.FAIL)}
    assert {"WV2-CREATE-004", "WV2-CREATE-005"} <= failed, "no base64, and names that are taken are given again"
    assert report.leftovers.unknown == ()
