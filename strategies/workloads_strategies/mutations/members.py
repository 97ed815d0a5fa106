"""Changes of single members: of another type, missing, outside an enumeration, too long, of another format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .changes import REMOVED, Change, Rewrite, shown
from .contract import Member, member, members

_CREATE: Final = "WorkloadV2CreateRequest"
_UPDATE: Final = "WorkloadV2UpdateRequest"
_FORMS: Final = {("manifest",), ("manifestBase64Encoded",)}
_UUID: Final = "12345678-1234-4234-8234-123456789012"

_WRONG_TYPES: Final[dict[str, tuple[Any, ...]]] = {
    "object": ("text", [], 1, True),
    "string": (1, 0, True, False, [], {}),
    "boolean": ("true", "", 1, 0, [], {}),
}
"""Values of other types, some such as a careless reader takes for nothing. No null: it may be read as absent."""


def _set(found: Member, values: tuple[Any, ...], keyword: str, words: str = "") -> tuple[Change, ...]:
    clause = found.clause(keyword) + (f": {words}" if words else "")
    return tuple(Change(shown(found.path, value), found.path, value, clause) for value in values)


def _types(schema: str) -> tuple[Change, ...]:
    return tuple(
        change
        for found in members(schema)
        if found.path not in _FORMS
        for change in _set(found, _WRONG_TYPES[found.value("type")], "type")
    )


def _near(value: str) -> tuple[str, ...]:
    """Texts that a careless comparison takes for `value`."""
    return (
        value.swapcase(),
        value.upper(),
        f" {value}",
        f"{value} ",
        f"{value}\n",
        f"{value}\u00a0",
        value[:-1],
        f"{value}x",
    )


def _unique(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


CREATE_TYPES: Final = _types(_CREATE)
"""Wrong types for every member of a create's body but the manifest's two forms."""

UPDATE_TYPES: Final = _types(_UPDATE)
"""Wrong types for every member of an update's body but the manifest's two forms."""

MANIFESTS: Final = _set(
    member(_CREATE, "manifest"), ("apiVersion: v1", [], [{"apiVersion": "v1"}], 1, True, "", False, 0), "type"
)
ENCODED_TYPES: Final = _set(member(_CREATE, "manifestBase64Encoded"), (1, True, [], {}, 0, False), "type")

_REQUIRED: Final = ("metadata",)
_IS_REQUIRED: Final = f"/components/schemas/{_CREATE}/required"
NO_METADATA: Final = (
    *(Change(f"no {name}", (name,), REMOVED, _IS_REQUIRED) for name in _REQUIRED),
    *(Change(f"null for {name}", (name,), None, _IS_REQUIRED) for name in _REQUIRED),
)
"""A required member that is not there, or null: of another type, or as good as not there."""

_NAME: Final = member(_CREATE, "metadata.name")


def _long(label: str, size: int, letter: str, *, prefix: bool) -> Rewrite[Mapping[str, Any], dict[str, Any]]:
    """Makes a good body's name longer; it begins as it did, so that it is known by its prefix."""

    def write(body: Mapping[str, Any]) -> dict[str, Any]:
        metadata = {**body["metadata"], "name": body["metadata"]["name"].ljust(size, letter)}
        return {**body, "metadata": metadata | ({"useGivenNameAsPrefix": True} if prefix else {})}

    return Rewrite(f"a {'prefix' if prefix else 'name'} of {label}", write, _NAME.clause("maxLength"))


LONG_NAMES: Final = tuple(
    _long(label, size, letter, prefix=prefix)
    for prefix in (False, True)
    for label, size, letter in (
        ("64 characters", 64, "n"),
        ("65 characters", 65, "n"),
        ("253 characters", 253, "n"),
        ("64 characters in more bytes", 64, "é"),
    )
)

_PRIORITY_WORDS: Final = "Valid values are: very-low, low, medium-low, medium, medium-high, high, and very-high."
PRIORITIES: Final = _set(
    member(_CREATE, "metadata.priority"),
    _unique("urgent", "High", "high ", "very_low", "veryhigh", "very", "medium-", *_near("high")),
    "description",
    _PRIORITY_WORDS,
)
PREEMPTIBILITIES: Final = _set(
    member(_CREATE, "metadata.preemptibility"),
    _unique("maybe", "Preemptible", "preemptible ", "nonpreemptible", "", "non_preemptible", *_near("preemptible")),
    "enum",
)
MNNVL_MODES: Final = _set(
    member(_CREATE, "metadata.configuration.mnnvl"),
    _unique("Optional", "required", "none", "Required ", "", "null", *_near("None")),
    "enum",
)
CLUSTER_IDS: Final = _set(
    member(_CREATE, "metadata.clusterId"),
    (
        "not-a-uuid",
        _UUID[:-1],
        f"{_UUID[:-1]}g",
        "",
        f"{_UUID}0",
        f"{_UUID} ",
        f" {_UUID}",
        f"{_UUID}\n",
        _UUID.replace("-", "_"),
    ),
    "format",
)


def _nulls(schema: str) -> tuple[Change, ...]:
    return tuple(
        Change(shown(found.path, None), found.path, None, found.clause("type"))
        for found in members(schema)
        if not found.value("nullable") and found.path not in _FORMS and (schema, found.path) != (_CREATE, _REQUIRED)
    )


def _unknown(schema: str) -> tuple[Change, ...]:
    """A member that the schema does not name, in each object whose members it does name."""
    objects: list[tuple[tuple[str, ...], str]] = [((), f"/components/schemas/{schema}/properties")]
    objects += [(found.path, found.clause("properties")) for found in members(schema) if found.value("properties")]
    return tuple(
        Change(f"an unknown member in {'.'.join(path) or 'the body'}", (*path, "xUnknown"), "member", clause)
        for path, clause in objects
    )


OPEN_NULLS: Final = _nulls(_CREATE)
"""null for what is not nullable: refused, or read as absent."""
OPEN_UPDATE_NULLS: Final = _nulls(_UPDATE)
OPEN_UNKNOWN: Final = _unknown(_CREATE)
"""Members that the schema does not name, nor forbid."""
OPEN_UPDATE_UNKNOWN: Final = _unknown(_UPDATE)

OPEN_EMPTY: Final = tuple(
    change
    for name in ("metadata.priority", "metadata.category", "metadata.name", "metadata.projectId")
    for change in _set(member(_CREATE, name), ("",), "pattern")
)
"""Empty texts, where a pattern lets everything pass and no minLength stands."""

OPEN_NAMES: Final = _set(
    _NAME,
    ("UPPER", "under_score", "dot.ted", "-lead", "trail-", "with space", "é" * 63, "🚀", "a\nb", "../x"),
    "pattern",
)
"""Names that are not DNS labels: a cluster takes none of them, the schema all."""

OPEN_FORMATS: Final = _set(
    member(_CREATE, "metadata.clusterId"),
    (f"{{{_UUID}}}", f"urn:uuid:{_UUID}", _UUID.replace("-", ""), "00000000-0000-0000-0000-000000000000"),
    "format",
)
"""UUIDs in notations that some readers know, and the nil UUID."""
