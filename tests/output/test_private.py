"""Who may read what a run writes, and what the servers that it starts are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import COMMAND
from support.servers import Changed

from workloads_conformance.http import hide_token
from workloads_conformance.output import Redactor
from workloads_conformance.recording import RECORD_NAME, Recorder
from workloads_conformance.session.embedded import EmbeddedServer
from workloads_conformance.settings import Settings, load_settings
from workloads_conformance.suite import test_authentication as suite
from workloads_reports import private_directory, write_private, write_text


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(autouse=True)
def open_handed():
    """The user lets everybody read what others make."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_directory_that_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "there").mkdir(mode=0o755)
    private_directory(tmp_path / "there")
    write_text(tmp_path / "there/file", "x")
    assert mode(tmp_path / "there") == 0o755
    assert mode(tmp_path / "there/file") == 0o600
    private_directory(tmp_path / "new/leaf")
    assert mode(tmp_path / "new/leaf") == 0o700


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_is_replaced_and_not_followed(link, tmp_path):
    """Whoever may write to the directory could have a file of the user's overwritten, or read what comes."""
    outside = tmp_path / "outside"
    outside.write_text("untouched")
    (tmp_path / "report").mkdir()
    for name in (RECORD_NAME, "report.json", "body.bin"):
        link(outside, tmp_path / "report" / name)
    Recorder(tmp_path / "report", Redactor()).close()
    write_text(tmp_path / "report/report.json", "report")
    write_private(tmp_path / "report/body.bin", lambda file: file.write(b"body"))
    assert outside.read_text() == "untouched"
    assert (tmp_path / "report/report.json").read_text() == "report"
    assert not (tmp_path / "report/report.json").is_symlink()
    assert mode(tmp_path / "report/body.bin") == 0o600


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path):
    def fails(file):
        file.write(b"half")
        raise OSError("full")

    (tmp_path / "file").write_text("before")
    with pytest.raises(OSError, match="full"):
        write_private(tmp_path / "file", fails)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


# -- the servers -------------------------------------------------------------------------------------------------------


def children() -> set[int]:
    """The processes that this thread has started."""
    return {int(child) for child in Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()}


def environment(process: int) -> dict[str, str]:
    data = Path(f"/proc/{process}/environ").read_bytes()
    return dict(entry.split("=", 1) for entry in data.decode().split("\0") if entry)


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system has no /proc")
KNOWN = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "LD_LIBRARY_PATH"}


@needs_proc
def test_the_embedded_server_has_nothing_of_the_user_s_environment(monkeypatch):
    monkeypatch.setenv("MY_TOKEN", "planted-secret")
    before = children()
    server = EmbeddedServer()
    try:
        assert server.access.url.startswith("http://127.0.0.1:")
        [started] = children() - before
        found = environment(started)
    finally:
        server.close()
    assert found.keys() <= KNOWN
    assert "planted-secret" not in str(found)


@needs_proc
def test_nor_has_the_server_of_serve(tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ImportError('this one was not meant')")
    environ = os.environ | {"MY_TOKEN": "planted-secret"}
    with subprocess.Popen([*COMMAND, "serve"], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        assert command.stdout.readline().startswith("The reference server listens on http://127.0.0.1:")
        children = Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text().split()
        found = [environment(int(child)) for child in children]
        command.terminate()
        for child in children:
            os.kill(int(child), 15)
    assert len(found) == 1
    assert found[0].keys() <= KNOWN


def test_the_server_starts_where_modules_of_its_names_lie_about(tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ImportError('this one was not meant')")
    code = (
        "from workloads_conformance.session.embedded import EmbeddedServer as Server\n"
        "server = Server()\nprint(server.access.url)\nserver.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stdout.startswith("http://127.0.0.1:"), done.stderr


# -- tokens ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "more", "stays"),
    [
        ("http://127.0.0.1:80", {}, True),
        ("https://127.8.8.8/x", {}, True),
        ("http://[::1]:8080", {}, True),
        ("http://LOCALHOST:1", {}, True),
        ("http://localhost.example.com", {}, False),
        ("http://127.0.0.1.example.com", {}, False),
        ("https://10.0.0.1", {}, False),
        ("http://[::2]", {}, False),
        ("http://0.0.0.0", {}, False),
        ("http://127.0.0.1:80", {"proxy": "http://proxy:3128"}, False),
        ("http://127.0.0.1:80", {"trust_env": True}, False),
        ("https://runai.example.com", {"allow_token_in_url": True}, True),
    ],
)
def test_a_token_stands_in_urls_only_where_nobody_else_sees_them(target, more, stays):
    assert suite.stays_here(Settings(target=target, **more)) is stays


def test_the_query_is_tried_on_this_machine_and_elsewhere_only_if_that_is_permitted(judge, monkeypatch):
    seen: list[bytes] = []

    def before(call):
        seen.append(call.query)
        return call

    def verdict(**flags):
        seen.clear()
        report = judge(Changed(before=before), suite.test_a_token_in_the_query, profile="smoke", **flags)
        return next(found for found in report.requirements if found.requirement.id == "WV2-AUTH-017")

    assert verdict().verdict == "pass"
    assert any(b"token=" in query for query in seen)
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    monkeypatch.delenv("http_proxy", raising=False)
    away = verdict(trust_env="true")
    assert away.verdict == "not-tested"
    assert "--allow-token-in-url" in away.reason
    assert not any(b"token=" in query for query in seen)
    assert verdict(trust_env="true", allow_token_in_url="true").verdict == "pass"


def test_the_option_stands_in_the_environment_and_in_the_file(tmp_path):
    (tmp_path / "conformance.toml").write_text("allow-token-in-url = true")
    assert load_settings({}, {}, tmp_path / "conformance.toml").allow_token_in_url
    assert load_settings({}, {"WORKLOADS_CONFORMANCE_ALLOW_TOKEN_IN_URL": "true"}).allow_token_in_url
    assert not load_settings({}, {}).allow_token_in_url


def test_words_that_a_token_holds_are_not_hidden_everywhere():
    redactor = Redactor()
    hide_token(redactor, "team.project.server", "TOKEN")
    assert redactor.text("the project's server refuses team.project.server") == "the project's server refuses $TOKEN"


def test_a_proxy_s_password_is_told_to_nobody(command, tmp_path):
    arguments = ("--target", "http://127.0.0.1:9", "--project-id", "1", "--token-env", "T")
    done = command("run", *arguments, "--proxy", "http://me:planted%2Fsecret@127.0.0.1:9", environ={"T": "a.b.c"})
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert done.returncode == 3
    for secret in ("planted%2Fsecret", "planted/secret"):
        assert secret not in done.stdout + done.stderr
        assert secret.encode() not in written


def test_the_record_says_whether_a_token_may_stand_in_urls(command, tmp_path):
    arguments = ("--target", "http://127.0.0.1:9", "--project-id", "1", "--token-env", "T")
    command("run", *arguments, "--allow-token-in-url", environ={"T": "a.b.c"})
    first = (tmp_path / "conformance-report" / RECORD_NAME).read_text(encoding="utf-8").splitlines()[0]
    assert json.loads(first)["settings"]["allow_token_in_url"] is True
