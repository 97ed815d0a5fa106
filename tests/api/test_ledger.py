"""The ledger: what it says of a killed run, and that nobody else can make it say anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workloads_conformance.api import Ledger, LedgerHeader, ledger_key, read_ledger
from workloads_conformance.api.identity import Asked
from workloads_conformance.api.inventory import Create
from workloads_conformance.errors import UsageError

KEY = b"k" * 32
HEADER = LedgerHeader("wlc-abc123-", "http://target.example", "4500001")
IDS = [f"0b7f3a52-6f3c-4f37-9d6b-3f3f5f0d1c{number:02}" for number in range(9)]


def written(directory: Path) -> Path:
    ledger = Ledger(directory, HEADER, KEY)
    for number, identifier in enumerate(IDS[:4], 1):
        asked = Asked(f"wlc-abc123-{number}", dry_run=number == 3)
        ledger.sending(number, asked)
        if number < 4:
            ledger.answered(number, Create(asked, number != 2, identifier if number != 2 else None))
    ledger.gone(IDS[0])
    ledger.close(clean=False)
    return ledger.path


def test_it_tells_what_may_be_left(tmp_path):
    path = written(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"sending": 5, "na')  # killed in the middle of a line
    found = read_ledger(path, KEY)
    assert found.header == HEADER
    assert found.damaged == 1
    assert sorted(found.creates) == [3, 4], "the first is gone, the second was refused"
    assert (found.creates[3].id, found.creates[3].asked.dry_run, found.creates[3].done) == (IDS[2], True, True)
    assert (found.creates[4].id, found.creates[4].done) == (None, None)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_clean_end_removes_it(tmp_path):
    ledger = Ledger(tmp_path, HEADER, KEY)
    ledger.close(clean=True)
    assert not ledger.path.exists()


def edited(path: Path, number: int, **members: object) -> None:
    lines = path.read_text().splitlines()
    lines[number] = json.dumps(json.loads(lines[number]) | members)
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "members",
    [
        {"prefix": ""},
        {"prefix": "prod-"},
        {"prefix": "wlc-zzz999-"},
        {"target": "http://evil.example"},
        {"project": "1"},
        {"format": "workloads-conformance-ledger/1"},
        {"mac": "0" * 64},
        {"mac": None},
        {"mac": "\ud800"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_changed_first_line_is_not_believed(tmp_path, members):
    path = written(tmp_path)
    edited(path, 0, **members)
    with pytest.raises(UsageError, match="cannot be believed"):
        read_ledger(path, KEY)


def test_another_key_believes_nothing(tmp_path):
    with pytest.raises(UsageError, match="cannot be believed"):
        read_ledger(written(tmp_path), b"l" * 32)


@pytest.mark.parametrize("members", [{"id": IDS[8]}, {"answered": 4}, {"mac": 7}], ids=str)
def test_a_changed_line_costs_itself_alone(tmp_path, members):
    path = written(tmp_path)
    edited(path, 6, **members)
    found = read_ledger(path, KEY)
    assert found.damaged == 1
    assert sorted(found.creates) == [3, 4]
    assert found.creates[3].id is None, "what it was answered is not known any more; it is looked for by its name"


def test_a_line_of_another_run_is_not_believed(tmp_path):
    one = written(tmp_path)
    (tmp_path / "other").mkdir()
    other = Ledger(tmp_path / "other", LedgerHeader("wlc-other1-", HEADER.target, HEADER.project), KEY)
    other.sending(1, Asked("wlc-abc123-foreign"))
    other.close(clean=False)
    with one.open("ab") as file:
        file.write(other.path.read_bytes().splitlines()[1] + b"\n")
    found = read_ledger(one, KEY)
    assert found.damaged == 1
    assert "wlc-abc123-foreign" not in {create.asked.name for create in found.creates.values()}


NO_LEDGERS = {
    "empty": b"",
    "binary": bytes(range(256)),
    "deep": b"[" * 100_000,
    "huge integer": b'{"format": ' + b"9" * 10_000 + b"}",
    "a list": b"[]",
    "NaN": b'{"prefix": NaN}',
    "a long line": b'{"prefix": "' + b"a" * 100_000 + b'"}',
    "UTF-16": '{"prefix": "a"}'.encode("utf-16"),
    "numbers": b'{"format": "workloads-conformance-ledger/3", "prefix": 1, "target": 2, "project": 3}',
}


@pytest.mark.parametrize("content", NO_LEDGERS.values(), ids=NO_LEDGERS)
def test_what_is_no_ledger_is_one_sentence(tmp_path, content):
    path = tmp_path / "ledger-x.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_ledger(path, KEY)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_one_sentence(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("fifo", "link", ".", "missing", "nul\0"):
        with pytest.raises(UsageError):
            read_ledger(tmp_path / name, KEY)


# -- the key ----


def test_the_key_is_made_once_and_private(tmp_path):
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    key = ledger_key(environ)
    assert key == ledger_key(environ)
    assert len(key) == 32
    path = tmp_path / "workloads-conformance/ledger.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        ledger_key(environ)
    path.chmod(0o600)
    path.write_text("nonsense")
    with pytest.raises(UsageError, match="holds no key"):
        ledger_key(environ)


def test_a_state_directory_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="XDG_STATE_HOME"):
        ledger_key({"XDG_STATE_HOME": str(tmp_path / "file")})


def test_two_processes_at_once_end_up_with_one_key(tmp_path):
    code = "import os; from workloads_conformance.api import ledger_key; print(ledger_key(os.environ).hex())"
    environ = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    made = [subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({one.communicate()[0] for one in made}) == 1


# -- a full disk ----


def test_nothing_is_sent_that_could_not_be_written_down(tmp_path):
    """A limit on the size of files stands in for a full disk."""
    code = f"""
import resource, signal
from pathlib import Path
from workloads_conformance.api import Inventory, Ledger, LedgerHeader
from workloads_conformance.http import Request
from workloads_conformance.api.ledger import LedgerError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = Ledger(Path({str(tmp_path)!r}), LedgerHeader("wlc-abc123-", "http://x", "1"), b"k" * 32)
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
inventory = Inventory("wlc-abc123-", ledger)
try:
    for number in range(100):
        inventory.sending(Request(method="POST", path="/api/v2/workloads", body=b"{{}}"))
except LedgerError as error:
    print(len(inventory.creates), error)
ledger.gone("x")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, _, told = done.stdout.partition(" ")
    assert "cannot be written" in told
    found = read_ledger(tmp_path / "ledger-wlc-abc123-.jsonl", KEY)
    assert len(found.creates) == int(count) > 0
