"""Whole bodies: what is not JSON, what is JSON and no object, and JSON that readers disagree about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from .changes import RawBody, Rewrite

Body = Mapping[str, Any]
BodyWriting = Rewrite[Body, bytes]
DEPTH: Final = 10_000
_DEPTHS: Final = (150, 500, DEPTH)
"""Beyond what some servers take; beyond what some can write back; beyond what any reader should try."""
"""Levels of nesting that no sane reader follows, and that many a recursive one dies of."""

_JSON: Final = "requestBody/content/application~1json"
_SCHEMA: Final = "requestBody/content/application~1json/schema"

NOT_JSON: Final = (
    RawBody("no body", b"", "requestBody/required"),
    RawBody("spaces", b" \r\n\t", "requestBody/required"),
    RawBody("text", b"metadata: {}", _JSON),
    RawBody("a form", b"metadata=%7B%7D", _JSON),
    RawBody("truncated JSON", b'{"metadata": {"name": "x"', _JSON),
    RawBody("JSON truncated in a text", b'{"metadata": {"na', _JSON),
    RawBody("an opening brace", b"{", _JSON),
    RawBody("two values", b'{"metadata": {}} {"metadata": {}}', _JSON),
    RawBody("invalid UTF-8", b'{"metadata": {"name": "\xff\xfe\xc3("}}', _JSON),
)
NOT_OBJECTS: Final = (
    RawBody("array", b"[]", _SCHEMA),
    RawBody("array of an object", b'[{"metadata": {}}]', _SCHEMA),
    RawBody("string", b'"metadata"', _SCHEMA),
    RawBody("empty string", b'""', _SCHEMA),
    RawBody("number", b"1", _SCHEMA),
    RawBody("true", b"true", _SCHEMA),
    RawBody("false", b"false", _SCHEMA),
    RawBody("null", b"null", _SCHEMA),
)


def not_json(body: bytes) -> tuple[RawBody, ...]:
    """Returns damaged copies of a good body, an object with a text in it: none is JSON (RFC 8259)."""
    colon = body.index(b":") + 1
    text = body.index(b'"', colon) + 1
    return (
        RawBody("the first half of a good body", body[: len(body) // 2], _JSON),
        RawBody("a good body without its last brace", body.rstrip()[:-1], _JSON),
        RawBody("a good body and a brace more", body + b"}", _JSON),
        RawBody("a good body twice", body + body, _JSON),
        RawBody("a good body behind a word", b"body " + body, _JSON),
        RawBody("a good body without a colon", body[: colon - 1] + b" " + body[colon:], _JSON),
        RawBody("a good body with invalid UTF-8 in a text", body[:text] + b"\xc3\x28\xff" + body[text:], _JSON),
    )


def _damage(label: str) -> Callable[[Body], bytes]:
    return lambda body: next(found.body for found in not_json(_text(body).encode()) if found.label == label)


DAMAGED: Final[tuple[BodyWriting, ...]] = tuple(
    Rewrite(found.label, _damage(found.label), found.clause) for found in not_json(b'{"metadata": {"name": "x"}}')
)
"""The same damages, done to any good body, an object with a text in it."""


def _text(body: Body) -> str:
    return json.dumps(body, ensure_ascii=False)


def _added(text: str, name: str, raw: str) -> str:
    """Adds a member to the text of an object that has one already; `raw` is not parsed, so may be anything."""
    return f"{text[:-1]}, {json.dumps(name)}: {raw}}}"


def _in_body(raw: str) -> Callable[[Body], bytes]:
    return lambda body: _added(_text(body), "xUnknown", raw).encode()


def _in_manifest(raw: str) -> Callable[[Body], bytes]:
    def write(body: Body) -> bytes:
        rest = {name: value for name, value in body.items() if name != "manifest"}
        manifest = _added(_text(body["manifest"]), "xUnknown", raw)
        return (_added(_text(rest), "manifest", manifest) if rest else f'{{"manifest": {manifest}}}').encode()

    return write


def _twice(body: Body) -> bytes:
    name = next(iter(body))
    return _added(_text(body), name, _text(body[name])).encode()


def _twice_within(body: Body) -> bytes:
    """A member of the manifest twice, with another value: which of the two counts is the reader's choice."""
    return _in_manifest('1, "xUnknown": 2')(body)


_NUMBERS: Final = {
    "2^63": str(2**63),
    "2^64": str(2**64),
    "-2^63 - 1": str(-(2**63) - 1),
    "10^40": str(10**40),
    "an integer of 5,000 digits": "9" * 5000,
    "1e400": "1e400",
    "-1e400": "-1e400",
    "1e-400": "1e-400",
    "-0": "-0",
    "a fraction of 60 digits": "0." + "3" * 60,
}
_VALUES: Final = {
    "an unpaired surrogate": '"\\ud800"',
    "a NUL": '"\\u0000"',
    "NaN": "NaN",
    "Infinity": "Infinity",
    "a trailing comma": "[1,]",
    "single quotes": "'x'",
    "a comment": "1 /* one */",
}


def _lists(depth: int) -> str:
    return "[" * depth + "]" * depth


def _objects(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


OPEN_BODIES: Final[tuple[BodyWriting, ...]] = (
    *(Rewrite(f"a manifest with the number {label}", _in_manifest(raw), _JSON) for label, raw in _NUMBERS.items()),
    *(Rewrite(f"a manifest with {label}", _in_manifest(raw), _JSON) for label, raw in _VALUES.items()),
    *(Rewrite(f"a manifest with {depth} lists in each other", _in_manifest(_lists(depth)), _JSON) for depth in _DEPTHS),
    *(
        Rewrite(f"a manifest with {depth} objects in each other", _in_manifest(_objects(depth)), _JSON)
        for depth in _DEPTHS
    ),
    Rewrite(f"a body with {DEPTH} lists in each other", _in_body(_lists(DEPTH)), _JSON),
    Rewrite(f"a body with {DEPTH} objects in each other", _in_body(_objects(DEPTH)), _JSON),
    Rewrite("a member twice", _twice, _JSON),
    Rewrite("a member of the manifest twice", _twice_within, _JSON),
    Rewrite("a byte order mark", lambda body: b"\xef\xbb\xbf" + _text(body).encode(), _JSON),
    Rewrite("UTF-16", lambda body: _text(body).encode("utf-16"), _JSON),
)
"""Bodies of a good one whose manifest is in JSON form. RFC 8259 leaves to the reader what numbers it takes, how deep it
goes, which of two members of one name counts (section 4), and whether it takes more than JSON (section 9)."""
