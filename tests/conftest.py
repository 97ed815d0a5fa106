"""What many tests share: the command line as users call it, and a run of chosen tests on a chosen server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.forked import Calls
from support.servers import Changed, serving

from workloads_conformance.output import redaction
from workloads_conformance.session import RequirementViolatedError, Session
from workloads_conformance.settings import load_settings
from workloads_reports import Report

COMMAND = (sys.executable, "-m", "workloads_conformance")


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps the key of the user who runs the tests out of them."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(autouse=True)
def _secrets_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps a test's tokens, which may be ordinary words, out of what later tests of the process say."""
    monkeypatch.setattr(redaction, "_PROCESS", redaction.Redactor())


@pytest.fixture(scope="session")
def calls(_state_of_its_own: None) -> Iterator[Calls]:
    """Calls of Python modules in processes of their own."""
    with Calls() as calling:
        yield calling


@pytest.fixture
def command(tmp_path: Path, calls: Calls) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Calls the command line in an empty directory; `environ` adds to a plain environment."""

    def call(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        plain = {
            key: value for key, value in os.environ.items() if not key.startswith(("WORKLOADS_CONFORMANCE_", "GITHUB_"))
        }
        return calls.run("workloads_conformance", arguments, tmp_path, plain | (environ or {}), timeout=600)

    return call


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., Report]:
    """Reports on the reference server with changes, by tests of the suite; `environ` has other tokens, None no flag."""

    def run(
        app: Changed, *tests: Callable[[Session], None], environ: dict[str, str] | None = None, **flags: str | None
    ) -> Report:
        with serving(app) as target:
            tokens = target.environ | (environ or {})
            given = {**target.flags, "report-dir": str(tmp_path), "settle": "0.6", "deadline": "5"}
            given |= {key.replace("_", "-"): value for key, value in flags.items()}
            given = {key: value for key, value in given.items() if value is not None}
            session = Session(load_settings(given, tokens), tokens)
            try:
                session.open()
                for test in tests:
                    with suppress(RequirementViolatedError):
                        test(session)
                session.clean_up()
                return session.report()
            finally:
                session.close()

    return run
