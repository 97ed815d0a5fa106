"""One certified run for all tests of certificates: it takes a while, though its thorough profile draws few cases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import COMMAND
from support.certificates import VENDOR
from support.few_cases import FEW
from support.servers import Changed, serving

from workloads_conformance.runner.judges import EXAMPLES
from workloads_conformance.settings import Profile
from workloads_conformance.suite import test_numbers, test_stories

FEW_CASES = (sys.executable, str(Path(__file__).parents[1] / "support" / "few_cases.py"))


@pytest.fixture(scope="module", autouse=True)
def _few_cases():
    """Draws as few cases here as the commands do that are called."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(EXAMPLES, Profile.THOROUGH, FEW)
        patch.setitem(test_stories.TOGETHER, Profile.THOROUGH, 1)
        patch.setitem(test_numbers.MANY, Profile.THOROUGH, FEW)
        yield


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The directory with the certifier's keys, `certifier` and `certifier.pub`."""
    directory = tmp_path_factory.mktemp("keys")
    subprocess.run(
        [*COMMAND, "certify", "--new-key", "certifier"], cwd=directory, check=True, capture_output=True, text=True
    )
    return directory


def certify(directory, keys, app, *flags):
    """Certifies a server with changes, in a directory; returns what the command said."""
    (directory / "conformance.toml").write_text(VENDOR)
    with serving(app) as target:
        arguments = ["certify", "--key", str(keys / "certifier"), "--report-dir", "certificate", *target.arguments]
        return subprocess.run(
            [*FEW_CASES, *arguments, *flags],
            cwd=directory,
            env=os.environ | target.environ,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )


@pytest.fixture(scope="session")
def certified(tmp_path_factory, keys):
    """The directory of a run that has been certified, and what the command said."""
    directory = tmp_path_factory.mktemp("certified")
    # Whatever it says of a budget, the whole plan is tried.
    done = certify(directory, keys, Changed(), "--har", "--certifier", "Example Lab", "--budget", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return directory / "certificate", done


@pytest.fixture
def verified(tmp_path, keys):
    """Calls `verify` on a directory, with as much time as a busy machine needs to judge a thorough run again."""

    def call(directory, key="certifier.pub"):
        arguments = [*FEW_CASES, "verify", str(directory), "--key", str(keys / key)]
        return subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)

    return call
