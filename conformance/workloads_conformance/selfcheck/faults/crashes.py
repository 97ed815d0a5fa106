"""Rare input on which a server stumbles: 500, or nothing, where an answer was to be expected."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, Silence, error_reply
from workloads_conformance.selfcheck.patching import change_reply, on_call


def _crashes(on: Callable[[Call], bool]) -> None:
    """Answers 500 to requests with a token on which `on` holds."""
    on_call(lambda call: error_reply(500, "Unexpected error") if call.operation and on(call) else call)


def _text(call: Call) -> str:
    """What is in the body, the manifest in base64 included, with escapes resolved."""
    body = call.json
    encoded = body.get("manifestBase64Encoded") if isinstance(body, dict) else None
    try:
        decoded = base64.b64decode(encoded, validate=True).decode() if isinstance(encoded, str) else ""
    except (binascii.Error, ValueError):
        decoded = ""
    return json.dumps(body, ensure_ascii=False) + decoded


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            item
            for found in level
            if isinstance(found, dict | list)
            for item in (found.values() if isinstance(found, dict) else found)
        ]
    return depth


def _numbers(value: Any) -> list[float]:
    numbers, left = [], [value]
    while left:
        found = left.pop()
        if isinstance(found, dict | list):
            left += found.values() if isinstance(found, dict) else found
        elif isinstance(found, int | float) and not isinstance(found, bool):
            numbers.append(found)
    return numbers


_CRASH, _SILENCE = "WV2-HTTP-004", "WV2-HTTP-014"
_ALSO = ("WV2-CREATE-*", "WV2-MANIFEST-*", "WV2-UPDATE-*", "WV2-DRYRUN-*", "WV2-GET-005", "WV2-DELETE-005")


@fault(_CRASH, provoked_by=("WV2-CREATE-003",), also=_ALSO)
def letters_beyond_ascii() -> None:
    """A letter outside ASCII in a manifest returns 500."""
    _crashes(lambda call: not _text(call).isascii())


@fault(_CRASH, provoked_by=("WV2-CREATE-003",), also=_ALSO)
def emoji() -> None:
    """A character beyond the basic plane, such as an emoji, returns 500."""
    _crashes(lambda call: any(ord(letter) >= 0x10000 for letter in _text(call)))  # the basic plane's end


@fault(_CRASH, provoked_by=("WV2-CREATE-003", "WV2-CREATE-037"), also=_ALSO)
def nul_in_a_text() -> None:
    """An escaped NUL in a text returns 500, as a database does that cannot store it."""
    _crashes(lambda call: b"\\u0000" in call.body)


@fault(_CRASH, provoked_by=("WV2-CREATE-013", "WV2-CREATE-037"), also=_ALSO)
def lone_surrogate() -> None:
    """An escape of half a surrogate pair returns 500."""
    _crashes(lambda call: any("\ud800" <= letter <= "\udfff" for letter in _text(call)))


@fault(_CRASH, provoked_by=("WV2-CREATE-013", "WV2-CREATE-037"), also=_ALSO)
def deep_nesting() -> None:
    """A manifest that is nested more than 200 levels deep returns 500."""
    _crashes(lambda call: call.body.count(b"[") > 200 or _depth(call.json) > 200)


@fault(_CRASH, provoked_by=("WV2-CREATE-003", "WV2-CREATE-037"), also=_ALSO)
def integers_beyond_64_bits() -> None:
    """An integer beyond 64 bits in a manifest returns 500."""
    _crashes(lambda call: any(abs(number) >= 2**63 for number in _numbers(call.json)))


@fault(_CRASH, provoked_by=("WV2-MANIFEST-012",), also=_ALSO)
def empty_manifest() -> None:
    """An empty manifest returns 500: the kind is read from what is not there."""
    _crashes(lambda call: isinstance(call.json, dict) and call.json.get("manifest") == {})


@fault(_CRASH, provoked_by=("WV2-MANIFEST-012", "WV2-CREATE-037"), also=_ALSO)
def manifest_without_metadata() -> None:
    """A manifest without metadata returns 500."""
    _crashes(
        lambda call: (
            isinstance(call.json, dict)
            and isinstance(call.json.get("manifest"), dict)
            and bool(call.json["manifest"])
            and "metadata" not in call.json["manifest"]
        )
    )


@fault(_CRASH, provoked_by=("WV2-CREATE-037",), also=_ALSO)
def kind_is_a_list() -> None:
    """A kind that is a list returns 500: it is looked up in a table, and can be no key."""
    _crashes(
        lambda call: (
            isinstance(call.json, dict)
            and isinstance(call.json.get("manifest"), dict)
            and isinstance(call.json["manifest"].get("kind"), list)
        )
    )


@fault(_CRASH, provoked_by=("WV2-CREATE-039",), also=_ALSO)
def kind_that_few_use() -> None:
    """A RayService returns 500: its handler was never called before."""
    _crashes(lambda call: '"RayService"' in _text(call))


@fault(_CRASH, provoked_by=("WV2-CREATE-012",), also=_ALSO)
def metadata_is_no_object() -> None:
    """Metadata of another type return 500."""
    _crashes(lambda call: isinstance(call.json, dict) and isinstance(call.json.get("metadata"), list | str | int))


@fault(_CRASH, provoked_by=("WV2-CREATE-012",), also=_ALSO)
def body_is_a_list() -> None:
    """A body that is a list returns 500."""
    _crashes(lambda call: isinstance(call.json, list))


@fault(_CRASH, provoked_by=("WV2-CREATE-012",), also=_ALSO)
def body_is_null() -> None:
    """The body null returns 500."""
    _crashes(lambda call: call.body.strip() == b"null")


@fault(_CRASH, provoked_by=("WV2-CREATE-013",), also=_ALSO)
def body_is_empty() -> None:
    """POST without a body returns 500."""
    _crashes(lambda call: call.operation == "create" and not call.body)


@fault(_CRASH, provoked_by=("WV2-CREATE-013",), also=_ALSO)
def body_is_no_utf_8() -> None:
    """A body that is not UTF-8 returns 500."""

    def broken(call: Call) -> bool:
        try:
            call.body.decode()
        except UnicodeDecodeError:
            return True
        return False

    _crashes(broken)


@fault(_CRASH, provoked_by=("WV2-MANIFEST-004", "WV2-MANIFEST-006"), also=_ALSO)
def base64_is_broken() -> None:
    """What is not base64 returns 500."""

    def broken(call: Call) -> bool:
        body = call.json
        text = body.get("manifestBase64Encoded") if isinstance(body, dict) else None
        try:
            base64.b64decode(text, validate=True) if isinstance(text, str) else None
        except ValueError:
            return True
        return False

    _crashes(broken)


@fault(_CRASH, provoked_by=("WV2-MANIFEST-006",), also=_ALSO)
def yaml_is_a_list() -> None:
    """Base64 of a YAML list returns 500."""
    _crashes(lambda call: "LSBhcGlWZXJzaW9u" in call.body.decode("latin-1"))


@fault(_CRASH, provoked_by=("WV2-MANIFEST-015",), also=_ALSO)
def yaml_has_bytes() -> None:
    """YAML with a value of bytes, a type that JSON has not, returns 500."""
    _crashes(lambda call: "!!binary" in _text(call))


@fault(_CRASH, provoked_by=("WV2-MANIFEST-015",), also=_ALSO)
def yaml_tag_does_not_fit() -> None:
    """YAML with a tag that its value does not fit returns 500: the parser raises what nobody foresaw."""
    _crashes(lambda call: "!!bool maybe" in _text(call))


@fault(_SILENCE, provoked_by=("WV2-MANIFEST-015",), also=_ALSO)
def yaml_contains_itself() -> None:
    """YAML with a value that contains itself is never answered: a worker follows it forever."""
    on_call(lambda call: Silence.OPEN if "*self" in _text(call) else call)


@fault(_SILENCE, provoked_by=("WV2-CREATE-003", "WV2-CREATE-037"), also=_ALSO)
def nul_ends_the_worker() -> None:
    """An escaped NUL in a text ends the worker, and the connection with it."""
    on_call(lambda call: Silence.CLOSED if b"\\u0000" in call.body else call)


@fault(_SILENCE, provoked_by=("WV2-UPDATE-010", "WV2-UPDATE-009"), also=_ALSO)
def put_without_a_body_is_waited_for() -> None:
    """PUT without a body is never answered: the server waits for one."""
    on_call(lambda call: Silence.OPEN if call.operation == "update" and not call.body else call)


@fault(_CRASH, provoked_by=("WV2-HTTP-011",), also=_ALSO)
def options() -> None:
    """OPTIONS returns 500."""
    on_call(lambda call: error_reply(500, "Unexpected error") if call.method == "OPTIONS" else call)


@fault(_CRASH, provoked_by=("WV2-HTTP-006",), also=_ALSO)
def no_content_type() -> None:
    """A body without Content-Type returns 500."""
    _crashes(lambda call: bool(call.body) and b"content-type" not in call.headers)


@fault(_CRASH, provoked_by=("WV2-UPDATE-010", "WV2-UPDATE-009"), also=_ALSO)
def put_without_a_body() -> None:
    """PUT without a body returns 500."""
    _crashes(lambda call: call.operation == "update" and not call.body)


@fault(_CRASH, provoked_by=("WV2-UPDATE-014", "WV2-UPDATE-009"), also=_ALSO)
def put_without_metadata() -> None:
    """PUT of a manifest alone returns 500: metadata are read from what is not there."""
    _crashes(lambda call: call.operation == "update" and isinstance(call.json, dict) and "metadata" not in call.json)


@fault(_CRASH, provoked_by=("WV2-DRYRUN-005",), also=_ALSO)
def dry_run_is_no_boolean() -> None:
    """dryRun=maybe returns 500."""
    _crashes(lambda call: b"dryRun=" in call.query and not call.query.endswith((b"=true", b"=false")))


@fault(_CRASH, provoked_by=("WV2-GET-005",), also=_ALSO)
def malformed_path() -> None:
    """An id with characters that are not letters, digits or hyphens returns 500."""
    _crashes(lambda call: not call.path.rpartition("/")[2].replace("-", "").isalnum())


@fault(_CRASH, provoked_by=("WV2-HTTP-010",), also=_ALSO)
def unknown_query() -> None:
    """An unknown query parameter returns 500."""
    _crashes(lambda call: bool(call.query) and b"dryRun" not in call.query)


@fault(_CRASH, provoked_by=("WV2-HTTP-010",), also=_ALSO)
def long_query() -> None:
    """A query of more than 2,000 characters returns 500."""
    _crashes(lambda call: len(call.query) > 2000)


@fault(_CRASH, provoked_by=("WV2-HTTP-006",), also=_ALSO)
def other_media_type() -> None:
    """A body of another media type returns 500."""
    _crashes(
        lambda call: (
            bool(call.body) and not call.headers.get(b"content-type", b"").lower().startswith(b"application/json")
        )
    )


@fault(_CRASH, provoked_by=("WV2-CREATE-037",), also=_ALSO)
def category_is_empty() -> None:
    """An empty category returns 500."""
    _crashes(lambda call: b'"category": ""' in call.body)


@fault(_CRASH, provoked_by=("WV2-CREATE-040",), also=_ALSO)
def configuration_holds_null() -> None:
    """mnnvl: null returns 500."""
    _crashes(lambda call: b'"mnnvl": null' in call.body)


@fault(_CRASH, provoked_by=("WV2-CREATE-026", "WV2-CREATE-025"), also=_ALSO)
def name_is_missing() -> None:
    """A create without a name returns 500."""
    _crashes(
        lambda call: (
            call.operation == "create"
            and isinstance(call.json, dict)
            and isinstance(call.json.get("metadata"), dict)
            and call.json["metadata"].get("name") is None
        )
    )


@fault(_CRASH, provoked_by=("WV2-DELETE-003",), also=("WV2-*",))
def reading_what_is_being_deleted() -> None:
    """GET of a workload that is being deleted returns 500."""
    deleted: set[str] = set()

    def before(call: Call) -> Call | Reply:
        if call.operation == "delete":
            deleted.add(call.path)
        return error_reply(500) if call.operation == "get" and call.path in deleted else call

    on_call(before)


@fault(_CRASH, provoked_by=("WV2-CREATE-005",), also=("WV2-*",))
def conflict() -> None:
    """A create under a name in use returns 500: the database's error is not caught."""
    change_reply(lambda _reply: error_reply(500), "create", status=(409,))
