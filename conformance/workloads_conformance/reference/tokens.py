"""Access tokens: issued to clients, verified on every call (signature, algorithm, issuer, expiry)."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import jwt

from .errors import RefusalError, unauthorized

ALGORITHM = "HS256"
ISSUER = "workloads-conformance-reference"


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client that may ask for tokens. `may_act` is whether its role has rights in the projects."""

    id: str
    secret: str
    may_act: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a request acts as."""

    name: str
    may_act: bool


class Tokens:
    """Issues and verifies tokens under a key that lives as long as the process."""

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._key = secrets.token_bytes(32)
        self.member = OAuthClient("conformance", secrets.token_urlsafe(24), may_act=True)
        self.outsider = OAuthClient("outsider", secrets.token_urlsafe(24), may_act=False)

    def issue(self, client: OAuthClient, *, age: float = 0) -> str:
        """Returns a token for `client` that was issued `age` seconds ago."""
        now = time.time() - age
        claims = {
            "iss": ISSUER,
            "sub": client.id,
            "iat": int(now),
            "exp": int(now + self.lifetime),
            "jti": secrets.token_hex(8),
            "may_act": client.may_act,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def client(self, identifier: object, secret: object) -> OAuthClient | None:
        """Returns the client with this id, if the secret is its own."""
        for client in (self.member, self.outsider):
            if client.id == identifier and isinstance(secret, str):
                same = secrets.compare_digest(client.secret.encode(), secret.encode("utf-8", "replace"))
                return client if same else None
        return None

    def verify(self, authorization: str | None) -> Principal:
        """Returns who an Authorization header speaks for.

        Raises:
            RefusalError: 401; there is no bearer token in it, or the token is not valid now.
        """
        if authorization is None:
            raise unauthorized(None)
        scheme, _, token = authorization.strip().partition(" ")
        # RFC 9110, 11.1: the scheme's name is case-insensitive.
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorized(None)
        try:
            claims = jwt.decode(
                token.strip(),
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise unauthorized("The token has expired") from None
        except (jwt.InvalidTokenError, UnicodeError):
            raise unauthorized("The token is not valid") from None
        return Principal(str(claims["sub"]), claims.get("may_act") is True)


def oauth_error(error: str, status: int = 400) -> RefusalError:
    """A refusal of the token endpoint of RFC 6749, section 5.2; its body is that RFC's, not the contract's."""
    headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}  # RFC 6749, 5.2
    return RefusalError(status, error, headers=headers)
