"""Every file that a command reads may be anything: each gets one sentence, exit status 2, little time and memory.

A row of `READERS` is a command that reads a file, a column of `KINDS` what that file is; a new reader gets a row.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.records import rewritten, small_record
from support.reports import MUST, report, result

from workloads_conformance.certificates import new_key
from workloads_conformance.session import versions
from workloads_conformance.settings import OPTIONS
from workloads_reports import Verdict, json_text

pytestmark = pytest.mark.slow

CALLS = Path(__file__).parents[1] / "support" / "many_calls.py"
MOST_MIB = 200
REMOTE = ["--target", "http://127.0.0.1:9", "--project-id", "1"]
RUN = ["run", *REMOTE, "--token-env", "T"]


def holding(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**32)


def missing(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def unreadable(path: Path) -> None:
    path.write_bytes(b"x")
    path.chmod(0)


NO_FILES: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a directory": Path.mkdir,
    "a device": endless,
    "a dangling link": missing,
    "4 GiB": sparse,
    **({} if os.geteuid() == 0 else {"unreadable": unreadable}),
}
"""What nothing is read of."""

BYTES = {
    "binary": bytes(range(256)) * 64,
    "UTF-16": "seed = 1".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbfseed = 1 2",
    "NULs": b"\0" * 4096,
    "half a character": b"seed = 1 # \xed\xa0\x80",
    "a line of a million": b"x" * 10**6,
}
"""Texts of no language."""

TOML = {
    "deep": b"seed = " + b"[" * 100_000,
    "deep and closed": b"seed = " + b"[" * 200 + b"]" * 200,
    "deep by dots": b"a" + b".a" * 200_000 + b" = 1",
    "deep by a heading": b"[a" + b".a" * 200_000 + b"]",
    "deep tables": b"a = " + b"{a = " * 50_000 + b"1",
    "a huge number": b"seed = 1" + b"0" * 400,
    "a number that Python refuses": b"seed = 1" + b"0" * 5000,
    "NaN": b"settle = nan",
    "infinity": b"settle = inf",
    "a wrong type": b"kinds = {a = 1}",
    "a key twice": b"seed = 1\nseed = 2",
    "a path with NUL": b'report-dir = "a\\u0000b"',
    "a waiver that is none": b"waiver = 1",
    "no TOML": b"<html>",
    "a long key of quotes": b'"a"."b"' * 10**5 + b" = 1",
    "a long text of dots": b'profile = """' + b"a.a." * 10**5 + b'"""',
    "a long name": b"x" * 10**5 + b" = 1",
    "a long value": b'profile = "' + b"x" * 10**5 + b'"',
}

JSON = {
    "empty": b"",
    "deep": b"[" * 10**6,
    "deep objects": b'{"a":' * 10**5,
    "NaN": b'{"format": NaN}',
    "a huge number": b'{"format": 1' + b"0" * 400 + b"}",
    "a number that Python refuses": b'{"format": 1' + b"0" * 5000 + b"}",
    "a large exponent": b'{"format": 1e400}',
    "a name twice": b'{"format": 1, "format": 2}',
    "half a character": b'{"format": "\\ud800"}',
    "a wrong type": b'{"format": []}',
    "null": b"null",
    "no JSON": b"<html>",
}

MUCH = {
    "many numbers": b"[" + b"1234," * 1_500_000 + b"1]",
    "many texts": b"[" + b'"ab",' * 800_000 + b"1]",
    "wide characters": b'["' + "😀".encode() * 5_000_000 + b'"]',
}

LINES = {
    "a line": b'{"n":1}\n',
    "a line with a hash": b'{"n":1,"hash":"' + b"0" * 64 + b'"}\n',
    "deep": b'{"n":' + b"[" * 10**5 + b',"hash":"' + b"0" * 64 + b'"}\n',
    "empty": b"",
}


@dataclass(frozen=True)
class Reader:
    """A command that reads a file.

    Attributes:
        arguments: FILE stands for its path, GOOD for a report, KEY and PUB for keys, DIR for a directory in which
            the file lies under `name`, and a record and a report beside it.
        texts: what it may hold that is wrong.
        name: of the file.
        statuses: with which it ends.
    """

    arguments: list[str]
    texts: dict[str, bytes]
    name: str = "file"
    statuses: tuple[int, ...] = (2,)


NO_WORD = {name: data for name, data in BYTES.items() if name != "a line of a million"} | {"empty": b""}
PEM = BYTES | {"empty": b"", "no PEM": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}
READERS = {
    "--config": Reader([*RUN, "--config", "FILE"], BYTES | TOML),
    "--waivers": Reader([*RUN, "--waivers", "FILE"], BYTES | TOML),
    "--since": Reader([*RUN, "--since", "FILE"], BYTES | JSON),
    "--token-file": Reader(["run", *REMOTE, "--token-file", "FILE"], NO_WORD),
    "--ca-bundle": Reader([*RUN, "--ca-bundle", "FILE"], PEM),
    "--client-cert": Reader([*RUN, "--client-cert", "FILE"], PEM),
    "--client-key": Reader([*RUN, "--client-cert", "GOOD", "--client-key", "FILE"], PEM),
    "report": Reader(["report", "FILE", "--out", "out"], BYTES | JSON | MUCH),
    "report of a record": Reader(["report", "FILE", "--out", "out"], BYTES | LINES, "file.jsonl"),
    "diff, old": Reader(["diff", "FILE", "GOOD"], BYTES | JSON),
    "diff, new": Reader(["diff", "GOOD", "FILE"], BYTES | JSON),
    "merge": Reader(["merge", "GOOD", "FILE", "--out", "out"], BYTES | JSON),
    "merge --since": Reader(["merge", "GOOD", "--since", "FILE", "--out", "out"], BYTES | JSON),
    "certify --key": Reader(["certify", "--key", "FILE", "--from", "DIR"], PEM),
    "certify --from, record": Reader(["certify", "--key", "KEY", "--from", "DIR"], BYTES | LINES, "record.jsonl"),
    "certify --from, report": Reader(["certify", "--key", "KEY", "--from", "DIR"], BYTES | JSON, "report.json"),
    "verify --key": Reader(["verify", "DIR", "--key", "FILE"], PEM),
    # What lies where the certificate should, and was not signed, does not verify.
    "verify, certificate": Reader(["verify", "DIR", "--key", "PUB"], BYTES | JSON, "certificate.json", (1, 2)),
}  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """The answers to all calls, by reader and kind."""
    root = tmp_path_factory.mktemp("given")
    new_key(root / "key", None)
    (root / "good.json").write_text(json_text(report(result(MUST, Verdict.PASS))), encoding="utf-8")
    cells = [(name, kind) for name, reader in READERS.items() for kind in (*NO_FILES, *reader.texts)]
    calls = [_arguments(root, number, *cell) for number, cell in enumerate(cells)]
    done = subprocess.run(
        [sys.executable, str(CALLS)], input=json.dumps(calls), cwd=root, capture_output=True, text=True, check=False,
        timeout=1200,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cells), done.stderr[-2000:]
    return dict(zip(cells, answers, strict=True))


def of_these_libraries(entries):
    entries[0]["versions"] = dict(versions())
    return entries


def _arguments(root: Path, number: int, name: str, kind: str) -> list[str]:
    reader = READERS[name]
    directory = root / f"{number}"
    directory.mkdir()
    if "DIR" in reader.arguments:
        small_record(directory / "record.jsonl")
        rewritten(directory / "record.jsonl", of_these_libraries)
        (directory / "report.json").write_bytes((root / "good.json").read_bytes())
    path = directory / reader.name
    path.unlink(missing_ok=True)
    (NO_FILES.get(kind) or holding(reader.texts[kind]))(path)
    meant = {"FILE": path, "GOOD": root / "good.json", "KEY": root / "key", "PUB": root / "key.pub", "DIR": directory}
    return [str(meant.get(one, one)) for one in reader.arguments]


@pytest.mark.parametrize("name", READERS)
def test_whatever_a_file_is_it_gets_one_sentence(given, name):
    answers = {kind: answer for (reader, kind), answer in given.items() if reader == name}
    assert len(answers) > 8
    for kind, answer in answers.items():
        told = f"{name} of {kind}: {str(answer)[:1500]}"
        assert answer["status"] in READERS[name].statuses, told
        assert answer["out"] == "", told
        [sentence] = answer["err"].splitlines()
        assert sentence.startswith("workloads-conformance: "), told
        assert sentence.endswith((".", "?")), told
        assert sentence.isprintable(), told
        assert len(sentence) < 1000, told
        assert "error of the suite" not in sentence, told


def test_none_takes_much_memory(given):
    assert [(*cell, answer["MiB"]) for cell, answer in given.items() if answer["MiB"] > MOST_MIB][:1] == []


@pytest.mark.parametrize("option", [option.key for option in OPTIONS if option.is_path])
def test_a_path_with_nul_is_none(option, tmp_path):
    """Only a configuration file can hold one."""
    (tmp_path / "conformance.toml").write_text(f'{option} = "a\\u0000b"\n')
    calls = json.dumps([RUN if option != "token-file" else ["run", *REMOTE]])
    done = subprocess.run(
        [sys.executable, str(CALLS)], input=calls, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=600
    )
    answer = json.loads(done.stdout.splitlines()[0])
    assert answer["status"] == 2
    [sentence] = answer["err"].splitlines()
    assert f"{option} is 'a\\x00b'; expected a path, which holds no NUL." in sentence


@pytest.mark.parametrize("kind", ["a file", "a pipe", "a device", "a dangling link"])
def test_a_directory_to_write_to_that_is_none(kind, tmp_path):
    path = tmp_path / "out"
    ({"a file": holding(b"x")} | NO_FILES)[kind](path)
    (tmp_path / "good.json").write_text(json_text(report(result(MUST, Verdict.PASS))), encoding="utf-8")
    calls = [
        [*RUN, "--report-dir", str(path / "inner")],
        ["report", "good.json", "--out", str(path / "inner")],
        ["merge", "good.json", "--out", str(path / "inner")],
        [*RUN, "--write-waivers", str(path / "inner")],
    ]
    if kind == "a dangling link":
        (tmp_path / "nowhere").write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, str(CALLS)], input=json.dumps(calls), cwd=tmp_path, capture_output=True, text=True,
        check=True, timeout=240,
    )  # fmt: skip
    for answer in map(json.loads, done.stdout.splitlines()):
        assert answer["status"] == 2, answer
        assert answer["err"].count("\n") == 1, answer
        assert "Traceback" not in answer["err"]
