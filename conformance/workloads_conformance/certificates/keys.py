"""Keys of certifiers: Ed25519, or ECDSA over P-256, as PEM files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey  # pyright: ignore[reportPrivateImportUsage]

from workloads_conformance.errors import UsageError
from workloads_reports import GivenError, given_bytes

Signer: TypeAlias = CryptoSigner
PublicKey: TypeAlias = SSlibKey

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-4, D.1.2.3)."""

_LARGEST = 2**16
"""Bytes of a key's file."""

_EXPECTED = "expected an Ed25519 or an ECDSA P-256 key in PEM"


def new_key(path: Path, password: str | None) -> Path:
    """Writes a new Ed25519 key to `path`, readable by its owner alone, and its public half beside it.

    Returns:
        The path of the public half: `path` with `.pub` added.

    Raises:
        UsageError: one of the files exists already, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    lock: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    public = path.with_name(path.name + ".pub")
    _write(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock), 0o600)
    _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    return public


def _write(path: Path, data: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(data)
    except FileExistsError:
        raise UsageError(f"{path} exists already; give another path, for no key is ever overwritten.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; give another path.") from None


def load_signer(path: Path, password: str | None) -> Signer:
    """Returns the signer with the private key in a PEM file.

    Raises:
        UsageError: the file does not hold such a key, or the password is not the key's.
    """
    data = _read(path)
    if b"PUBLIC KEY" in data:
        raise UsageError(f"{path} holds a public key; signing takes the private one.")
    try:
        key = load_pem_private_key(data, password.encode() if password else None)
    except TypeError:
        hint = "give --key-password-env NAME." if password is None else "leave out --key-password-env."
        raise UsageError(f"{path} {'is' if password is None else 'is not'} encrypted; {hint}") from None
    except (ValueError, UnsupportedAlgorithm):
        wrong = "cannot be read with this password, or" if password else "holds no private key, or"
        raise UsageError(f"{path} {wrong} is damaged; {_EXPECTED}.") from None
    if not _is_ours(key.public_key()) or not isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise UsageError(f"{path} holds a key of another kind; {_EXPECTED}.")
    return Signer(key)


def load_public_key(path: Path) -> PublicKey:
    """Returns the public key in a PEM file.

    Raises:
        UsageError: the file does not hold such a key.
    """
    data = _read(path)
    if b"PRIVATE KEY" in data:
        raise UsageError(
            f"{path} holds a private key; verifying takes its public half, and the private one stays home."
        )
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{path} holds no public key; {_EXPECTED}.") from None
    if not _is_ours(key):
        raise UsageError(f"{path} holds a key of another kind; {_EXPECTED}.")
    return PublicKey.from_crypto(key)


def _is_ours(key: object) -> bool:
    return isinstance(key, Ed25519PublicKey) or (
        isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    )


def low(signature: bytes) -> bytes:
    """Returns an ECDSA signature over P-256 in its one canonical form: of s and n - s the smaller, in DER.

    Both hold; where only one is taken, nobody can make another valid envelope of one.

    Raises:
        ValueError: it is no such signature.
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, _ORDER - s))


def _read(path: Path) -> bytes:
    try:
        return given_bytes(path, _LARGEST)
    except GivenError as error:
        raise UsageError(f"the key {path} {error}; {_EXPECTED}.") from None
