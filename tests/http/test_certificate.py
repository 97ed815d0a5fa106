"""A target's certificate is shown if it is trusted, and if not, why."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from workloads_conformance.http import Certificate, certificate_of
from workloads_conformance.settings import Settings

UNTIL = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)


@pytest.fixture
def files(tmp_path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    names = [x509.DNSName("runai.example.com"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(UNTIL - timedelta(days=60))
        .not_valid_after(UNTIL)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def shown(files, **options):
    async def ask():
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await certificate_of(Settings(target=f"https://127.0.0.1:{port}", **options))

    return asyncio.run(ask())


def test_one_that_is_trusted_is_shown(files):
    found = shown(files, ca_bundle=files[0])
    assert isinstance(found, Certificate)
    assert (found.subject, found.until) == ("runai.example.com", UNTIL)
    assert found.version.startswith("TLS")


def test_one_that_is_not_trusted_says_why(files):
    assert "certificate verify failed" in str(shown(files))


def test_there_is_none_without_tls_or_behind_a_proxy():
    for settings in (Settings(target="http://127.0.0.1:9"), Settings(target="https://x.invalid", proxy="http://p:1")):
        assert asyncio.run(certificate_of(settings)) is None
