"""A manifest of a given size."""

from __future__ import annotations

import json
from typing import Any

from .kinds import KINDS, at, smallest_manifest

_LINE = 4096
"""Characters of an argument, at most."""

_VARIABLES = 200


def sized_manifest(kind: str, size: int) -> dict[str, Any]:
    """Returns a manifest of `kind`, without a name, of about `size` bytes as JSON.

    The arguments of its first container make the size, and it has as many variables as no reader should count; a kind
    without pods has the lines in annotations, which Kubernetes limits to 256 KiB.
    """
    manifest = smallest_manifest(kind)
    found = KINDS[kind]
    if found.pod_specs:
        variables = [{"name": f"LINE_{number}", "value": ""} for number in range(_VARIABLES)]
        lines = _lines(size - len(json.dumps(variables)))
        at(manifest, found.pod_specs[0])["containers"][0] |= {"args": lines, "env": variables}
    else:
        lines = _lines(min(size, 200 * 1024))
        manifest["metadata"] = {"annotations": {f"example.com/{number}": line for number, line in enumerate(lines)}}
    return manifest


def _lines(size: int) -> list[str]:
    return [f"echo {start:08} ".ljust(min(_LINE, size - start), "-") for start in range(0, size, _LINE)]
