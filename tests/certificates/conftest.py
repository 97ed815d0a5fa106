"""One certified run for all tests of certificates: it takes a while."""

from __future__ import annotations

import subprocess

import pytest
from conftest import COMMAND

VENDOR = """\
[implementation]
organization = "Example Vendor"
project = "Example <Workloads>"
version = "1.4.0"
url = "https://vendor.example.com/workloads"
contact = "conformance@vendor.example.com"
"""


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The directory with the certifier's keys, `certifier` and `certifier.pub`."""
    directory = tmp_path_factory.mktemp("keys")
    subprocess.run(
        [*COMMAND, "certify", "--new-key", "certifier"], cwd=directory, check=True, capture_output=True, text=True
    )
    return directory


@pytest.fixture(scope="session")
def certified(tmp_path_factory, keys):
    """The directory of a run on the embedded server that has been certified, and what the command said."""
    directory = tmp_path_factory.mktemp("certified")
    (directory / "conformance.toml").write_text(VENDOR)
    arguments = ["certify", "--key", str(keys / "certifier"), "--budget", "1", "--report-dir", "certificate", "--har"]
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=directory, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return directory / "certificate", done


@pytest.fixture
def verified(tmp_path, keys):
    """Calls `verify` on a directory, with as much time as a busy machine needs to judge a thorough run again."""

    def call(directory):
        arguments = [*COMMAND, "verify", str(directory), "--key", str(keys / "certifier.pub")]
        return subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)

    return call
