"""Verifies a certificate, offline: its signature, its files, its time, and, by judging again, its truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from workloads_conformance.errors import UsageError
from workloads_specs import load_contract

from .digests import file_digest, suite_digest
from .eligibility import shortcomings
from .errors import CertificateError
from .evidence import Evidence, judge_again
from .keys import PublicKey
from .page import PAGE_NAME, page
from .statement import CERTIFICATE_NAME, predicate, unseal


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """A certificate that verifies.

    Attributes:
        said: its predicate.
        files: the names of the files that it speaks of.
        others: files that lie beside them, of which it says nothing.
    """

    said: dict[str, Any]
    files: tuple[str, ...]
    others: tuple[str, ...]


def verify(directory: Path, key: PublicKey, *, now: datetime | None = None) -> Verified:
    """Returns what the certificate in a directory says, once all of it has been checked.

    Args:
        directory: with the certificate and the files that it speaks of.
        key: the certifier's public key.
        now: the time by which it has to be valid; the present, if None.

    Raises:
        CertificateError: it does not verify; the text says why, and names each file that is at fault.
        UsageError: the directory, or this suite, cannot be used to verify it.
    """
    found = unseal(_certificate(directory), key)
    said = found["predicate"]
    digests = {one["name"]: one["digest"]["sha256"] for one in found["subject"]}
    behind = {one["name"]: one["digest"]["sha256"] for one in said["configuration"]}
    files = {name: digest for name, digest in digests.items() if name not in behind}
    _check_files(directory, files)
    _check_time(said["certificate"], now or datetime.now(UTC))
    _check_suite(behind, said)
    _check_truth(directory, judge_again(directory), said, key.keyid)
    return Verified(said=said, files=tuple(files), others=_others(directory, files))


def _certificate(directory: Path) -> bytes:
    path = directory / CERTIFICATE_NAME
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if not directory.is_dir():
            raise UsageError(f"{directory} is no directory; give the one that the certificate came in.") from None
        raise CertificateError(
            f"{directory} holds no certificate: nobody has signed the report in it; `certify` makes one."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _check_files(directory: Path, files: dict[str, str]) -> None:
    problems = []
    for name, digest in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            problems.append(f"{name} lies outside the directory.")
            continue
        try:
            if file_digest(directory / path) != digest:
                problems.append(f"{name} was altered.")
        except OSError as error:
            problems.append(f"{name} cannot be read: {error.strerror}.")
    if problems:
        raise CertificateError("the certificate does not verify:" + "".join(f"\n  - {one}" for one in problems))


def _check_time(certificate: dict[str, Any], now: datetime) -> None:
    issued, until = (datetime.fromisoformat(certificate[name]) for name in ("issued", "validUntil"))
    if now < issued:
        raise CertificateError(f"the certificate is not valid before {issued:%Y-%m-%d %H:%M} UTC.")
    if now > until:
        raise CertificateError(f"the certificate has expired: it was valid until {until:%Y-%m-%d %H:%M} UTC.")


def _check_suite(behind: dict[str, str], said: dict[str, Any]) -> None:
    told = {one["name"]: one.get("annotations", {}).get("is", "") for one in said["configuration"]}
    if behind.get("suite") != suite_digest():
        raise UsageError(
            f"the certificate was made with {told.get('suite')!r} (sha256:{behind.get('suite', '')[:16]}…), and this "
            f"is another suite (sha256:{suite_digest()[:16]}…); its signature and its files are in order, and to judge "
            "it again, install that one."
        )
    if behind.get("contract") not in {load_contract(literal=literal).sha256 for literal in (False, True)}:
        raise CertificateError("the certificate speaks of another contract than the suite's.")


def _check_truth(directory: Path, evidence: Evidence, said: dict[str, Any], keyid: str) -> None:
    """Makes sure that the signer signed what the record shows."""
    problems = [*evidence.problems, *shortcomings(evidence.report)]
    times = (datetime.fromisoformat(said["certificate"][name]) for name in ("issued", "validUntil"))
    issued, until = times
    again = predicate(evidence.report, evidence.record, issued=issued, until=until)
    problems += [f"{CERTIFICATE_NAME} says otherwise than the run: {name}." for name in again
                 if said.get(name) != again[name]]  # fmt: skip
    shown = (directory / PAGE_NAME).read_text(encoding="utf-8") if (directory / PAGE_NAME).is_file() else ""
    if shown != page(again, evidence.report, keyid):
        problems.append(f"{PAGE_NAME} does not show what the certificate says.")
    if problems:
        raise CertificateError("the certificate does not verify:" + "".join(f"\n  - {one}" for one in problems))


def _others(directory: Path, files: dict[str, str]) -> tuple[str, ...]:
    found = (path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    return tuple(sorted(name for name in found if name not in files and name != CERTIFICATE_NAME))
