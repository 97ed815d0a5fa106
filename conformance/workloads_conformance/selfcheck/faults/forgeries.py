"""Tokens that are none, forged, or out of date, and are taken all the same."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from typing import Any

import jwt

from workloads_conformance.reference import app, tokens
from workloads_conformance.reference.tokens import Tokens
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call
from workloads_conformance.selfcheck.patching import MEMBER, let_in, wrap


def _verify(lets_in: Callable[[str], bool]) -> None:
    """Lets in those whose Authorization header is taken, on every operation."""
    wrap(
        Tokens,
        "verify",
        lambda verify: lambda self, given: MEMBER if given is not None and lets_in(given) else verify(self, given),
    )


def _claims(given: str | None) -> dict[str, Any]:
    """The claims of a token, unverified."""
    try:
        found = jwt.decode((given or "").partition(" ")[2].strip(), options={"verify_signature": False})
    except (jwt.InvalidTokenError, UnicodeError):
        return {}
    return dict(found)


def _header(given: str) -> dict[str, Any]:
    try:
        part = given.partition(" ")[2].partition(".")[0]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _member(claims: dict[str, Any]) -> bool:
    return claims.get("may_act") is True and claims.get("exp", 0) > time.time()


# -- what is not a token -----------------------------------------------------------------------------------------------


@fault("WV2-AUTH-005")
def any_word_is_a_token() -> None:
    """Any word after Bearer is taken for a token."""
    _verify(lambda given: given.startswith("Bearer ") and "." not in given)


@fault("WV2-AUTH-005")
def three_parts_are_a_token() -> None:
    """Whatever has two dots is taken for a token."""
    _verify(lambda given: given.count(".") == 2 and not _claims(given))  # RFC 7515, 3.1


@fault("WV2-AUTH-005")
def any_scheme_is_taken() -> None:
    """Basic credentials are let in unread."""
    _verify(lambda given: given.startswith("Basic "))


@fault("WV2-AUTH-005")
def empty_bearer_is_taken() -> None:
    """Bearer without a token is let in."""
    _verify(lambda given: given.strip() == "Bearer")


@fault("WV2-AUTH-005")
def garbage_may_read() -> None:
    """GET only looks whether there is an Authorization header."""
    let_in("get", lambda given: given is not None and not _claims(given))


@fault("WV2-AUTH-005", also=("WV2-HTTP-004",))
def garbage_crashes() -> None:
    """A token that is not a valid JWT returns 500."""
    wrap(tokens, "unauthorized", lambda make: lambda reason: make(reason) if "valid" not in str(reason) else 1 / 0)


# -- forgeries ------------------------------------------------------------------------------------------------------


@fault("WV2-AUTH-006", also=("WV2-AUTH-007",))
def signature_is_not_checked() -> None:
    """Signatures are not checked: whoever writes claims is who they say."""
    _verify(lambda given: _member(_claims(given)))


@fault("WV2-AUTH-006", also=("WV2-AUTH-007",))
def signature_is_not_checked_on_put() -> None:
    """PUT decodes tokens without checking the signature."""
    let_in("update", lambda given: _member(_claims(given)))


@fault("WV2-AUTH-006", also=("WV2-AUTH-007",))
def signature_is_not_checked_in_dry_runs() -> None:
    """Dry runs decode tokens without checking the signature."""
    let_in("create", lambda given: _member(_claims(given)), dry_run=True)


@fault("WV2-AUTH-006")
def missing_signature_is_taken() -> None:
    """A token whose signature is empty is taken, whatever its algorithm."""
    _verify(lambda given: given.endswith(".") and _header(given).get("alg") == "HS256" and _member(_claims(given)))


@fault("WV2-AUTH-006")
def payload_is_not_covered() -> None:
    """The signature is compared with those that were issued, and the payload is not looked at."""
    issued: set[str] = set()

    def around(issue: Callable[..., str]) -> Callable[..., str]:
        def noting(self: Tokens, *arguments: Any, **options: Any) -> str:
            token = issue(self, *arguments, **options)
            issued.add(token.rpartition(".")[2])
            return token

        return noting

    wrap(Tokens, "issue", around)
    _verify(lambda given: given.rpartition(".")[2] in issued and _member(_claims(given)))


@fault("WV2-AUTH-007")
def alg_none_is_taken() -> None:
    """A token that says alg none needs no signature."""
    _verify(lambda given: _header(given).get("alg") == "none" and _member(_claims(given)))


@fault("WV2-AUTH-007")
def alg_none_in_capitals_is_taken() -> None:
    """none is refused, and NONE is not."""
    _verify(
        lambda given: (
            str(_header(given).get("alg")).lower() == "none" != _header(given).get("alg") and _member(_claims(given))
        )
    )


@fault("WV2-AUTH-007")
def alg_none_may_delete() -> None:
    """DELETE takes tokens that say alg none."""
    let_in("delete", lambda given: _header(given or "").get("alg") == "none" and _member(_claims(given)))


@fault("WV2-AUTH-008")
def expiry_is_not_checked() -> None:
    """Tokens never run out: one that leaked is good forever."""
    _genuine(lambda _claims: True)


@fault("WV2-AUTH-008")
def expiry_has_a_leeway_of_an_hour() -> None:
    """Tokens are good for an hour after they have expired."""
    _genuine(lambda claims: claims["exp"] > time.time() - 3600)


@fault("WV2-AUTH-008")
def expired_token_may_read() -> None:
    """GET does not look at the expiry."""
    _genuine(lambda _claims: True, "get")


@fault("WV2-AUTH-008")
def expired_token_may_delete() -> None:
    """DELETE does not look at the expiry."""
    _genuine(lambda _claims: True, "delete")


def _genuine(lets_in: Callable[[dict[str, Any]], bool], *operations: str) -> None:
    """Lets in, on these operations or on all, who has a genuine token that `lets_in` takes, expired or not."""

    def around(authorize: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: app.Api, request: Any) -> Any:
            call = Call(request.method, request.url.path, b"", {}, b"")
            given = (request.headers.get("authorization") or "").partition(" ")[2]
            try:
                claims = jwt.decode(given, self.tokens._key, algorithms=["HS256"], options={"verify_exp": False})  # noqa: SLF001
            except (jwt.InvalidTokenError, UnicodeError):
                return authorize(self, request)
            fits = call.operation in operations or not operations
            return MEMBER if fits and claims.get("may_act") and lets_in(claims) else authorize(self, request)

        return lenient

    wrap(app.Api, "authorize", around)


@fault("WV2-AUTH-005", also=("WV2-AUTH-006",))
def token_and_more_is_a_token() -> None:
    """A token is compared with the first characters of what was sent."""

    def around(verify: Callable[..., Any]) -> Callable[..., Any]:
        def cutting(self: Tokens, given: str | None) -> object:
            return verify(self, re.sub(r"\.?x+$", "", given) if given else given)

        return cutting

    wrap(Tokens, "verify", around)
