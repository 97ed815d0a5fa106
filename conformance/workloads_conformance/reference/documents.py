"""Reads what a client sends: JSON bodies, and YAML manifests in base64. Strict, and bounded in what it costs."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from typing import Any

import yaml

from .errors import bad_request

MAX_DEPTH = 100
MAX_NODES = 200_000
"""Values in a manifest once its aliases are followed: an alias bomb is refused before it is unfolded."""

UNREADABLE = (
    *(yaml.YAMLError, RecursionError, ValueError),
    *(LookupError, TypeError, AttributeError, ArithmeticError),
)
"""What PyYAML raises for a document: the latter for a value that does not fit its type, such as !!bool maybe."""


def read_json(data: bytes) -> Any:
    """Returns the JSON value of a body.

    Raises:
        RefusalError: 400; it is not UTF-8, not JSON (NaN and Infinity are not), too deep, or holds a number or a
            string that cannot be written again.
    """
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise bad_request("body: is not UTF-8, or has an unpaired surrogate") from None
    except RecursionError:
        raise bad_request("body: is nested too deeply") from None
    except ValueError as error:
        raise bad_request(f"body: is not JSON: {error}") from None
    if _too_deep(value):
        raise bad_request(f"body: is nested more than {MAX_DEPTH} levels deep")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text:.40} is out of range")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


class _Loader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: JSON's types only; timestamps and times of day (base 60) stay texts."""


_MERGE = "tag:yaml.org,2002:merge"
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z")


def _plain(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Returns a pattern of scalars of a type, without those of base 60."""
    return re.compile(rf"(?!{_BASE_60.pattern})(?:{pattern.pattern})", re.VERBOSE)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, _plain(pattern)) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def decode_manifest(text: str) -> dict[str, Any]:
    """Returns the manifest in a `manifestBase64Encoded`.

    Raises:
        RefusalError: 400; it is not base64 (RFC 4648, section 4, padded), not UTF-8, or not one YAML mapping of JSON's
            types.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
        document = data.decode("utf-8")
    except (binascii.Error, UnicodeEncodeError):
        raise bad_request("manifestBase64Encoded: is not base64") from None
    except UnicodeDecodeError:
        raise bad_request("manifestBase64Encoded: is not UTF-8") from None
    try:
        manifest = _load(document)
    except UNREADABLE:
        raise bad_request("manifestBase64Encoded: is not YAML of JSON's types, in one document") from None
    if not isinstance(manifest, dict):
        raise bad_request("manifestBase64Encoded: is not a YAML mapping")
    if _too_deep(manifest):
        raise bad_request(f"manifestBase64Encoded: is nested more than {MAX_DEPTH} levels deep")
    return manifest


def _load(document: str) -> object:
    _refuse_depth(document)
    loader = _Loader(document)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _count(node)
        _refuse_keys(node)
        _merge(node, {})
        value = loader.construct_document(node)
    finally:
        loader.dispose()
    # Unfolds aliases, and refuses what JSON has no type or value for.
    return json.loads(json.dumps(value, allow_nan=False, default=_refuse_type))


def _refuse_depth(document: str) -> None:
    """Refuses deep nesting as soon as it shows: the parser's time grows with the square of the depth."""
    depth = 0
    for event in yaml.parse(document, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise bad_request(f"manifestBase64Encoded: is nested more than {MAX_DEPTH} levels deep")


def _refuse_type(value: object) -> None:
    raise ValueError(f"{type(value).__name__} is not a JSON type")


def _count(root: yaml.Node) -> None:
    """Refuses a document whose aliases unfold to more than `MAX_NODES` values, or refer to themselves."""
    sizes: dict[int, int] = {}
    stack: list[tuple[yaml.Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        children = _children(node)
        if done:
            sizes[id(node)] = 1 + sum(sizes.get(id(child), MAX_NODES) for child in children)
            if sizes[id(node)] > MAX_NODES:
                raise bad_request(f"manifestBase64Encoded: unfolds to more than {MAX_NODES} values")
        elif id(node) not in sizes:
            sizes[id(node)] = MAX_NODES + 1  # until its children are counted: a cycle finds this
            stack.append((node, True))
            stack.extend((child, False) for child in children if id(child) not in sizes)


def _refuse_keys(root: yaml.Node) -> None:
    """Refuses a key that is not a string, and one that is duplicated in a mapping; a merge key overrides nothing.

    Before anything is constructed: what is merged is beside the mapping's own keys from then on.
    """
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        stack.extend(_children(node))
        if not isinstance(node, yaml.MappingNode):
            continue
        own = [key for key, _ in node.value if key.tag != _MERGE]
        for key in own:
            if key.tag != "tag:yaml.org,2002:str":
                raise bad_request(f"manifestBase64Encoded: the key {key.value!r} is not a string")
        if len({key.value for key in own}) != len(own):
            raise bad_request("manifestBase64Encoded: a mapping has a key twice")


def _merge(node: yaml.Node, done: dict[int, bool]) -> None:
    """Puts in the place of each merge key what it merges: a key that is there already, or was merged, stays."""
    if id(node) in done:
        return
    done[id(node)] = True
    for child in _children(node):
        _merge(child, done)
    if not isinstance(node, yaml.MappingNode):
        return
    merged = [value for key, value in node.value if key.tag == _MERGE]
    pairs = {key.value: (key, value) for key, value in node.value if key.tag != _MERGE}
    for value in merged:
        for mapping in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if not isinstance(mapping, yaml.MappingNode):
                raise bad_request("manifestBase64Encoded: a merge key has a value that is not a mapping")
            pairs = {key.value: (key, inner) for key, inner in mapping.value} | pairs
    node.value = list(pairs.values())


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
