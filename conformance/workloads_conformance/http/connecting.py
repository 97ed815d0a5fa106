"""How a connection is made: TLS with the user's files, and in which words it is told that there was none."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from socksio.exceptions import SOCKSError

from workloads_conformance.errors import UsageError
from workloads_conformance.settings import Settings

_LONGEST = 300
"""Characters of an error's text, which may quote what the target sent."""

BROKEN = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, SOCKSError)
"""What exchanges fail with. Of TLS 1.3 a refusal comes when it is read, and as OpenSSL's error; of SOCKS as its own."""

_NO_CONNECTION = "no connection"

_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")
_NO_CERTIFICATE = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE")
"""Parts of OpenSSL's reasons where what answers speaks no TLS, and where it does not go on without a certificate."""


def tls(settings: Settings) -> ssl.SSLContext:
    """Returns what TLS is spoken with.

    Raises:
        UsageError: a file cannot be used; the sentence names it.
    """
    try:
        context = ssl.create_default_context() if settings.ca_bundle else httpx.create_ssl_context(trust_env=False)
    except OSError as error:
        keys = os.environ.get("SSLKEYLOGFILE")
        if keys is None:
            raise UsageError(f"TLS cannot be set up: {error.strerror or error}; free what it needs.") from None
        raise UsageError(f"SSLKEYLOGFILE is {keys!r}, which cannot be written: {error}; unset it.") from None
    if settings.ca_bundle:
        context = _trusting(settings.ca_bundle)
    if settings.client_cert:
        try:
            # No password rather than asking for one.
            context.load_cert_chain(settings.client_cert, settings.client_key, password="")
        except (ssl.SSLError, OSError) as error:
            names = " with ".join(str(path) for path in (settings.client_cert, settings.client_key) if path)
            raise UsageError(
                f"client-cert {names} cannot be used: {_reason(error)}; expected a PEM certificate, and its key "
                "without a password there or as client-key."
            ) from None
    return context


def _trusting(authorities: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except (ssl.SSLError, OSError) as error:
        raise UsageError(f"ca-bundle {authorities} cannot be used: {_reason(error)}; expected PEM.") from None


def described(error: Exception, settings: Settings) -> str:
    """Says in a few words why an exchange failed: names, TLS, proxies and what is not HTTP/1.1 are told apart."""
    told = _described(error, settings)
    if not settings.proxy or not told.startswith(_NO_CONNECTION):
        return told
    proxy = urlsplit(settings.proxy).hostname  # without its password
    return f"{_NO_CONNECTION} through the proxy {proxy}{told.removeprefix(_NO_CONNECTION)}"


def _described(error: Exception, settings: Settings) -> str:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _of_tls(cause, settings) or f"{_where(error)}: TLS: {_reason(cause)}"
        if isinstance(cause, socket.gaierror):
            return f"no connection: the host's name is not known ({cause.strerror})"
    text = next((str(cause).strip() for cause in causes if str(cause).strip()), type(error).__name__)[:_LONGEST]
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, httpx.RemoteProtocolError) and text.startswith("illegal "):
        text = f"what came is not HTTP/1.1 ({text}); a server of HTTP/2 alone cannot be judged"
    # Libraries put what the operating system says into words of their own.
    return f"{_where(error)}: {(_system_says(causes) or text) if isinstance(error, httpx.ConnectError) else text}"


def _where(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ProxyError | SOCKSError):
        return _NO_CONNECTION
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol | httpx.InvalidURL):
        return "not sent"
    return "the exchange broke off"


def _of_tls(error: ssl.SSLError, settings: Settings) -> str | None:
    """Returns what is wrong with a certificate, or with TLS itself; from TLS 1.3 on, a client learns it late."""
    reason = _reason(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"no connection: TLS: the certificate is not accepted: {error.verify_message}; is --ca-bundle missing?"
    if any(part in reason for part in _NO_TLS):
        return f"no connection: TLS: what answers speaks no TLS ({reason}); is the URL to begin with http:?"
    if settings.client_cert is None and any(part in reason for part in _NO_CERTIFICATE):
        return f"no connection: TLS: a client certificate is asked for ({reason}); give --client-cert and --client-key"
    if settings.client_cert is not None and "ALERT" in reason:
        return f"no connection: TLS: the client certificate {settings.client_cert} is refused ({reason})"
    return None


def _reason(error: OSError) -> str:
    return (getattr(error, "reason", None) or error.strerror or type(error).__name__)[:_LONGEST]


def _system_says(causes: Iterable[BaseException]) -> str | None:
    return next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields an error, what led to it, and what led to that."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            yield from (inner for one in cause.exceptions for inner in _causes(one))
        cause = cause.__cause__ or cause.__context__
