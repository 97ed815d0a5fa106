"""Strategies for Kubernetes manifests as people write them: valid for their kind, harmless, and without a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from .kinds import IMAGE, KINDS, smallest_manifest

_ALNUM = "abcdefghijklmnopqrstuvwxyz0123456789"


def dns_labels(*, max_size: int = 63) -> st.SearchStrategy[str]:
    """DNS labels (RFC 1123): lower-case letters, digits and inner hyphens."""
    inner = st.text(_ALNUM + "-", max_size=max(0, max_size - 2))
    ends = st.sampled_from(_ALNUM)
    return st.one_of(ends, st.builds(lambda first, middle, last: first + middle + last, ends, inner, ends))


def texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    """Texts as they stand in annotations, variables and scripts: no controls, but several lines, and YAML's traps."""
    free = st.text(
        st.characters(
            codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"], exclude_characters="\ufeff"
        ),
        max_size=max_size,
    )
    traps = st.sampled_from(
        ["", "null", "true", "no", "~", "1e3", "0x1F", "012", "1:30", "2024-02-30", "- a", "a: b", "# x", "'", '"',
         "{}", "*a", "&a", "!t", "%d", "@x", "`x`", " lead", "trail ", '#!/bin/sh\nset -e\necho "$HOME"\n',
         "a\n\n b\n", "é ü 漢字 🚀"]
    )  # fmt: skip
    return st.one_of(traps, free)


def label_maps() -> st.SearchStrategy[dict[str, str]]:
    """Labels: prefixed or plain keys, values of at most 63 characters, some empty."""
    keys = st.one_of(dns_labels(max_size=20), dns_labels(max_size=20).map(lambda name: f"example.com/{name}"))
    return st.dictionaries(keys, st.one_of(st.just(""), dns_labels(max_size=30)), max_size=4)


def annotation_maps() -> st.SearchStrategy[dict[str, str]]:
    """Annotations: keys as labels have them, any text as value."""
    return st.dictionaries(dns_labels(max_size=20).map(lambda name: f"example.com/{name}"), texts(), max_size=3)


def containers() -> st.SearchStrategy[dict[str, Any]]:
    """Containers with commands, arguments, variables and resources; never a GPU."""
    variables = st.builds(lambda name, value: {"name": name.upper().replace("-", "_"), "value": value},
                          dns_labels(max_size=12).map(lambda name: f"v{name}"), texts())  # fmt: skip
    resources = st.fixed_dictionaries(
        {}, optional={"requests": st.just({"cpu": "1m", "memory": "1Mi"}), "limits": st.just({"memory": "16Mi"})}
    )
    return st.fixed_dictionaries(
        {"name": dns_labels(max_size=20), "image": st.just(IMAGE)},
        optional={
            "command": st.lists(texts(), min_size=1, max_size=3),
            "args": st.lists(texts(), max_size=3),
            "env": st.lists(variables, max_size=3, unique_by=lambda item: item["name"]),
            "resources": resources,
            "terminationMessagePath": st.just("/dev/termination-log"),
        },
    )


@st.composite
def manifests(draw: st.DrawFn, *, kinds: Sequence[str]) -> dict[str, Any]:
    """Manifests of the given kinds (names in `KINDS`), from the smallest to rich ones, without a name.

    Shrinks towards the smallest manifest of the first kind.
    """
    kind = draw(st.sampled_from(list(kinds)))
    manifest = smallest_manifest(kind)
    pod = manifest["spec"]
    for step in KINDS[kind].pod_template:
        pod = pod[step]
    if annotations := draw(annotation_maps()):
        manifest["metadata"] = {"annotations": annotations}
    if labels := draw(label_maps()):
        manifest.setdefault("metadata", {})["labels"] = labels
    extra = draw(st.lists(containers(), max_size=2, unique_by=lambda item: item["name"]))
    pod["spec"]["containers"] += [container for container in extra if container["name"] != "main"]
    if draw(st.booleans()):
        pod["spec"]["terminationGracePeriodSeconds"] = draw(st.sampled_from([0, 1, 30, 2**31]))
        pod["spec"]["nodeSelector"] = draw(st.sampled_from([{}, {"kubernetes.io/os": "linux"}]))
    return manifest
