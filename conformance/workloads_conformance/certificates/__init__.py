"""Certificates: what a complete run has shown, signed, so that others can check it and judge it again."""

from .certify import certify, prepare
from .errors import CertificateError
from .keys import load_public_key, load_signer, new_key
from .statement import CERTIFICATE_NAME
from .verify import Signed, Verified, check_signed, check_true, verify

__all__ = [
    "CERTIFICATE_NAME",
    "CertificateError",
    "Signed",
    "Verified",
    "certify",
    "check_signed",
    "check_true",
    "load_public_key",
    "load_signer",
    "new_key",
    "prepare",
    "verify",
]
