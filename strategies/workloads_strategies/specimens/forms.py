"""Whole documents: the forms in which clients write a manifest, as JSON or as YAML in base64."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workloads_strategies.encodings import Style, ended, to_base64, to_yaml
from workloads_strategies.kinds import Path, at

from .model import ANY_FORM, BLOCK_ONLY, Specimen

Fragments = Sequence[tuple[Path, str]]
"""Paths of values, and how YAML in block style writes them."""

_LICENCE: Final = "# Copyright (c) The Authors.\n# SPDX-License-Identifier: Apache-2.0\n\n---\n"
_PLACEHOLDER: Final = re.compile(r"^( *)([^\n]*?)placeholder-(\d+)-\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a whole manifest into the body of a request.

    Attributes:
        name: as a specimen's, documents/yaml-crlf.
        sender: who writes in this way.
        must_be_taken: as a specimen's.
        style: how the YAML is written; None for JSON.
        block: whether it is block style with plain scalars, so that fragments can be in it.
        whole: changes the finished text: the YAML, or the whole body.
        json: keyword arguments of json.dumps for the whole body.
    """

    name: str
    sender: str
    must_be_taken: bool = True
    style: Style | None = None
    block: bool = False
    whole: Callable[[str], str] = str
    json: tuple[tuple[str, Any], ...] = ()

    @property
    def family(self) -> str:
        """json or base64."""
        return "json" if self.style is None else "base64"

    def carries(self, specimen: Specimen) -> bool:
        """True if a specimen can be written in this form."""
        if specimen.forms == ANY_FORM:
            return True
        return self.block if specimen.forms == BLOCK_ONLY else self.style is None

    def text(self, manifest: Mapping[str, Any], fragments: Fragments = ()) -> str:
        """Returns the document: YAML, or JSON as the body of a request has it."""
        if self.style is None:
            return self._dumped(manifest)
        if not fragments:
            return self.whole(to_yaml(manifest, self.style))
        held = copy.deepcopy(dict(manifest))
        for number, (path, _) in enumerate(fragments):
            at(held, path[:-1])[path[-1]] = f"placeholder-{number}-"
        block = _PLACEHOLDER.sub(lambda found: _written(found, fragments), to_yaml(held, Style.BLOCK))
        return self.whole(ended(block, self.style))

    def body(self, members: Mapping[str, Any], manifest: Mapping[str, Any], fragments: Fragments = ()) -> bytes:
        """Returns a request's body: `members`, and the manifest beside them in this form."""
        if self.style is None:
            return self._dumped({**members, "manifest": manifest}).encode()
        encoded = to_base64(self.text(manifest, fragments))
        return json.dumps({**members, "manifestBase64Encoded": encoded}, ensure_ascii=False).encode()

    def _dumped(self, value: Mapping[str, Any]) -> str:
        return self.whole(json.dumps(value, **{"ensure_ascii": False, **dict(self.json)}))

    def __repr__(self) -> str:
        return self.name


def _written(found: re.Match[str], fragments: Fragments) -> str:
    """Returns a line with its fragment in the place of the placeholder, what follows indented below its key."""
    first, *rest = fragments[int(found[3])][1].removesuffix("\n").split("\n")
    # A key in a list's item begins behind the item's dash.
    column = len(found[1]) + (2 if found[2].startswith("- ") else 0)
    lines = [line and " " * column + line for line in rest]
    return "\n".join([f"{found[1]}{found[2]}{first}", *lines]) + "\n"


def _json(name: str, sender: str, **options: Any) -> Form:
    return Form(f"documents/json-{name}", sender, json=tuple(options.items()))


def _yaml(name: str, sender: str, style: Style, *, block: bool = False) -> Form:
    return Form(f"documents/{name}", sender, style=style, block=block)


_HELM: Final = "\n--- # Source\n# Source: chart/templates/workload.yaml\n"

_CRLF: Final = Form("documents/yaml-crlf", "editors of Windows", style=Style.CRLF, block=True)

FORMS: Final[tuple[Form, ...]] = (
    _json("compact", "most clients", separators=(",", ":")),
    _yaml("yaml-block", "everybody", Style.BLOCK, block=True),
    _yaml("yaml-flow", "people who like short files", Style.FLOW),
    _CRLF,
    _yaml("yaml-double-quoted", "serializers", Style.QUOTED),
    _yaml("yaml-single-quoted", "people", Style.SINGLE_QUOTED),
    Form("documents/yaml-licence", "open source", style=Style.BLOCK, block=True, whole=lambda text: _LICENCE + text),
    Form(
        "documents/yaml-helm", "helm template", style=Style.BLOCK, block=True, whole=lambda text: f"{_HELM}{text}\n\n"
    ),
    _yaml("yaml-literal", "people with scripts", Style.LITERAL),
    _json("spread", "people who read JSON", indent=2),
    _yaml("yaml-folded", "people with descriptions", Style.FOLDED),
    _yaml("yaml-anchored", "people who repeat themselves", Style.ANCHORED),
    _yaml("yaml-commented", "people who explain", Style.COMMENTED),
    _yaml("yaml-marked", "kubectl, Helm", Style.MARKED, block=True),
    _yaml("yaml-ended", "streams of documents", Style.ENDED, block=True),
    Form(
        "documents/yaml-directive",
        "PyYAML, if asked to",
        must_be_taken=False,
        style=Style.BLOCK,
        block=True,
        whole=lambda text: f"%YAML 1.1\n---\n{text}",
    ),
    _yaml("yaml-without-a-line-end", "trimmed variables", Style.NO_NEWLINE),
    _json("escaped", "Python, PHP", ensure_ascii=True),
    Form("documents/json-among-white-space", "templates, editors", whole=lambda text: f"\r\n \t{text}\n\n"),
    _yaml("json-as-yaml", "jsonnet", Style.JSON),
    _yaml("base64-of-no-remainder", "chance", Style.PADDED_0, block=True),
    _yaml("base64-of-remainder-two", "chance", Style.PADDED_1, block=True),
    _yaml("base64-of-remainder-one", "chance", Style.PADDED_2, block=True),
    Form(
        "documents/yaml-byte-order-mark",
        "editors of Windows",
        must_be_taken=False,
        style=Style.BLOCK,
        block=True,
        whole=lambda text: f"\ufeff{text}",
    ),
)
"""The forms, in the order in which museums take turns."""

PLAIN: Final = {"json": FORMS[0], "base64": FORMS[1]}
"""The plainest form of each family."""
