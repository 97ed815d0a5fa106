"""Keys of certifiers: made, read, and refused in one sentence where they are not of use."""

from __future__ import annotations

import base64
import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
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
        "configuration": [
            {"name": name, **DIGEST, "annotations": {"is": "x"}} for name in ("contract", "suite", "configuration")
        ],
        "passedTests": ["WV2-GET-001"],
        "warnedTests": [],
        "failedTests": [],
        "certificate": {
            "certifier": "",
            "issued": "2026-01-01T00:00:00+00:00",
            "validUntil": "2027-01-01T00:00:00+00:00",
            "implementation": dict.fromkeys(("organization", "project", "version", "url", "contact"), "x"),
            "target": "https://x.example",
            "run": {
                "id": "abcdef", "started": "2026-01-01T00:00:00+00:00", "finished": "2026-01-01T00:00:00+00:00",
                "seed": 0, "profile": "thorough", "mode": "full", "kinds": ["Job"], "concurrency": 16, "settle": 60,
                "deadline": 30, "maxLive": 64, "judgements": 1, "exchanges": 1,
            },
            "plan": {"tests": 1, "cases": 1, "sha256": "0" * 64},
            "versions": {"python": "3.11.7"},
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
    with pytest.raises(CertificateError, match="is signed, but is not a certificate of this suite"):
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


def test_of_the_two_signatures_that_hold_one_is_a_certificate_s(tmp_path):
    """ECDSA: whoever holds (r, s) can write (r, n - s), and would have another valid envelope."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "key").write_bytes(private(key))
    (tmp_path / "key.pub").write_bytes(public(key))
    signer, verifier = load_signer(tmp_path / "key", None), load_public_key(tmp_path / "key.pub")
    for _ in range(8):  # as likely as not a signature is low of itself
        envelope = json.loads(sign(STATEMENT, signer))
        r, s = decode_dss_signature(base64.b64decode(envelope["signatures"][0]["sig"]))
        assert s <= order // 2
        envelope["signatures"][0]["sig"] = base64.b64encode(encode_dss_signature(r, order - s)).decode()
        with pytest.raises(CertificateError, match="its signature does not hold"):
            unseal((json.dumps(envelope, indent=2, sort_keys=True) + "\n").encode(), verifier)


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
