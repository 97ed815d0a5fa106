"""What `trust-env` takes from the environment: the proxy on the way to the target, and the certificate authorities."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workloads_conformance.errors import UsageError

_PORTS = {"http": 80, "https": 443}


def surroundings(values: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Returns the values of options that are not given, and that the environment gives.

    Without a target there are none: the embedded server is on this machine, and speaks no TLS.

    Args:
        values: what is given, by option key.
        environ: the environment: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in lower case too, which wins, and
            SSL_CERT_FILE.

    Raises:
        UsageError: a variable has a value that cannot be used.
    """
    if not values.get("trust-env") or "target" not in values:
        return {}
    found = {"proxy": _proxy(values["target"], environ), "ca-bundle": _authorities(environ)}
    return {key: value for key, value in found.items() if value is not None and key not in values}


def _proxy(target: str, environ: Mapping[str, str]) -> str | None:
    scheme = urlsplit(target).scheme
    for name in (f"{scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if url := environ.get(variable):
                if _is_exempt(target, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
                    return None
                url = url if "://" in url else f"http://{url}"
                if flaw_of_proxy(url):
                    raise UsageError(f"{variable}, which trust-env obeys, is {flaw_of_proxy(url)}.")
                return url
    return None


def flaw_of_proxy(url: str) -> str | None:
    """Returns why a URL, which may hold a password, is not one of a proxy, and what would be; None if it is one."""
    import httpx  # noqa: PLC0415 - `--help` has to be fast

    try:
        host = httpx.Proxy(url).url.host
    except (ValueError, httpx.InvalidURL):
        host = ""
    if host:
        return None
    return "not a URL of a proxy; expected one such as http://proxy.example.com:3128 or socks5://127.0.0.1:1080"


def _is_exempt(target: str, exempt: str) -> bool:
    """True if a list as in NO_PROXY names the target: names, which stand for all below them, addresses, networks."""
    url = urlsplit(target)
    port = url.port or _PORTS.get(url.scheme)
    host = (url.hostname or "").rstrip(".")
    return any(_fits(entry.strip().lower(), host, port) for entry in exempt.split(","))


def _fits(entry: str, host: str, port: int | None) -> bool:
    if entry in ("", "*"):
        return entry == "*"
    address, network = _address(host), _network(entry.removeprefix("[").removesuffix("]"))
    if network is not None:
        return address is not None and address in network
    name, colon, number = entry.rpartition(":")
    if colon and number.isdigit():
        return int(number) == port and _fits(name, host, port)
    name = entry.removeprefix("*").removeprefix(".").rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _authorities(environ: Mapping[str, str]) -> str | None:
    path = environ.get("SSL_CERT_FILE")
    if path and not Path(path).is_file():
        raise UsageError(
            f"SSL_CERT_FILE, which trust-env obeys, is {path!r}, a file that is not there; correct it, or unset it."
        )
    return path or None
