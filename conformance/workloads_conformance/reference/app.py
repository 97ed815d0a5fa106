"""The server's routes: authentication first, then rights, then what the request says."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from .documents import read_json
from .errors import RefusalError, bad_request, forbidden
from .rendering import get_response, listed, workload_v2
from .store import Store
from .tokens import Principal, Tokens, oauth_error
from .validation import create_request, dry_run, path_id, update_request
from .workload_types import TYPES

MAX_BODY = 8 * 1024 * 1024
_ID_PARAMETER = "workload_id"
Handler = Callable[[Request], Awaitable[Response]]


class Api:
    """The handlers, over one store and one issuer of tokens."""

    def __init__(self, store: Store, tokens: Tokens) -> None:
        self.store, self.tokens = store, tokens

    def authorize(self, request: Request) -> Principal:
        """Returns who asks; raises RefusalError (401, then 403) before anything else of the request is looked at."""
        principal = self.tokens.verify(request.headers.get("authorization"))
        if not principal.may_act:
            raise forbidden()
        return principal

    async def create(self, request: Request) -> Response:
        """POST /api/v2/workloads."""
        principal = self.authorize(request)
        trial = dry_run(request.query_params.getlist("dryRun"))
        wanted = create_request(await self.json_body(request))
        workload = self.store.create(wanted, principal.name, dry_run=trial)
        return json_response(202, workload_v2(workload))

    async def get(self, request: Request) -> Response:
        """GET /api/v2/workloads/{id}."""
        self.authorize(request)
        workload = self.store.get(path_id(request.path_params[_ID_PARAMETER]))
        answer = json_response(200, get_response(workload, self.store), {"Vary": "Authorization"})
        answer.headers["ETag"] = validator = _validator(bytes(answer.body))
        if validator in map(str.strip, request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers={"ETag": validator, "Vary": "Authorization"})
        return answer

    async def update(self, request: Request) -> Response:
        """PUT /api/v2/workloads/{id}."""
        principal = self.authorize(request)
        identifier = path_id(request.path_params[_ID_PARAMETER])
        self.store.get(identifier)
        wanted = update_request(await self.json_body(request))
        return json_response(202, workload_v2(self.store.update(identifier, wanted, principal.name)))

    async def delete(self, request: Request) -> Response:
        """DELETE /api/v2/workloads/{id}."""
        principal = self.authorize(request)
        identifier = path_id(request.path_params[_ID_PARAMETER])
        return json_response(202, workload_v2(self.store.delete(identifier, principal.name)))

    async def list(self, request: Request) -> Response:
        """GET /api/v1/workloads, as the platform has it beside the contract: for finding what was left."""
        self.authorize(request)
        query = request.query_params
        found = self.store.listed(deleted=query.get("deleted") == "true")
        for wanted in query.getlist("filterBy"):
            name, operator, value = _filter(wanted)
            found = [workload for workload in found if _matches(listed(workload, self.store)[name], operator, value)]
        try:
            offset, limit = int(query.get("offset", "0")), int(query.get("limit", "50"))
        except ValueError:
            raise bad_request("offset, limit: must be whole numbers") from None
        page = [listed(workload, self.store) for workload in found[offset : offset + limit]]
        return json_response(200, {"next": offset + len(page), "workloads": page})

    async def types(self, request: Request) -> Response:
        """GET /api/v1/workload-types."""
        self.authorize(request)
        return json_response(200, {"types": [found.described() for found in TYPES.values()]})

    async def token_v1(self, request: Request) -> Response:
        """POST /api/v1/token: JSON in, JSON out."""
        body = await self.json_body(request)
        body = body if isinstance(body, dict) else {}
        if body.get("grantType") == "app_token":
            client = self.tokens.client(body.get("AppId"), body.get("AppSecret"))
        elif body.get("grantType") == "client_credentials":
            client = self.tokens.client(body.get("clientId", body.get("clientID")), body.get("clientSecret"))
        else:
            raise bad_request("grantType: must be client_credentials or app_token")
        if client is None:
            raise RefusalError(401, "Issuer is not familiar.")
        token = self.tokens.issue(client)
        return json_response(200, {"accessToken": token, "tokenType": "Bearer", "expiresIn": int(self.tokens.lifetime)})

    async def token_v2(self, request: Request) -> Response:
        """POST /api/v2/token: RFC 6749, section 4.4."""
        if _media_type(request) != "application/x-www-form-urlencoded":
            raise oauth_error("invalid_request")
        form = parse_qs((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True)
        if any(len(values) > 1 for values in form.values()) or "grant_type" not in form:
            raise oauth_error("invalid_request")
        if form["grant_type"] != ["client_credentials"]:
            raise oauth_error("unsupported_grant_type")
        identifier, secret = _basic(request) or (form.get("client_id", [""])[0], form.get("client_secret", [""])[0])
        client = self.tokens.client(identifier, secret)
        if client is None:
            raise oauth_error("invalid_client", 401)
        answer = {
            "access_token": self.tokens.issue(client),
            "token_type": "Bearer",
            "expires_in": int(self.tokens.lifetime),
        }
        return json_response(200, answer, {"Cache-Control": "no-store"})

    async def json_body(self, request: Request) -> Any:
        """Returns the request's body; raises RefusalError (400, 413 or 415)."""
        if _media_type(request) != "application/json":
            raise RefusalError(415, "Unsupported media type", "Content-Type: must be application/json")
        return read_json(await _body(request))


def make_app(store: Store, tokens: Tokens) -> Starlette:
    """Returns the ASGI application."""
    api = Api(store, tokens)
    item = f"/api/v2/workloads/{{{_ID_PARAMETER}}}"
    table: tuple[tuple[str, dict[str, Handler]], ...] = (
        ("/api/v2/workloads", {"POST": api.create}),
        (item, {"GET": api.get, "PUT": api.update, "DELETE": api.delete}),
        ("/api/v1/workloads", {"GET": api.list}),
        ("/api/v1/workload-types", {"GET": api.types}),
        ("/api/v1/token", {"POST": api.token_v1}),
        ("/api/v2/token", {"POST": api.token_v2}),
    )
    routes = [
        Route(
            path,
            partial(_dispatch, handlers),
            methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"],
        )
        for path, handlers in table
    ]
    handlers = {404: _http_error, 405: _http_error, HTTPException: _http_error}
    return Starlette(routes=routes, exception_handlers=handlers)


async def _dispatch(handlers: dict[str, Handler], request: Request) -> Response:
    """Calls the method's handler, and turns whatever it raises into an Error."""
    method = "GET" if request.method == "HEAD" and "GET" in handlers else request.method
    try:
        if method not in handlers:
            allow = ", ".join([*handlers, *(["HEAD"] if "GET" in handlers else []), "OPTIONS"])
            if method == "OPTIONS":
                return Response(status_code=204, headers={"Allow": allow})
            raise RefusalError(405, "Method not allowed", headers={"Allow": allow})  # noqa: TRY301 - answered below
        return await handlers[method](request)
    except RefusalError as refusal:
        body = {"error": refusal.message} if request.url.path == "/api/v2/token" else refusal.body()
        return json_response(refusal.status, body, refusal.headers)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception:  # the last resort of a server: 500 without internals, the trace to the log
        logging.getLogger(__name__).exception("unexpected error")
        return json_response(500, RefusalError(500, "Unexpected error").body())


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = "Resource not found" if status == 404 else "Request failed"  # a path that is not there
    return json_response(status, RefusalError(status, message).body())


def json_response(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    """Returns a JSON answer."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(data, status, headers=headers, media_type="application/json")


def _validator(body: bytes) -> str:
    """Returns the strong validator of a body (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise RefusalError(
                413, "Content too large", f"body: has more than {MAX_BODY} bytes", {"Connection": "close"}
            )
    return bytes(data)


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identifier, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        raise oauth_error("invalid_client", 401) from None
    return unquote(identifier), unquote(secret)


def _filter(text: str) -> tuple[str, str, str]:
    for operator in ("==", "=^"):
        name, found, value = text.partition(operator)
        if found and name in ("name", "projectId", "type"):
            return name, operator, value
    raise bad_request("filterBy: must be name, projectId or type, then == or =^, then a value")


def _matches(actual: str, operator: str, value: str) -> bool:
    return actual == value if operator == "==" else actual.startswith(value)
