"""What to send: hypothesis strategies for manifests, metadata and encodings, single mutations, generated requests."""

from . import mutations
from .encodings import Style, encode_manifest, styles, to_base64, to_yaml
from .kinds import IMAGE, KINDS, Kind, smallest_manifest
from .manifests import annotation_maps, containers, dns_labels, label_maps, manifests, texts
from .metadata import CATEGORIES, PREEMPTIBILITIES, PRIORITIES, metadata_members, metadata_updates

__all__ = [
    "CATEGORIES",
    "IMAGE",
    "KINDS",
    "PREEMPTIBILITIES",
    "PRIORITIES",
    "Kind",
    "Style",
    "annotation_maps",
    "containers",
    "dns_labels",
    "encode_manifest",
    "label_maps",
    "manifests",
    "metadata_members",
    "metadata_updates",
    "mutations",
    "smallest_manifest",
    "styles",
    "texts",
    "to_base64",
    "to_yaml",
]
