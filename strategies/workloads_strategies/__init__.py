"""What to send: hypothesis strategies for manifests, metadata and encodings, single mutations, generated requests."""

from . import mutations
from .encodings import Style, encode_manifest, styles, to_base64, to_yaml
from .kinds import IMAGE, KINDS, Kind, smallest_manifest
from .manifests import large_manifests, manifests
from .metadata import (
    BOUNDARIES,
    CATEGORIES,
    PREEMPTIBILITIES,
    PRIORITIES,
    Boundary,
    metadata_members,
    metadata_updates,
)
from .pods import annotation_maps, containers, label_maps
from .sized import sized_manifest
from .texts import dns_labels, json_values, scripts, texts

__all__ = [
    "BOUNDARIES",
    "CATEGORIES",
    "IMAGE",
    "KINDS",
    "PREEMPTIBILITIES",
    "PRIORITIES",
    "Boundary",
    "Kind",
    "Style",
    "annotation_maps",
    "containers",
    "dns_labels",
    "encode_manifest",
    "json_values",
    "label_maps",
    "large_manifests",
    "manifests",
    "metadata_members",
    "metadata_updates",
    "mutations",
    "scripts",
    "sized_manifest",
    "smallest_manifest",
    "styles",
    "texts",
    "to_base64",
    "to_yaml",
]
