"""What stands between a run and its target: TLS that asks for certificates, a SOCKS5 proxy, a proxy of HTTP."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """An authority whose certificates are files in a directory."""

    directory: Path
    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def bundle(self) -> Path:
        return self.signed(self.name, self.key)[0]

    def issue(self, name: str) -> tuple[Path, Path]:
        """Returns the files of a certificate for this machine, and of its key."""
        return self.signed(name, ec.generate_private_key(ec.SECP256R1()))

    def signed(self, name: str, key: ec.EllipticCurvePrivateKey) -> tuple[Path, Path]:
        now = dt.datetime.now(dt.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .add_extension(x509.BasicConstraints(ca=name == self.name, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        certificate, secret = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, secret


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@contextmanager
def accepting(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Hands each connection to a function, in a thread of its own; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            handle(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def pass_on(near: socket.socket, host: str, port: int) -> None:
    """Carries bytes both ways until one side ends."""
    with socket.create_connection((host, port)) as far, ExitStack() as stack:
        back = threading.Thread(target=_copy, args=(far, near), daemon=True)
        back.start()
        stack.callback(back.join, 5)
        _copy(near, far)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def tls_before(url: str, server: tuple[Path, Path], clients: Path | None = None) -> Iterator[str]:
    """Serves a plain server by TLS, to clients with a certificate of the authority `clients` alone; yields the URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*server)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    behind = urlsplit(url)
    assert behind.hostname
    assert behind.port

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            assert behind.hostname
            assert behind.port
            pass_on(secure, behind.hostname, behind.port)

    with accepting(handle) as port:
        yield f"https://127.0.0.1:{port}"


@contextmanager
def socks_proxy() -> Iterator[tuple[str, list[str]]]:
    """Serves as a SOCKS5 proxy (RFC 1928) that asks for nothing; yields its URL, and where it was asked to go."""
    asked: list[str] = []

    def handle(connection: socket.socket) -> None:
        _version, methods = connection.recv(2)
        connection.recv(methods)
        connection.sendall(b"\x05\x00")
        kind = connection.recv(4)[3]
        length = {1: 4, 4: 16}.get(kind) or connection.recv(1)[0]
        address = connection.recv(length)
        host = address.decode() if kind == 3 else str(ipaddress.ip_address(address))
        port = int.from_bytes(connection.recv(2))
        asked.append(f"{host}:{port}")
        connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        pass_on(connection, host, port)

    with accepting(handle) as port:
        yield f"socks5://127.0.0.1:{port}", asked
