"""What a target shows of itself before any request: its TLS certificate."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from workloads_conformance.settings import Settings

from .connecting import tls


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was checked: whose it is, until when it is valid, and the version of TLS."""

    subject: str
    until: datetime
    version: str


async def certificate_of(settings: Settings) -> Certificate | str | None:
    """Returns the target's certificate, or why it shows none that is trusted; None without TLS, or behind a proxy."""
    assert settings.target
    url = httpx.URL(settings.target)
    if url.scheme != "https" or settings.proxy or settings.trust_env:
        return None
    try:
        async with asyncio.timeout(settings.deadline):
            _, writer = await asyncio.open_connection(url.host, url.port or 443, ssl=tls(settings))
    except (OSError, ssl.SSLError, TimeoutError) as error:
        return str(error)[:300] or type(error).__name__
    try:
        shown, version = writer.get_extra_info("peercert"), writer.get_extra_info("ssl_object").version()
    finally:
        writer.close()
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    names = [value for name, value in shown.get("subjectAltName", ()) if name == "DNS"]
    return Certificate(names[0] if names else url.host, until, version or "TLS")
