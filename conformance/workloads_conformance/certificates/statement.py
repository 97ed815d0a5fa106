"""The statement of a certificate: in-toto Statement v1 with the predicate test-result v0.1, in a DSSE envelope.

The predicate has one member of our own, `certificate`: whose product was tested, when, how, and how long this holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError

from workloads_conformance.recording import RunRecord
from workloads_reports import GivenError, Report, Verdict, decoded, strict_json
from workloads_specs import Level

from .digests import FileDigest, suite_digest, value_digest
from .errors import CertificateError
from .evidence import Evidence
from .keys import PublicKey, Signer, low

CERTIFICATE_NAME = "certificate.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"

LARGEST = 10**6
"""Bytes below which an envelope has to be: one of ten thousand files has as many."""

_ECDSA = "ecdsa"
_BAD = (Verdict.FAIL, Verdict.WAIVED, Verdict.INCONCLUSIVE, Verdict.ERROR)


def predicate(evidence: Evidence, *, certifier: str, issued: datetime, until: datetime) -> dict[str, Any]:
    """Returns what a certificate says of a run. Untested SHOULD and OBSERVE requirements are in none of its lists."""
    report, record = evidence.report, evidence.record
    passed = [result.requirement.id for result in report.having(Verdict.PASS)]
    warned = [result.requirement.id for verdict in _BAD for result in report.having(verdict, Level.SHOULD)]
    return {
        "result": "WARNED" if warned else "PASSED",
        "configuration": configuration(report, record),
        "passedTests": passed,
        "warnedTests": sorted(warned),
        "failedTests": [],
        "certificate": {
            "certifier": certifier,
            "issued": _instant(issued),
            "validUntil": _instant(until),
            "implementation": dict(record.run["settings"]["implementation"]),
            "target": report.target_url,
            "run": _run(report, record),
            "plan": {"tests": len(evidence.plan.tests), "cases": evidence.plan.cases, "sha256": evidence.plan.digest},
            "versions": dict(record.run["versions"]),
            "must": {"passed": len(report.having(Verdict.PASS, Level.MUST))},
            "untested": [result.requirement.id for result in report.having(Verdict.NOT_TESTED)],
        },
    }


def _run(report: Report, record: RunRecord) -> dict[str, Any]:
    """Returns which run it was, and what of its settings decides how much it shows."""
    run, settings = report.run, record.run["settings"]
    return {
        "id": run.id,
        "started": _instant(run.started),
        "finished": _instant(run.finished),
        "seed": run.seed,
        "profile": str(run.profile),
        "mode": str(run.mode),
        "kinds": list(settings["kinds"]),
        "concurrency": run.concurrency,
        "settle": settings["settle"],
        "deadline": settings["deadline"],
        "maxLive": settings["max_live"],
        "judgements": report.judgements,
        "exchanges": report.exchanges,
    }


def configuration(report: Report, record: RunRecord) -> list[dict[str, Any]]:
    """Returns contract, suite and settings of a run as resource descriptors."""
    return [
        _resource("contract", f"{report.spec.title} {report.spec.version}", report.spec.sha256),
        _resource("suite", f"workloads-conformance {report.suite_version}", suite_digest()),
        _resource("configuration", "the settings in the record's first line", value_digest(record.run["settings"])),
    ]


def _resource(name: str, told: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}, "annotations": {"is": told}}


def statement(digests: Mapping[str, FileDigest], said: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the statement about files, by their paths in the directory, and about what is behind them."""
    subjects: list[dict[str, Any]] = [
        {"name": name, "digest": {"sha256": found.sha256}, "annotations": {"size": found.size}}
        for name, found in sorted(digests.items())
    ]
    subjects += [{"name": one["name"], "digest": one["digest"]} for one in said["configuration"]]
    return {"_type": STATEMENT_TYPE, "subject": subjects, "predicateType": PREDICATE_TYPE, "predicate": dict(said)}


def sign(said: Mapping[str, Any], signer: Signer) -> str:
    """Returns the text of certificate.json: the statement in an envelope that the signer has signed."""
    envelope = Envelope(json.dumps(said, sort_keys=True).encode(), PAYLOAD_TYPE, {})
    signature = envelope.sign(signer)
    if signer.public_key.keytype == _ECDSA:
        signature.signature = low(bytes.fromhex(signature.signature)).hex()
    return _text(envelope)


def _text(envelope: Envelope) -> str:
    return json.dumps(envelope.to_dict(), indent=2, sort_keys=True) + "\n"


def unseal(text: bytes, key: PublicKey) -> dict[str, Any]:
    """Returns the statement in certificate.json, once the key's signature has been checked.

    Raises:
        CertificateError: it was altered, or signed with another key, or holds no such statement.
    """
    envelope = _envelope(text)
    if list(envelope.signatures) != [key.keyid]:
        raise CertificateError(
            f"{CERTIFICATE_NAME} was signed with another key than the one given, or was altered; "
            "get the certifier's public key from the certifier."
        )
    if not _holds(envelope, key):
        raise CertificateError(f"{CERTIFICATE_NAME} was altered: its signature does not hold.")
    if envelope.payload_type != PAYLOAD_TYPE:
        raise CertificateError(
            f"{CERTIFICATE_NAME} holds {envelope.payload_type!r:.80}, which is not an in-toto statement."
        )
    return _checked(envelope.payload)


def _holds(envelope: Envelope, key: PublicKey) -> bool:
    """True if the key made the envelope's signature, and nobody turned it into the other one that would hold."""
    signature = envelope.signatures[key.keyid].signature
    try:
        envelope.verify([key], 1)
        return key.keytype != _ECDSA or low(bytes.fromhex(signature)).hex() == signature
    except (VerificationError, ValueError):
        return False


def _envelope(text: bytes) -> Envelope:
    """Returns the envelope, if the text is to the last byte what `sign` makes of it."""
    try:
        envelope = Envelope.from_dict(strict_json(decoded(text), "certificate"))
        if _text(envelope).encode() == text:
            return envelope
    except (GivenError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise CertificateError(f"{CERTIFICATE_NAME} was altered, or is not a certificate: it is not an envelope as signed.")


def _checked(payload: bytes) -> dict[str, Any]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - only who verifies pays for it

    try:
        found: dict[str, Any] = strict_json(decoded(payload), "statement")
    except GivenError:
        found = {}
    error = next(Draft202012Validator(certificate_schema()).iter_errors(found), None)
    if error is not None:
        raise CertificateError(
            f"{CERTIFICATE_NAME} is signed, but is not a certificate of this suite: {error.message:.200}."
        )
    return found


@cache
def certificate_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a certificate's statement. Treat it as read-only: it is shared."""
    text = files("workloads_conformance.certificates").joinpath("certificate.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
