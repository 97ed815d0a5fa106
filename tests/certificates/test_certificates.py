"""A certificate round trip, and everything that makes one not verify."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.certificates import VENDOR
from support.servers import Changed, serving

from workloads_conformance.certificates import CertificateError, load_public_key, load_signer, new_key, verify
from workloads_conformance.certificates.digests import FileDigest, file_digest
from workloads_conformance.certificates.eligibility import shortcomings
from workloads_conformance.certificates.statement import sign, unseal
from workloads_conformance.errors import UsageError
from workloads_conformance.session import suite_tests
from workloads_reports import read_report

REMOTE = ["--target", "http://127.0.0.1:9", "--project-id", "1", "--token-env", "T"]

TESTS = len(suite_tests())


@pytest.fixture(scope="module")
def public(keys):
    return load_public_key(keys / "certifier.pub")


@pytest.fixture
def copy(certified, tmp_path):
    directory = tmp_path / "certificate"
    shutil.copytree(certified[0], directory)
    return directory


@pytest.mark.slow
def test_what_is_certified_verifies(certified, copy, verified):
    """Every verdict is judged again, offline: the server that was judged is long gone."""
    directory, done = certified
    assert f"certificate: {directory.name}/certificate.json" in done.stdout
    (copy / "notes.txt").write_text("added later")
    checked = verified(copy)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.endswith("certificate: verified, PASSED\n")
    assert "Example <Workloads> 1.4.0 of Example Vendor" in checked.stdout
    report = read_report(directory / "report.json")
    assert f"{report.exchanges} exchanges; every verdict, case and finding comes out as reported" in checked.stdout
    assert "not covered: notes.txt\n" in checked.stdout
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


@pytest.mark.slow
def test_the_statement_is_in_toto_s(certified, public):
    directory, _ = certified
    found = unseal((directory / "certificate.json").read_bytes(), public)
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    envelope = json.loads((directory / "certificate.json").read_text())
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    digests = {one["name"]: one["digest"]["sha256"] for one in found["subject"]}
    sizes = {one["name"]: one.get("annotations", {}).get("size") for one in found["subject"]}
    files = {path.name for path in directory.iterdir()} - {"certificate.json"}
    assert digests.keys() == files | {"contract", "suite", "configuration"}
    assert {"report.json", "record.jsonl", "badge.svg", "certificate.html", "exchanges.har"} <= files
    for name in files:
        assert file_digest(directory / name) == FileDigest(sizes[name], digests[name])
    report = read_report(directory / "report.json")
    assert digests["contract"] == report.spec.sha256
    assert set(found["predicate"]["passedTests"]) == {
        one.requirement.id for one in report.requirements if one.verdict == "pass"
    }


@pytest.mark.slow
def test_the_page_shows_names_as_text_and_loads_nothing(certified):
    page = (certified[0] / "certificate.html").read_text(encoding="utf-8")
    assert "Example &lt;Workloads&gt; 1.4.0" in page
    assert "<Workloads>" not in page
    assert re.search(r"default-src 'none'; style-src 'sha256-[^']+'\"", page)
    assert "<h1>Certificate</h1>" in page
    assert "What was not shown" in page
    for said in ("Example Lab", "Conformant", "Valid until", "workloads-conformance verify . --key", "pip install",
                 f"hypothesis=={version('hypothesis')}", f"the whole suite: {TESTS} tests",
                 "Job, Deployment"):  # fmt: skip
        assert said in page
    assert not re.search(r"<(script|img|link|iframe)|src=", page)
    assert re.findall(r'href="([^"]*)"', page) == ["report.html"]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_one_bit_of_any_file_is_told_with_the_file(certified, public, data):
    directory, _ = certified
    path = directory / data.draw(st.sampled_from(sorted(one.name for one in directory.iterdir())))
    where = data.draw(st.integers(0, path.stat().st_size - 1))
    bit = data.draw(st.integers(0, 7))

    def flip() -> None:
        with path.open("r+b") as file:
            file.seek(where)
            byte = file.read(1)[0]
            file.seek(where)
            file.write(bytes([byte ^ 1 << bit]))

    flip()
    try:
        with pytest.raises(CertificateError, match=re.escape(path.name)):
            verify(directory, public)
    finally:
        flip()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.json", "record.jsonl", "report.html", "certificate.html"])
def test_a_file_that_is_missing_is_named(copy, public, name):
    (copy / name).unlink()
    with pytest.raises(CertificateError, match=f"{name} cannot be read: No such file"):
        verify(copy, public)


@pytest.mark.slow
def test_an_expired_certificate(certified, public):
    directory, _ = certified
    later = datetime.now(UTC) + timedelta(days=366)
    with pytest.raises(CertificateError, match=r"\Athe certificate has expired: it was valid until [-0-9: ]+ UTC\.\Z"):
        verify(directory, public, now=later)
    with pytest.raises(CertificateError, match=r"\Athe certificate is not valid before [-0-9: ]+ UTC\.\Z"):
        verify(directory, public, now=datetime.now(UTC) - timedelta(days=1))


@pytest.mark.slow
def test_another_suite_cannot_judge_again(copy, keys, public):
    """The signature and the files are in order; what they say can only be checked by the suite that said it."""
    found = unseal((copy / "certificate.json").read_bytes(), public)
    for one in [*found["subject"], *found["predicate"]["configuration"]]:
        if one["name"] == "suite":
            one["digest"]["sha256"] = "0" * 64
    (copy / "certificate.json").write_text(sign(found, load_signer(keys / "certifier", None)))
    with pytest.raises(UsageError, match=r"\Athe suite differs: .*python3.* -m pip install"):
        verify(copy, public)


@pytest.mark.slow
def test_an_unsigned_report_is_no_certificate(command, copy, keys):
    (copy / "certificate.json").unlink()
    done = command("verify", str(copy), "--key", str(keys / "certifier.pub"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "holds no certificate: the report in it is not signed" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_another_s_key(command, certified, tmp_path):
    new_key(tmp_path / "other", None)
    done = command("verify", str(certified[0]), "--key", str(tmp_path / "other.pub"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "certificate.json was signed with another key than the one given" in done.stderr
    done = command("verify", str(certified[0]), "--key", str(tmp_path / "other"))
    assert done.returncode == 2
    assert "holds a private key" in done.stderr


@pytest.mark.slow
def test_a_run_that_shows_less_is_not_certified(command, tmp_path, keys):
    """Not thorough, not a product, a MUST failed: each is said, and nothing is written."""

    def after(call, reply):
        if call.method != "GET" or "workload" not in (reply.json or {}):
            return reply
        body = reply.json
        del body["workload"]["metadata"]["tenantId"]
        return reply.with_json(body)

    with serving(Changed(after=after)) as target:
        command("run", *target.arguments, "--profile", "smoke", "--settle", "1", environ=target.environ)
    directory = tmp_path / "conformance-report"
    before = {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}
    done = command("certify", "--from", str(directory), "--key", str(keys / "certifier"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "the vendor's details lack organization, project, version, url, contact" in done.stderr
    assert "a smoke run in mode full; a certificate takes a thorough one in mode full" in done.stderr
    assert "1 MUST failed: WV2-GET-002 (violated in " in done.stderr
    assert {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()} == before


@pytest.mark.slow
def test_every_must_has_to_be_passed(certified):
    report = read_report(certified[0] / "report.json")
    assert shortcomings(report) == []
    for verdict in ("fail", "waived", "inconclusive", "not-tested", "error"):
        first = next(one for one in report.requirements if one.requirement.level == "MUST")
        others = tuple(one for one in report.requirements if one is not first)
        spoilt = replace(report, requirements=(replace(first, verdict=type(first.verdict)(verdict)), *others))
        [said] = shortcomings(spoilt)
        assert said.startswith("1 MUST ")
        assert first.requirement.id in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no key is given; give --key PATH"),
        (("--key", "KEY", "--valid-days", "0"), "--valid-days is '0'; expected a whole number from 1 to 3650"),
        (("--key", "KEY", "--key-password-env", "NOT_SET"), "NOT_SET, which is not set or empty"),
        (("--key", "KEY", "--config", "VENDOR"), "is given without target; give --target URL"),
        (("--key", "KEY", "--config", "VENDOR", "--concurrency", "5", "TARGET"), "concurrency has to be 6 or more"),
        (("--key", "KEY"), "organization, project, version, url, contact are missing; give them in the table"),
        (("--key", "KEY", "--from", "nowhere"), "nowhere/record.jsonl cannot be read: No such file"),
        (
            ("--key", "KEY", "--from", "nowhere", "TARGET"),
            "target is given with --from, which certifies a run",
        ),
    ],
)
def test_mistakes_get_one_sentence_before_anything_is_sent(command, keys, tmp_path, arguments, said):
    (tmp_path / "vendor.toml").write_text(VENDOR)
    meant = {"KEY": [str(keys / "certifier")], "VENDOR": ["vendor.toml"], "TARGET": REMOTE}
    given = [word for one in arguments for word in meant.get(one, [one])]
    done = command("certify", *given, environ={"T": "a.b.c"})
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
