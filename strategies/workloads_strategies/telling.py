"""Manifests made to tell: one of a size, and one with all that storing and encoding are known to lose or change."""

from __future__ import annotations

import json
from typing import Any

from .kinds import IMAGE, KINDS, at, smallest_manifest

_TEXTS = (
    *("", " ", " lead", "trail ", "two  spaces", "null", "~", "true", "no", "Yes", "012", "0x1F", "0o17", "1e3"),
    *("1.0", "-0", "1:30", "2024-01-31", "2024-01-31T00:00:00Z", ".inf", "=", "<<", "- a", "a: b", "a #b", "# c"),
    *("{}", "[]", "*a", "&a", "!t", "%d", "@x", "`x`", "'", '"', "\\n", "$HOME ${HOME} $$", "%20+%2F"),
    *('<a href="x">&amp;</a>', "a\nb\n", "\n\n a\n", '#!/bin/sh\nset -e\necho "$HOME"\n'),
    *("é ü ß", "漢字", "🚀", "e\u0301", "x" * 300),
)
"""Texts that some reader takes for something else, or some store does not hold."""

_LINE = 4096
"""Characters of an argument, at most."""

_VARIABLES = 200


def telling_manifest(kind: str) -> dict[str, Any]:
    """Returns the smallest manifest of `kind` with telling values in its annotations and in its first pod's containers.

    Valid for its kind, harmless as that is, and without a name. Only what every reader of JSON and of YAML takes alike:
    no null, no integer beyond 53 bits. A kind without pods has the annotations alone.
    """
    manifest = smallest_manifest(kind)
    texts = {f"example.com/text-{number}": text for number, text in enumerate(_TEXTS)}
    manifest["metadata"] = {"labels": {"example.com/empty": ""}, "annotations": texts}
    found = KINDS[kind]
    if found.pod_specs and found.whole_pods:
        _fill(at(manifest, found.pod_specs[0]))
    return manifest


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


def _fill(pod: dict[str, Any]) -> None:
    term = {"matchExpressions": [{"key": "kubernetes.io/os", "operator": "In", "values": ["linux", "linux-2"]}]}
    pod |= {
        "automountServiceAccountToken": False,
        "enableServiceLinks": True,
        "tolerations": [],
        "nodeSelector": {**pod.get("nodeSelector", {}), "example.com/a": ""},
        "volumes": [{"name": "scratch", "emptyDir": {}}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}},
        "securityContext": {"runAsUser": 1000, "runAsNonRoot": False},
        "terminationGracePeriodSeconds": 2**31 + 8,
    }
    pod["containers"] = [
        *pod["containers"],
        {
            "name": "second",
            "image": IMAGE,
            "command": ["sh", "-c", "echo b a b"],
            "args": ["b", "a", "b", "", "012"],
            "env": [{"name": f"TEXT_{number}", "value": text} for number, text in enumerate(_TEXTS[:12])],
            "resources": {"requests": {"cpu": "1m"}, "limits": {}},
            "volumeMounts": [{"name": "scratch", "mountPath": "/scratch", "readOnly": False}],
        },
        {"name": "third", "image": IMAGE, "args": []},
    ]
