"""The way to a target that a reproduction takes as the run did: certificates, a proxy, and where a token is got."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workloads_conformance.http import Request

SECRET = "7f3b9c1e5d2a48604b8e"  # noqa: S105 - no password: where one is to be put in


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """How a token is got for client credentials.

    Attributes:
        request: the request, `SECRET` in the place of the secret.
        secret: the environment variable that holds it.
        member: the member of the answer that holds the token.
    """

    request: Request
    secret: str
    member: str

    @property
    def parts(self) -> tuple[str, str]:
        """The body before and after the secret."""
        before, _, after = (self.request.body or b"").decode().partition(SECRET)
        return before, after

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What says how the body is to be read."""
        return list(self.request.headers) or [("Content-Type", "application/json")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How the target is reached; `token` is None where a token is given."""

    ca_bundle: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    proxy: str | None = None
    token: TokenRequest | None = None

    @property
    def curl(self) -> str:
        """How a curl command begins."""
        options = {
            "--cacert": self.ca_bundle,
            "--cert": self.client_cert,
            "--key": self.client_key,
            "--proxy": self.proxy,
        }
        given = (f"{option} {shlex.quote(str(value))}" for option, value in options.items() if value is not None)
        return " ".join(["curl -sS", *given])

    def curl_token(self, target: str, name: str) -> str:
        """Returns the line that gets a token, in the shell variable `name`; it needs jq."""
        assert self.token
        before, after = self.token.parts
        words = [self.curl, f"-X {self.token.request.method}", shlex.quote(target + self.token.request.target)]
        words += [f"-H {shlex.quote(f'{header}: {value}')}" for header, value in self.token.headers]
        body = f'{shlex.quote(before)}"${self.token.secret}"' + (shlex.quote(after) if after else "")
        return f"{name}=$({' '.join(words)} --data-binary {body} | jq -r .{self.token.member})"

    @property
    def httpx_lines(self) -> Iterator[str]:
        """The lines of Python that make the client's context, if it needs one of its own."""
        if self.ca_bundle or self.client_cert:
            made = f"ssl.create_default_context(cafile={str(self.ca_bundle)!r})" if self.ca_bundle else ""
            yield f"context = {made or 'httpx.create_ssl_context()'}"
        if self.client_cert:
            key = f", {str(self.client_key)!r}" if self.client_key else ""
            yield f"context.load_cert_chain({str(self.client_cert)!r}{key})"

    @property
    def httpx_client(self) -> str:
        """The expression of Python for the client."""
        verify = ", verify=context" if self.ca_bundle or self.client_cert else ""
        return f"httpx.Client(timeout=30{verify}" + (f", proxy={self.proxy!r})" if self.proxy else ")")

    def httpx_token(self, target: str, name: str) -> str:
        """Returns the statement of Python that gets a token, into the environment."""
        assert self.token
        before, after = self.token.parts
        method, url = self.token.request.method, target + self.token.request.target
        return (
            f"request = httpx.Request(\n    {method!r},\n    {url!r},\n    headers={dict(self.token.headers)!r},\n"
            f"    content={before!r} + os.environ[{self.token.secret!r}] + {after!r},\n)\n"
            f"os.environ[{name!r}] = {self.httpx_client}.send(request).json()[{self.token.member!r}]\n"
        )
