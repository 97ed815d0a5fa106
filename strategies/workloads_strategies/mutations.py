"""Single changes that make an accepted request break one clause; each says in its label what it breaks.

Only changes that no reading of the contract forgives stand here: a server that accepts one is wrong.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .encodings import to_base64

REMOVED: Final = object()
"""The value of a `Change` that takes its member out."""


@dataclass(frozen=True, slots=True)
class Change:
    """Puts `value` at `path` of a body, making objects on the way; `REMOVED` takes the member out."""

    label: str
    path: tuple[str, ...]
    value: Any

    def apply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a changed copy of `body`."""
        result = copy.deepcopy(dict(body))
        place = result
        for step in self.path[:-1]:
            place = place.setdefault(step, {})
        if self.value is REMOVED:
            place.pop(self.path[-1], None)
        else:
            place[self.path[-1]] = copy.deepcopy(self.value)
        return result

    def __repr__(self) -> str:
        return self.label


def _changes(path: str, values: tuple[Any, ...], label: str = "") -> tuple[Change, ...]:
    steps = tuple(path.split("."))
    return tuple(Change(f"{path} = {value!r:.60}{label}", steps, value) for value in values)


LONG_NAMES = tuple(Change(f"name of {size} characters", ("metadata", "name"), "n" * size) for size in (64, 65, 253))
PRIORITIES = _changes("metadata.priority", ("urgent", "High", "high ", "very_low", "veryhigh"))
PREEMPTIBILITIES = _changes("metadata.preemptibility", ("maybe", "Preemptible", "preemptible ", "nonpreemptible", ""))
MNNVL_MODES = _changes("metadata.configuration.mnnvl", ("Optional", "required", "none", "Required ", ""))
CLUSTER_IDS = _changes(
    "metadata.clusterId", ("not-a-uuid", "12345678-1234-4234-8234-12345678901", "12345678-1234-4234-8234-12345678901g")
)
MANIFESTS = _changes("manifest", ("apiVersion: v1", [], [{"apiVersion": "v1"}], 1, True))
NO_METADATA = (Change("no metadata", ("metadata",), REMOVED),)
NO_TYPE = (
    Change("manifest without apiVersion", ("manifest", "apiVersion"), REMOVED),
    Change("manifest without kind", ("manifest", "kind"), REMOVED),
    Change("empty manifest", ("manifest",), {}),
)

_UPDATE_TYPES = (
    *_changes("metadata", ("text", [], 1, True)),
    *_changes("metadata.priority", (1, True, [], {})),
    *_changes("metadata.category", (1, True, [], {})),
)
UPDATE_TYPES = _UPDATE_TYPES
"""Wrong types for every member of an update's body but the manifest's two forms."""

CREATE_TYPES = (
    *_UPDATE_TYPES,
    *_changes("metadata.name", (1, True, [], {})),
    *_changes("metadata.useGivenNameAsPrefix", ("true", 1, [], {})),
    *_changes("metadata.projectId", (1, True, [], {})),
    *_changes("metadata.clusterId", (1, True, [], {})),
    *_changes("metadata.preemptibility", (1, True, [], {})),
    *_changes("metadata.configuration", ("text", 1, True, [])),
    *_changes("metadata.configuration.mnnvl", (1, True, [], {})),
)
"""Wrong types for every member of a create's body but the manifest's two forms."""

ENCODED_TYPES = _changes("manifestBase64Encoded", (1, True, [], {}))


@dataclass(frozen=True, slots=True)
class RawBody:
    """A whole body, as bytes, in place of a good one."""

    label: str
    body: bytes

    def __repr__(self) -> str:
        return self.label


NOT_JSON = (
    RawBody("no body", b""),
    RawBody("text", b"metadata: {}"),
    RawBody("truncated JSON", b'{"metadata": {"name": "x"'),
    RawBody("trailing comma", b'{"metadata": {},}'),
    RawBody("single quotes", b"{'metadata': {}}"),
    RawBody("two values", b'{"metadata": {}} {"metadata": {}}'),
    RawBody("invalid UTF-8", b'{"metadata": {"name": "\xff\xfe\xc3("}}'),
)
NOT_OBJECTS = (
    RawBody("array", b"[]"),
    RawBody("string", b'"metadata"'),
    RawBody("number", b"1"),
    RawBody("null", b"null"),
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value of `manifestBase64Encoded` that is wrong."""

    label: str
    text: str

    def __repr__(self) -> str:
        return self.label


def not_base64(encoded: str) -> tuple[Encoded, ...]:
    """Returns damaged copies of `encoded` that no decoder of RFC 4648 can read.

    Line breaks, missing padding and the URL-safe alphabet are not among them: lenient decoders take those.
    """
    middle = len(encoded) // 2
    unpadded = encoded.rstrip("=")
    return (
        Encoded("a '%' inside", encoded[:middle] + "%" + encoded[middle + 1 :]),
        Encoded("a '%' added", encoded[:middle] + "%" + encoded[middle:]),
        Encoded("a non-ASCII letter inside", encoded[:middle] + "é" + encoded[middle + 1 :]),
        Encoded("a length that base64 cannot have", unpadded[: len(unpadded) - (len(unpadded) - 1) % 4]),
        Encoded("plain YAML", "apiVersion: batch/v1\nkind: Job\n"),
    )


NOT_A_MAPPING = (
    Encoded("base64 of a scalar", to_base64("just a text\n")),
    Encoded("base64 of a list", to_base64("- apiVersion: batch/v1\n- kind: Job\n")),
    Encoded("base64 of what is not YAML", to_base64("kind: Job\n  spec: [\n")),
    Encoded("base64 of an unclosed quote", to_base64('kind: "Job\n')),
    Encoded("base64 of what is not UTF-8", to_base64(b"kind: \xc3\x28\xa0\xa1\n")),
)
MALFORMED_IDS = ("not-a-uuid", "123", "12345678-1234-4234-8234-12345678901", "12345678-1234-4234-8234-12345678901g")
"""Path ids that are no UUIDs in any notation."""
NO_BOOLEANS = ("maybe", "2", "truthy")
"""Query values that no reader of booleans takes for true or false."""
