"""Keys of certifiers: made, read, and refused in one sentence where they are not of use."""

from __future__ import annotations

import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from workloads_conformance.certificates import CertificateError, load_public_key, load_signer, new_key
from workloads_conformance.certificates.statement import sign, unseal
from workloads_conformance.errors import UsageError

DIGEST = {"digest": {"sha256": "0" * 64}}
STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": f"file-{number}", **DIGEST} for number in range(5)],
    "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
    "predicate": {
        "result": "PASSED",
        "configuration": [{"name": name, **DIGEST} for name in ("contract", "suite", "configuration")],
        "passedTests": ["WV2-GET-001"],
        "warnedTests": [],
        "failedTests": [],
        "certificate": {
            "issued": "2026-01-01T00:00:00+00:00",
            "validUntil": "2027-01-01T00:00:00+00:00",
            "implementation": dict.fromkeys(("organization", "project", "version", "url", "contact"), "x"),
            "target": "https://x.example",
            "run": {
                "id": "abcdef", "started": "2026-01-01T00:00:00+00:00", "finished": "2026-01-01T00:00:00+00:00",
                "seed": 0, "profile": "thorough", "mode": "full", "cases": 1, "exchanges": 1,
            },
            "must": {"passed": 1},
            "untested": [],
        },
    },
}  # fmt: skip


def private(key, password: bytes | None = None) -> bytes:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def public(key) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("make", [ed25519.Ed25519PrivateKey.generate, lambda: ec.generate_private_key(ec.SECP256R1())])
def test_a_statement_comes_back_under_the_key_that_signed_it(tmp_path, make):
    """Ed25519 and ECDSA over P-256."""
    key = make()
    (tmp_path / "key").write_bytes(private(key))
    (tmp_path / "key.pub").write_bytes(public(key))
    text = sign(STATEMENT, load_signer(tmp_path / "key", None)).encode()
    assert unseal(text, load_public_key(tmp_path / "key.pub")) == STATEMENT
    (tmp_path / "other.pub").write_bytes(public(make()))
    with pytest.raises(CertificateError, match="signed with another key"):
        unseal(text, load_public_key(tmp_path / "other.pub"))


def test_what_is_signed_and_is_no_certificate_is_refused(tmp_path):
    new_key(tmp_path / "key", None)
    text = sign({**STATEMENT, "predicateType": "x"}, load_signer(tmp_path / "key", None)).encode()
    with pytest.raises(CertificateError, match="is signed, but is no certificate of this suite"):
        unseal(text, load_public_key(tmp_path / "key.pub"))


def test_a_new_key_is_its_owner_s_alone_and_never_replaces_one(tmp_path):
    path = tmp_path / "key"
    assert new_key(path, None) == tmp_path / "key.pub"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_signer(path, None).public_key.keyid == load_public_key(tmp_path / "key.pub").keyid
    before = path.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        new_key(path, None)
    assert path.read_bytes() == before


def test_a_key_with_a_password(tmp_path):
    path = tmp_path / "key"
    new_key(path, "correct horse")
    assert b"ENCRYPTED" in path.read_bytes()
    load_signer(path, "correct horse")
    with pytest.raises(UsageError, match="is encrypted; give --key-password-env NAME"):
        load_signer(path, None)
    with pytest.raises(UsageError, match="cannot be read with this password"):
        load_signer(path, "wrong")


RSA = rsa.generate_private_key(65537, 2048)
ED = ed25519.Ed25519PrivateKey.generate()
P384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (private(RSA), "holds a key of another kind"),
        (private(P384), "holds a key of another kind"),
        (public(ED), "holds a public key; signing takes the private one"),
        (b"nonsense", "holds no private key"),
        (None, "cannot be read: No such file"),
    ],
)
def test_keys_that_cannot_sign(tmp_path, data, said):
    if data is not None:
        (tmp_path / "key").write_bytes(data)
    with pytest.raises(UsageError, match=said):
        load_signer(tmp_path / "key", None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (public(RSA), "holds a key of another kind"),
        (public(P384), "holds a key of another kind"),
        (private(ED), "holds a private key; verifying takes its public half"),
        (b"nonsense", "holds no public key"),
        (None, "cannot be read: No such file"),
    ],
)
def test_keys_that_cannot_verify(tmp_path, data, said):
    if data is not None:
        (tmp_path / "key").write_bytes(data)
    with pytest.raises(UsageError, match=said):
        load_public_key(tmp_path / "key")
