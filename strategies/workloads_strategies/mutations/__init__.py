"""Single changes of an accepted request; each says in its label what it is, and in its clause what it touches.

Two classes, kept apart by name. What no reading of the contract forgives: a server that accepts it is wrong. And
`OPEN_*`: what the contract leaves open; there a server may do as it likes, as long as it answers as documented.
"""

from .bodies import DAMAGED, NOT_JSON, NOT_OBJECTS, OPEN_BODIES, not_json
from .changes import REMOVED, Change, Encoded, RawBody, Rewrite, Text
from .encoded import NOT_A_MAPPING, NOT_BASE64, OPEN_ENCODED, not_base64, oversize
from .forms import BOTH_FORMS, NO_TYPE, OPEN_BOTH_FORMS, OPEN_MANIFESTS
from .members import (
    CLUSTER_IDS,
    CREATE_TYPES,
    ENCODED_TYPES,
    LONG_NAMES,
    MANIFESTS,
    MNNVL_MODES,
    NO_METADATA,
    OPEN_EMPTY,
    OPEN_FORMATS,
    OPEN_NAMES,
    OPEN_NULLS,
    OPEN_UNKNOWN,
    OPEN_UPDATE_NULLS,
    OPEN_UPDATE_UNKNOWN,
    PREEMPTIBILITIES,
    PRIORITIES,
    UPDATE_TYPES,
)
from .parameters import MALFORMED_IDS, NEARLY_IDS, NO_BOOLEANS, OPEN_BOOLEANS, OPEN_IDS
from .table import FAMILIES, Refusal, refusals, table

__all__ = [
    "BOTH_FORMS",
    "CLUSTER_IDS",
    "CREATE_TYPES",
    "DAMAGED",
    "ENCODED_TYPES",
    "FAMILIES",
    "LONG_NAMES",
    "MALFORMED_IDS",
    "MANIFESTS",
    "MNNVL_MODES",
    "NEARLY_IDS",
    "NOT_A_MAPPING",
    "NOT_BASE64",
    "NOT_JSON",
    "NOT_OBJECTS",
    "NO_BOOLEANS",
    "NO_METADATA",
    "NO_TYPE",
    "OPEN_BODIES",
    "OPEN_BOOLEANS",
    "OPEN_BOTH_FORMS",
    "OPEN_EMPTY",
    "OPEN_ENCODED",
    "OPEN_FORMATS",
    "OPEN_IDS",
    "OPEN_MANIFESTS",
    "OPEN_NAMES",
    "OPEN_NULLS",
    "OPEN_UNKNOWN",
    "OPEN_UPDATE_NULLS",
    "OPEN_UPDATE_UNKNOWN",
    "PREEMPTIBILITIES",
    "PRIORITIES",
    "REMOVED",
    "UPDATE_TYPES",
    "Change",
    "Encoded",
    "RawBody",
    "Refusal",
    "Rewrite",
    "Text",
    "not_base64",
    "not_json",
    "oversize",
    "refusals",
    "table",
]
