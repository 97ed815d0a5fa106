"""Writes YAML event by event, so that quotes, blocks and anchors stand where they are wanted.

PyYAML's own representer decides these by value alone, and for YAML 1.1 alone: it leaves words plain that 1.2 reads as
numbers (0o17, 1e3), and aliases whatever happens to be one object in memory.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*\Z", re.ASCII)
_RESERVED: Final = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_UNPRINTABLE: Final = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]")
"""What a scalar without escapes cannot carry in both versions, and what libyaml would escape."""

_BROKEN_LINE: Final = re.compile(r"[ \t]\n|[ \t]\Z")
_INDENTED: Final = re.compile(r"[ \t\n]|.*?\n[ \t\n]", re.DOTALL)
_SIGNS: Final = {"plain": None, "double": '"', "single": "'", "literal": "|", "folded": ">"}


def write_yaml(value: Mapping[str, Any], *, scalars: str = "plain", flow: bool = False, anchors: bool = False) -> str:
    """Returns `value` as one YAML document that YAML 1.1 and 1.2 read alike.

    Args:
        value: a JSON object whose numbers have no exponent: YAML 1.1 reads 1e+20 as a text.
        scalars: how texts are written where they can be: plain, double, single, literal or folded.
        flow: whether maps and lists are in flow style.
        anchors: whether what is there more than once is written once, and referred to.
    """
    writer = _Writer(scalars, flow=flow)
    if anchors:
        writer.repeated = _repeated(value)
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *writer.events(value),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    return str(yaml.emit(events, Dumper=yaml.CSafeDumper, allow_unicode=True, width=-1))


@dataclass(slots=True)
class _Writer:
    """Turns JSON values into events."""

    scalars: str
    flow: bool
    repeated: frozenset[str] = frozenset()
    _anchors: dict[str, str] = field(default_factory=dict)

    def events(self, value: Any) -> Iterator[yaml.Event]:
        """Yields the events of a value, or the alias of one that stood before."""
        anchor = None
        if self.repeated and (key := _key(value)) in self.repeated:
            if key in self._anchors:
                yield yaml.AliasEvent(self._anchors[key])
                return
            anchor = self._anchors[key] = f"a{len(self._anchors)}"
        if isinstance(value, Mapping):
            yield yaml.MappingStartEvent(anchor, None, True, flow_style=self.flow or not value)  # noqa: FBT003 - PyYAML's
            for name, member in value.items():
                yield _text(name, "plain" if self.scalars in ("literal", "folded") else self.scalars)
                yield from self.events(member)
            yield yaml.MappingEndEvent()
        elif isinstance(value, list):
            yield yaml.SequenceStartEvent(anchor, None, True, flow_style=self.flow or not value)  # noqa: FBT003 - PyYAML's
            for item in value:
                yield from self.events(item)
            yield yaml.SequenceEndEvent()
        elif isinstance(value, str):
            yield _text(value, self.scalars, anchor)
        else:
            yield yaml.ScalarEvent(anchor, None, (True, False), json.dumps(value))


def _text(text: str, style: str, anchor: str | None = None) -> yaml.ScalarEvent:
    if not _can_be(style, text):
        style = "double"
    plain = style == "plain"
    return yaml.ScalarEvent(anchor, None, (plain, not plain), text, style=_SIGNS[style])


def _can_be(style: str, text: str) -> bool:
    """True if a scalar of this style carries the text, and every reader of either version reads it back."""
    if style == "double":
        return True
    if style == "plain":
        return _WORD.match(text) is not None and text.lower() not in _RESERVED
    if _UNPRINTABLE.search(text):
        return False
    if style == "single":
        return "\n" not in text
    # Where a block begins with a space, or a folded one has it in a line, readers disagree about folding.
    blank = not text.strip() or _BROKEN_LINE.search(text)
    return not blank and not (_INDENTED.match(text) if style == "folded" else text[0] in " \n")


def _key(value: object) -> str:
    return json.dumps(value)


def _repeated(value: object) -> frozenset[str]:
    """Returns the maps, lists and longer texts that are there more than once; the last value, if there are none."""
    keys: list[str] = []
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, dict | list) and found:
            stack.extend(found.values() if isinstance(found, dict) else found)
        elif not isinstance(found, str) or len(found) < len("an anchor"):
            continue
        keys.append(_key(found))
    repeated = frozenset(key for key, count in Counter(keys).items() if count > 1)
    # An anchor that nothing refers to is one too.
    return repeated or frozenset(keys[-1:])
