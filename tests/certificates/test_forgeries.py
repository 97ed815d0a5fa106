"""What somebody can make of a run who has a key and much time: it does not verify, and no certificate comes of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest
from conftest import COMMAND
from support.certificates import signed_anew
from support.records import rewritten

from workloads_conformance import session
from workloads_conformance.certificates import (
    CertificateError,
    certify,
    libraries,
    load_public_key,
    load_signer,
    verify,
)
from workloads_conformance.certificates.eligibility import unfit
from workloads_conformance.certificates.evidence import judge_again, read_run
from workloads_conformance.certificates.page import page
from workloads_conformance.certificates.statement import predicate
from workloads_conformance.errors import UsageError
from workloads_conformance.recording import read_record
from workloads_conformance.replay import rejudge
from workloads_conformance.runner import drawing
from workloads_conformance.session import suite_tests
from workloads_conformance.settings import Mode, Profile, Settings
from workloads_reports import RENDERINGS, read_report, write_all

pytestmark = pytest.mark.slow

Entries = list[dict[str, Any]]
LEFT_OUT = "test_generated.test_get_of_generated_ids"
"""A test whose requirement others judge, too: without it every MUST is still passed."""


@pytest.fixture(scope="module")
def public(keys):
    return load_public_key(keys / "certifier.pub")


@pytest.fixture
def copy(certified, tmp_path):
    directory = tmp_path / "certificate"
    shutil.copytree(certified[0], directory)
    (directory / "exchanges.har").unlink()
    return directory


@pytest.fixture
def forged(copy, keys):
    """Changes the record, renders the report of what is left, and signs all of it, as far as that goes."""

    def forge(change: Callable[[Entries], Entries]):
        rewritten(copy / "record.jsonl", change)
        record = read_record(copy / "record.jsonl")
        report, _ = rejudge(record)
        write_all(report, copy)

        def say(found: dict[str, Any]) -> None:
            evidence = judge_again(copy, record)
            before = found["predicate"]["certificate"]
            issued, until = (datetime.fromisoformat(before[name]) for name in ("issued", "validUntil"))
            found["predicate"] = predicate(evidence, certifier="", issued=issued, until=until)
            found["subject"] = [one for one in found["subject"] if one["name"] != "exchanges.har"]
            digests = {one["name"]: one["digest"] for one in found["predicate"]["configuration"]}
            for one in found["subject"]:
                one["digest"] = digests.get(one["name"], one["digest"])
            keyid = load_public_key(keys / "certifier.pub").keyid
            (copy / "certificate.html").write_text(page(found["predicate"], report, keyid), encoding="utf-8")

        signed_anew(copy, keys / "certifier", say)
        return copy

    return forge


def refused(directory, public) -> str:
    with pytest.raises(CertificateError) as caught:
        verify(directory, public)
    return str(caught.value)


def without(test: str) -> Callable[[Entries], Entries]:
    def change(entries: Entries) -> Entries:
        entries[0]["plan"].remove(test)
        scope = f"{test}/"
        return [
            entry for entry in entries
            if not (entry.get("trial", "").startswith(scope) or entry.get("key", "").startswith(scope)
                    or entry.get("name") == test)
        ]  # fmt: skip

    return change


def test_a_test_that_was_cut_out_is_missed(forged, keys, public):
    directory = forged(without(LEFT_OUT))
    told = f"of 1 of its {len(suite_tests())} tests there are cases that did not run: {LEFT_OUT} (none of its "
    assert told in refused(directory, public)
    with pytest.raises(CertificateError) as caught:
        certify(directory, load_signer(keys / "certifier", None), days=1)
    assert told in str(caught.value)


def test_a_case_that_was_cut_out_is_missed(forged, public):
    """Its exchanges too, so that what is left is a run of its own."""

    def change(entries: Entries) -> Entries:
        entry_of_cases = next(entry for entry in entries if entry.get("key") == f"{LEFT_OUT}/0: cases")
        cases = json.loads(entry_of_cases["value"])
        entry_of_cases["value"] = json.dumps(cases[:-1])
        trial = f"{LEFT_OUT}/0/{len(cases) - 1}"
        return [entry for entry in entries if entry.get("trial") != trial]

    told = refused(forged(change), public)
    assert f"the record does not hold the cases that its seed draws: {LEFT_OUT}" in told
    assert re.search(rf"{LEFT_OUT} \(2 of 3 cases ran\)", told)


def test_a_run_whose_tests_were_chosen_is_not_certified(command, tmp_path, keys):
    """What pytest leaves out with `-k`, nobody has judged."""
    arguments = ["-m", "pytest", "--pyargs", "workloads_conformance.suite", "-k", "test_get.py", "-q"]
    done = subprocess.run(
        [COMMAND[0], *arguments, "--wlc-profile", "smoke"], cwd=tmp_path, capture_output=True, timeout=300, check=False
    )
    assert done.returncode in (0, 1)
    path = tmp_path / "conformance-report" / "record.jsonl"

    def as_of_a_server(entries: Entries) -> Entries:
        entries[0]["embedded"] = False
        return entries

    refusal = command("certify", "--from", "conformance-report", "--key", str(keys / "certifier"))
    assert refusal.returncode == 2
    assert "holds a run of the embedded server, which is not a product" in refusal.stderr
    rewritten(path, as_of_a_server)
    refusal = command("certify", "--from", "conformance-report", "--key", str(keys / "certifier"))
    assert refusal.returncode == 1
    assert "it is a smoke run in mode full" in refusal.stderr
    assert "the run is not the whole suite: of " in refusal.stderr


def test_the_embedded_server_s_certificate_does_not_verify(forged, public):
    def change(entries: Entries) -> Entries:
        entries[0]["embedded"] = True
        return entries

    assert "its target is the embedded server, which is not a product" in refused(forged(change), public)


def test_a_certifier_who_signs_what_the_run_does_not_show(copy, keys, public):
    """The signature is genuine and every digest is right; judging again tells."""
    spoil(copy, keys)
    told = refused(copy, public)
    assert "report.json does not say what the record shows: WV2-HTTP-001: verdict 'pass', judged again" in told


def spoil(directory, keys) -> None:
    def worse(entries: Entries) -> Entries:
        judged = (i for i, entry in enumerate(entries) if entry.get("trial", "").startswith("test_get."))
        index = next(i for i in judged if entries[i]["status"] == 200)
        entries[index]["reply_headers"] = [["content-type", "text/html"]]
        return entries

    rewritten(directory / "record.jsonl", worse)
    signed_anew(directory, keys / "certifier", without_har)


def without_har(found: dict[str, Any]) -> None:
    found["subject"] = [one for one in found["subject"] if one["name"] != "exchanges.har"]


def test_files_that_show_something_else(copy, keys, public):
    """Signed as they are, and not what the suite made."""
    names = [name for name in RENDERINGS if name != "report.json"]
    for name in names:
        path = copy / name
        path.write_text(path.read_text(encoding="utf-8").replace("conformant", "excellent") + "\n", encoding="utf-8")
    signed_anew(copy, keys / "certifier", without_har)
    problems = [f"\n  - {name} does not show what report.json says." for name in names]
    assert refused(copy, public) == "the certificate does not verify:" + "".join(problems)


def test_a_statement_that_leaves_out_a_file(copy, keys, public):
    def less(found: dict[str, Any]) -> None:
        without_har(found)
        found["subject"] = [one for one in found["subject"] if one["name"] != "badge.svg"]

    signed_anew(copy, keys / "certifier", less)
    assert "badge.svg is not among the files that were signed" in refused(copy, public)


def test_a_statement_that_says_otherwise_than_the_run(copy, keys, public):
    def otherwise(found: dict[str, Any]) -> None:
        without_har(found)
        found["predicate"]["passedTests"].pop()
        found["predicate"]["result"] = "WARNED"
        found["predicate"]["certificate"] |= {
            "plan": {"tests": 200, "cases": 10**6, "sha256": "0" * 64},
            "versions": {"python": "3.99.0"},
            "must": {"passed": 200},
            "untested": ["WV2-GET-001"],
        }

    signed_anew(copy, keys / "certifier", otherwise)
    told = refused(copy, public)
    for member in (
        "result",
        "passedTests",
        *(f"certificate.{name}" for name in ("plan", "versions", "must", "untested")),
    ):
        assert f"certificate.json says otherwise than the run: {member}." in told


# -- libraries ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def other_libraries(monkeypatch):
    """Other patch versions than those of the run; and nothing can be drawn with them."""
    here = dict(session.versions()) | {"hypothesis": "6.999.1", "python": "3.11.99"}
    monkeypatch.setattr(libraries, "versions", lambda: MappingProxyType(here))

    def nothing(*_: object, **__: object) -> None:
        raise AssertionError("drawn with other libraries")

    monkeypatch.setattr(drawing, "draw", nothing)
    monkeypatch.setattr("workloads_conformance.runner.cases.draw", nothing)


@pytest.mark.usefixtures("other_libraries")
def test_a_certificate_outlives_its_libraries(certified, public):
    """The drawn cases are those of the record."""
    found = verify(certified[0], public)
    made = session.versions()
    assert list(found.libraries) == [
        f"python {made['python']} (here 3.11.99)",
        f"hypothesis {made['hypothesis']} (here 6.999.1)",
    ]


@pytest.mark.usefixtures("other_libraries")
def test_what_comes_out_otherwise_with_other_libraries_cannot_be_told(copy, keys, public):
    """Neither that it is true nor that it is not: the first words say why, the last how to find out."""
    spoil(copy, keys)
    with pytest.raises(UsageError) as caught:
        verify(copy, public)
    made = session.versions()
    assert str(caught.value).startswith("libraries differ, and the run does not come out the same: it was made with ")
    python = ".".join(made["python"].split(".")[:2])
    suite = read_report(copy / "report.json").suite_version
    line = f"python{python} -m pip install workloads-conformance=={suite} hypothesis=={made['hypothesis']} "
    assert f"; to judge it again: {line}" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("other_libraries")
def test_a_run_of_other_libraries_is_certified_where_it_was_made(copy, keys):
    with pytest.raises(UsageError, match=r"\Alibraries differ: .* certify it where this was done: python3"):
        certify(copy, load_signer(keys / "certifier", None), days=1)


@pytest.mark.usefixtures("other_libraries")
def test_a_record_that_holds_next_to_no_cases_is_refused_whatever_the_libraries(forged, public):
    def change(entries: Entries) -> Entries:
        entry_of_cases = next(entry for entry in entries if entry.get("key") == f"{LEFT_OUT}/0: cases")
        entry_of_cases["value"] = json.dumps(json.loads(entry_of_cases["value"])[:1])
        keep = f"{LEFT_OUT}/0/0"
        return [entry for entry in entries
                if not entry.get("trial", "").startswith(f"{LEFT_OUT}/") or entry["trial"] == keep]  # fmt: skip

    assert f"fewer cases than any seed draws: {LEFT_OUT}." in refused(forged(change), public)


# -- files -------------------------------------------------------------------------------------------------------------


def test_what_is_no_file_is_not_opened(copy, public):
    for name, target in (("badge.svg", "/dev/zero"), ("summary.md", str(copy))):
        (copy / name).unlink()
        (copy / name).symlink_to(target)
    (copy / "record.jsonl").unlink()
    os.mkfifo(copy / "record.jsonl")
    told = refused(copy, public)
    for name in ("badge.svg", "summary.md", "record.jsonl"):
        assert f"{name} is not a file." in told


def test_a_file_larger_than_what_was_signed_is_not_read(copy, public):
    with (copy / "report.html").open("r+b") as file:
        file.truncate(2**40)
    began = time.monotonic()
    assert "report.html is larger than what was signed." in refused(copy, public)
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("make", ["large", "pipe", "deep"])
def test_an_envelope_that_is_none(copy, public, make):
    path = copy / "certificate.json"
    path.unlink()
    if make == "pipe":
        os.mkfifo(path)
    elif make == "large":
        path.write_bytes(b" " * 10**6)
    else:
        path.write_text('{"a":' * 100_000)
    refusal = r"is not a file|has more than|is not an envelope as signed"
    with pytest.raises((UsageError, CertificateError), match=refusal):
        verify(copy, public)


# -- settings ---------------------------------------------------------------------------------------------------------

FIT = Settings(target="http://x", profile=Profile.THOROUGH)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"profile": Profile.STANDARD}, "a standard run in mode full"),
        ({"mode": Mode.DRY_RUN}, "in mode dry-run"),
        ({"budget": 1800.0}, "it has a budget"),
        ({"literal": True}, "by the fragments alone"),
        ({"kinds": ("Job",)}, "it creates no Deployment"),
        ({"kinds": ("StatefulSet",)}, "it creates no Job and no Deployment"),
        ({"concurrency": 5}, "none of its races is one"),
        ({"settle": 601.0}, "601 seconds to be seen; settle may be 600 at most"),
        ({"deadline": 121.0}, "deadline may be 120 at most"),
    ],
)
def test_settings_behind_which_a_fault_can_hide(change, said):
    assert unfit(FIT) == []
    assert unfit(replace(FIT, kinds=("Job", "Deployment", "CronJob"), settle=600.0, concurrency=6)) == []
    [told] = unfit(replace(FIT, **change))
    assert said in told


def test_a_run_that_did_not_end_has_no_evidence(copy):
    rewritten(copy / "record.jsonl", lambda entries: entries[:-1])
    with pytest.raises(CertificateError, match="the run was killed"):
        read_run(copy)
