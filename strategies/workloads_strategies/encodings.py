"""The same manifest as base64 of YAML, in the styles people write it; only YAML on which 1.1 and 1.2 agree."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import yaml
from hypothesis import strategies as st


class Style(StrEnum):
    """A way to write a YAML document."""

    BLOCK = "block"
    FLOW = "flow"
    QUOTED = "quoted"
    JSON = "json"
    MARKED = "document marker and comment"
    CRLF = "CRLF line ends"


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, and plain only words that no YAML version reads as anything but a string."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


class _QuotingDumper(_Dumper):
    """Quotes every string."""


def _plain_or_quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # PyYAML quotes what YAML 1.1 takes for another type, but leaves plain what only 1.2 does (0o17, 1e3).
    is_word = text.isascii() and text.isalpha() and text.lower() not in {"y", "n"}
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_word else '"')


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Dumper.add_representer(str, _plain_or_quoted)
_QuotingDumper.add_representer(str, _quoted)


def to_yaml(manifest: Mapping[str, Any], style: Style) -> str:
    """Returns `manifest` as one YAML document in the given style."""
    if style is Style.JSON:
        return json.dumps(manifest, ensure_ascii=False)
    text = str(
        yaml.dump(
            dict(manifest),
            Dumper=_QuotingDumper if style is Style.QUOTED else _Dumper,
            default_flow_style=style is Style.FLOW,
            allow_unicode=True,
            sort_keys=False,
        )
    )
    if style is Style.MARKED:
        return f"---\n# A manifest, as people write it.\n{text}"
    return text.replace("\n", "\r\n") if style is Style.CRLF else text


def to_base64(text: str | bytes) -> str:
    """Returns `text` (as UTF-8) in base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def encode_manifest(manifest: Mapping[str, Any], style: Style = Style.BLOCK) -> str:
    """Returns `manifest` as `manifestBase64Encoded` takes it."""
    return to_base64(to_yaml(manifest, style))


def styles() -> st.SearchStrategy[Style]:
    """Every style; shrinks to plain block style."""
    return st.sampled_from(Style)
