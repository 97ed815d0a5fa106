"""Verifies a certificate, offline, and answers two questions: whether it is what was signed, and whether it is true.

The first is answered with the certifier's key, by any version of the suite. The second needs the version that the
certificate was made with: the run is judged again from its record.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from workloads_conformance.errors import UsageError
from workloads_conformance.recording import HAR_NAME, RECORD_NAME, RunRecord, write_har
from workloads_reports import RENDERINGS, GivenError, Report, given_bytes
from workloads_specs import load_contract

from .digests import FileDigest, file_digest, suite_digest, text_digest
from .errors import CertificateError
from .evidence import judge_again, read_run
from .keys import PublicKey
from .libraries import install_line, other_libraries
from .page import PAGE_NAME, page
from .statement import CERTIFICATE_NAME, LARGEST, predicate, unseal

_WANTED = (*RENDERINGS, RECORD_NAME, PAGE_NAME)
"""Files that every certificate speaks of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """A certificate that is what its certifier signed, and that holds at this time.

    Attributes:
        directory: that it lies in.
        keyid: of the certifier's key.
        said: its predicate.
        files: the files that it speaks of, each as it was signed.
        others: files that lie beside them, of which it says nothing.
    """

    directory: Path
    keyid: str
    said: dict[str, Any]
    files: dict[str, FileDigest]
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """A certificate that verifies.

    Attributes:
        signed: the certificate.
        libraries: those that are others here than where the run was made; it comes out the same with these, too.
    """

    signed: Signed
    libraries: tuple[str, ...]


def check_signed(directory: Path, key: PublicKey, *, now: datetime | None = None) -> Signed:
    """Returns the certificate in a directory, once its signature, its files and its time have been checked.

    Args:
        directory: with the certificate and the files that it speaks of.
        key: the certifier's public key.
        now: the time by which it has to be valid; the present, if None.

    Raises:
        CertificateError: it is not what was signed, or has expired; each such file is named.
        UsageError: the directory cannot be read.
    """
    found = unseal(_certificate(directory), key)
    said = found["predicate"]
    behind = {one["name"] for one in said["configuration"]}
    files = {
        one["name"]: FileDigest(one.get("annotations", {}).get("size", 0), one["digest"]["sha256"])
        for one in found["subject"]
        if one["name"] not in behind
    }
    _refuse(list(_file_problems(directory, files)))
    _check_time(said["certificate"], now or datetime.now(UTC))
    return Signed(directory=directory, keyid=key.keyid, said=said, files=files, others=_others(directory, files))


def verify(directory: Path, key: PublicKey, *, now: datetime | None = None) -> Verified:
    """Returns the certificate in a directory once all of it has been checked, as `check_signed` and `check_true` do."""
    return check_true(check_signed(directory, key, now=now))


def check_true(signed: Signed) -> Verified:
    """Judges the run of a certificate again, and returns the certificate if it says what the run shows.

    Raises:
        CertificateError: it says something else, or the run is none that can be certified; the text has the reasons.
        UsageError: it cannot be judged again here; the text says why, and what to install.
    """
    _check_suite(signed.said)
    record = read_run(signed.directory)
    evidence = judge_again(signed.directory, record)
    times = (datetime.fromisoformat(signed.said["certificate"][name]) for name in ("issued", "validUntil"))
    issued, until = times
    again = predicate(evidence, certifier=signed.said["certificate"]["certifier"], issued=issued, until=until)
    problems = [*evidence.problems, *_other_files(signed, record, evidence.report)]
    if signed.files[PAGE_NAME] != text_digest(page(again, evidence.report, signed.keyid)):
        problems.append(f"{PAGE_NAME} does not show what the certificate says.")
    if problems and evidence.libraries:
        raise UsageError(_libraries_differ(evidence.libraries, signed.said))
    problems += evidence.shortcomings
    problems += [f"{CERTIFICATE_NAME} says otherwise than the run: {name}." for name in _otherwise(signed.said, again)]
    _refuse(problems)
    return Verified(signed=signed, libraries=evidence.libraries)


def _otherwise(said: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """Returns the members of a predicate, and of its member of our own, that the run does not show."""
    own = "certificate"
    outer = [name for name in again if name != own and said.get(name) != again[name]]
    return outer + [f"{own}.{name}" for name in again[own] if said[own].get(name) != again[own][name]]


def _libraries_differ(others: tuple[str, ...], said: dict[str, Any]) -> str:
    return (
        f"libraries differ, and the run does not come out the same: it was made with {', '.join(others)}; "
        f"to judge it again: {_install(said)}"
    )


def _install(said: dict[str, Any]) -> str:
    told = {one["name"]: one["annotations"]["is"] for one in said["configuration"] if "is" in one["annotations"]}
    return install_line(told.get("suite", "").rpartition(" ")[2], said["certificate"]["versions"])


def _refuse(problems: list[str]) -> None:
    if problems:
        raise CertificateError("the certificate does not verify:" + "".join(f"\n  - {one}" for one in problems))


def _certificate(directory: Path) -> bytes:
    path = directory / CERTIFICATE_NAME
    if not directory.is_dir():
        raise UsageError(f"{directory} is not a directory; give the one that the certificate came in.")
    if not path.exists():
        raise CertificateError(
            f"{directory} holds no certificate: the report in it is not signed; `certify` makes one."
        )
    try:
        return given_bytes(path, LARGEST - 1)
    except GivenError as error:
        raise UsageError(f"{path} {error}; give the directory that the certificate came in.") from None


def _file_problems(directory: Path, files: dict[str, FileDigest]) -> Iterator[str]:
    for name in _WANTED:
        if name not in files:
            yield f"{name} is not among the files that were signed."
    for name, expected in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            yield f"{name} lies outside the directory."
            continue
        try:
            if file_digest(directory / path, expected.size) != expected:
                yield f"{name} was altered."
        except GivenError as error:
            yield f"{name} {error}."


def _check_time(certificate: dict[str, Any], now: datetime) -> None:
    issued, until = (datetime.fromisoformat(certificate[name]) for name in ("issued", "validUntil"))
    if now < issued:
        raise CertificateError(f"the certificate is not valid before {issued:%Y-%m-%d %H:%M} UTC.")
    if now > until:
        raise CertificateError(f"the certificate has expired: it was valid until {until:%Y-%m-%d %H:%M} UTC.")


def _check_suite(said: dict[str, Any]) -> None:
    behind = {one["name"]: one["digest"]["sha256"] for one in said["configuration"]}
    if behind.get("suite") != suite_digest():
        others = other_libraries(said["certificate"]["versions"])
        raise UsageError(
            f"the suite{' and libraries differ' if others else ' differs'}: the certificate was made with another one "
            f"(sha256:{behind.get('suite', '')[:16]}…) than this (sha256:{suite_digest()[:16]}…); "
            f"to judge it again: {_install(said)}"
        )
    if behind.get("contract") not in {load_contract(literal=literal).sha256 for literal in (False, True)}:
        raise CertificateError("the certificate speaks of another contract than the suite's.")


def _other_files(signed: Signed, record: RunRecord, report: Report) -> Iterator[str]:
    """Yields the files that do not show what the report says; they were signed, but not made by the suite."""
    for name, text in RENDERINGS.items():
        if name != "report.json" and signed.files[name] != text_digest(text(report)):
            yield f"{name} does not show what report.json says."
    if HAR_NAME in signed.files:
        with tempfile.TemporaryDirectory() as folder:
            made = file_digest(write_har(record, Path(folder) / HAR_NAME))
        if made != signed.files[HAR_NAME]:
            yield f"{HAR_NAME} does not show what the record holds."


def _others(directory: Path, files: dict[str, FileDigest]) -> tuple[str, ...]:
    found = (path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir())
    return tuple(sorted(name for name in found if name not in files and name != CERTIFICATE_NAME))
