"""The universal checks: each looks at one exchange and judges the requirements that every answer has to satisfy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from workloads_conformance.api.envelope import metadata_in, workload_in
from workloads_conformance.api.routes import is_dry_run
from workloads_conformance.http import Exchange, Response
from workloads_conformance.runner import Judgement, excerpt, satisfied, violated
from workloads_specs import Contract, Operation

from .internals import shows_internals
from .shapes import Flaw, Shapes, methods_of
from .times import instant

_SERVER_ERROR = 500
_UNAUTHORIZED = 401
_METHOD_NOT_ALLOWED = 405
_SMALL = 65_536
"""Octets of a body that no server is known to find too large. On one that is, the connection may be closed without an
answer (RFC 9110, 15.5.14)."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BEARER = re.compile(r"(?:^|,)\s*Bearer(?:\s+[^\s=,]|\s*(?:,|$))", re.IGNORECASE)
"""A challenge: a scheme, with or without parameters. What is behind a comma and has an equals sign is a
parameter of the scheme before (RFC 9110, 11.6.1)."""
_ERRORS = range(400, 600)

_SKEWS = {"updatedAt": timedelta(0), "deletedAt": timedelta(seconds=1)}
"""By which the clock behind each may be behind that of createdAt: who deletes may be another part of a platform."""

_NO_JSON = Flaw("$ is not valid JSON", "$: the body is not valid JSON")
_NO_BODY = Flaw("$ is not there", "$: there is no body")

_STATUS = {
    "create": "WV2-CREATE-001",
    "get": "WV2-GET-001",
    "update": "WV2-UPDATE-001",
    "delete": "WV2-DELETE-001",
}
_BODY = {
    "create": "WV2-CREATE-002",
    "get": "WV2-GET-002",
    "update": "WV2-UPDATE-002",
    "delete": "WV2-DELETE-002",
}
"""The requirements of each operation's statuses and bodies."""

JUDGED_ON_EVERY_EXCHANGE = (
    *_STATUS.values(),
    *_BODY.values(),
    *("WV2-ERROR-001", "WV2-ERROR-002", "WV2-ERROR-003"),
    *("WV2-HTTP-001", "WV2-HTTP-002", "WV2-HTTP-003", "WV2-HTTP-004", "WV2-HTTP-014"),
    "WV2-AUTH-014",
    "WV2-LIFE-001",
)
"""The requirements that need no test of their own."""


class UniversalChecks:
    """Judges every exchange with one target by one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._shapes = Shapes(contract)

    def judge(self, exchange: Exchange, *, also: Sequence[int] = ()) -> Iterator[Judgement]:
        """Yields a judgement for each requirement that this exchange bears on.

        `also` are statuses that something outside the contract, such as RFC 9110, has for this very request.
        """
        answer = exchange.response
        if len(exchange.request.body or b"") <= _SMALL and (answer is not None or exchange.unanswered):
            yield _answered(exchange)
        if answer is None or answer.flaw is not None:
            return
        methods = methods_of(self._contract, exchange.request)
        operation = methods.get(exchange.request.method)
        if methods:
            yield _expected(exchange, answer)
        if operation is not None:
            if answer.status not in also:
                yield self._status(operation, exchange, answer)
            if answer.status in operation.statuses and operation.response_schema(answer.status) is not None:
                yield self._media_type(exchange, answer)
                yield from self._shape(operation, exchange, answer)
            yield from _times(exchange, answer)
        yield from _text(exchange, answer)
        if answer.status == _UNAUTHORIZED:
            yield _challenge(exchange, answer)
        if answer.status == _METHOD_NOT_ALLOWED and methods:
            yield _allow(exchange, answer, frozenset(methods))

    def _status(self, operation: Operation, exchange: Exchange, answer: Response) -> Judgement:
        return _judged(
            _STATUS[operation.name],
            exchange,
            ok=answer.status in operation.statuses,
            message=f"{operation.method} was answered with the undocumented status {answer.status}",
            code=f"undocumented-status/{operation.method}:{answer.status}",
            expected="one of " + ", ".join(map(str, sorted(operation.statuses))),
        )

    def _media_type(self, exchange: Exchange, answer: Response) -> Judgement:
        return _judged(
            "WV2-HTTP-001",
            exchange,
            ok=answer.media_type == "application/json",
            message=f"a body of status {answer.status} came with another media type",
            code=f"another-media-type/of:{answer.status}",
            expected="Content-Type: application/json",
            observed=f"Content-Type: {answer.header('content-type') or '(none)'}",
        )

    def _shape(self, operation: Operation, exchange: Exchange, answer: Response) -> Iterator[Judgement]:
        error = answer.status in _ERRORS
        body = answer.json
        if body.limit is not None or (body.error is not None and answer.body and answer.media_type.endswith("json")):
            return  # beyond our limits, or WV2-HTTP-002's matter
        flaws = self._shapes.response_flaws(operation, answer) if body.readable else [_NO_JSON]
        if not answer.body:
            flaws = [_NO_BODY]
        name = "Error" if error else "WorkloadV2GetResponse" if operation.name == "get" else "WorkloadV2"
        kind = flaws[0].kind if flaws else ""
        yield _judged(
            "WV2-ERROR-001" if error else _BODY[operation.name],
            exchange,
            ok=not flaws,
            message=f"the body of {answer.status} to {operation.method} is not a valid {name}: {kind}",
            code=f"invalid-body/{operation.method}:{answer.status}:{kind}",
            expected=f"a body that is valid against the schema {name}",
            observed="; ".join(map(str, flaws)) + "\n" + excerpt(exchange) if flaws else "",
        )
        if error and not flaws and isinstance(body.value, dict):
            code = body.value["code"]
            yield _judged(
                "WV2-ERROR-002",
                exchange,
                ok=code == answer.status,
                message=f"the Error of an answer {answer.status} has code {code}",
                code=f"another-error-code/in:{answer.status}",
                expected=f"code {answer.status}",
            )


def _judged(  # noqa: PLR0913 - the texts go by name
    requirement: str, exchange: Exchange, *, ok: bool, message: str, code: str, expected: str, observed: str = ""
) -> Judgement:
    """Returns the judgement on an exchange alone; what was observed is the answer, unless it says more."""
    if ok:
        return satisfied(requirement)
    return violated(
        requirement,
        message=message,
        code=code,
        expected=expected,
        observed=observed or excerpt(exchange),
        exchange=exchange,
        alone=True,
    )


def _times(exchange: Exchange, answer: Response) -> Iterator[Judgement]:
    """Yields for each time of the workload in an answer whether it is before that of its creation.

    A dry run creates nothing, at no time.
    """
    if is_dry_run(exchange.request):
        return
    metadata = metadata_in(workload_in(answer.json.value, exchange.request.method))
    created = instant(metadata.get("createdAt"))
    for member, skew in _SKEWS.items():
        later = instant(metadata.get(member))
        if created is not None and later is not None:
            yield _judged(
                "WV2-LIFE-001",
                exchange,
                ok=created - skew <= later,
                message=f"{member} in an answer to {exchange.request.method} is before createdAt",
                code=f"{member}-before-createdAt/{exchange.request.method}",
                expected=f"{member} at or after {metadata['createdAt']}",
                observed=f"{member}: {metadata[member]}",
            )


def _answered(exchange: Exchange) -> Judgement:
    return _judged(
        "WV2-HTTP-014",
        exchange,
        ok=exchange.response is not None,
        message=f"{exchange.request.method} was not answered",
        code=f"no-answer/to:{exchange.request.method}",
        expected="an answer",
        observed=exchange.failure or "an answer",
    )


def _expected(exchange: Exchange, answer: Response) -> Judgement:
    return _judged(
        "WV2-HTTP-004",
        exchange,
        ok=answer.status != _SERVER_ERROR,
        message=f"a {exchange.request.method} made the server answer 500",
        code=f"server-error/to:{exchange.request.method}",
        expected="a 2xx or 4xx status",
    )


def _text(exchange: Exchange, answer: Response) -> Iterator[Judgement]:
    """Judges the body as text, on any path and for any method."""
    if answer.status in _ERRORS:
        yield _judged(
            "WV2-ERROR-003",
            exchange,
            ok=not shows_internals(answer.body, answer.json.value),
            message=f"an answer {answer.status} shows a stack trace or a statement",
            code=f"internals-shown/in:{answer.status}",
            expected="an error message without internals",
        )
    if not answer.body or not answer.media_type.endswith("json"):
        return
    if answer.json.limit is None:
        yield _judged(
            "WV2-HTTP-002",
            exchange,
            ok=answer.json.error is None,
            message="a body declared as JSON is not valid JSON in UTF-8",
            code="body/invalid-json",
            expected="one JSON value in UTF-8 (RFC 8259)",
            observed=f"{answer.json.error}\n{excerpt(exchange)}" if answer.json.error else "",
        )
        yield _judged(
            "WV2-HTTP-003",
            exchange,
            ok=not answer.json.duplicates,
            message="an object in a body has a name twice",
            code="body/duplicate-name",
            expected="unique names",
            observed="twice: " + ", ".join(answer.json.duplicates),
        )


def _challenge(exchange: Exchange, answer: Response) -> Judgement:
    return _judged(
        "WV2-AUTH-014",
        exchange,
        # Applicable is what the contract's security scheme names; a scheme's name is read in any case (11.1).
        ok=bool(_BEARER.search(_QUOTED.sub('""', answer.combined("www-authenticate") or ""))),
        message=f"401 to {exchange.request.method} has no WWW-Authenticate with a Bearer challenge",
        code=f"no-bearer-challenge/to:{exchange.request.method}",
        expected="WWW-Authenticate: Bearer …",
    )


def _allow(exchange: Exchange, answer: Response, methods: frozenset[str]) -> Judgement:
    allow, refused = answer.combined("allow"), exchange.request.method
    # 9.1: the names of methods are case-sensitive.
    allowed = {name.strip() for name in (allow or "").split(",")}
    missing = sorted(methods - allowed - {refused})
    if allow is None:
        message, wrong = f"405 to {refused} has no Allow", "absent"
    elif refused in allowed:
        message, wrong = f"405 to {refused} has an Allow that names {refused}", f"names:{refused}"
    else:
        message = f"405 to {refused} has an Allow without {', '.join(missing)}"
        wrong = f"lacks:{','.join(missing)}"
    return _judged(
        "WV2-HTTP-005",
        exchange,
        ok=allow is not None and refused not in allowed and not missing,
        message=message,
        code=f"allow-of-{refused}/{wrong}",
        expected=f"Allow: {', '.join(sorted(methods))}, and what else the path supports",
        observed="no Allow" if allow is None else f"Allow: {allow}",
    )
