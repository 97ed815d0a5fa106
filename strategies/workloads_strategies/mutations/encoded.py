"""Values of `manifestBase64Encoded`: no base64, base64 of no manifest, too long, and what decoders disagree about."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any, Final

from workloads_strategies.encodings import to_base64

from .bodies import DEPTH
from .changes import Encoded, Rewrite

ENCODED: Final = "/components/schemas/ManifestEncoded"
"""The schema of a manifest in base64, where the clauses begin that are about it."""

_FORMAT: Final = f"{ENCODED}/format"
_YAML: Final = f"{ENCODED}/description: Kubernetes YAML manifest encoded in base 64."
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LINE: Final = 76
_CHAIN, _LINKS = 95, 6


def not_base64(encoded: str) -> tuple[Encoded, ...]:
    """Returns damaged copies of `encoded` that no decoder of RFC 4648 can read.

    Line breaks, missing padding and the URL-safe alphabet are not among them: lenient decoders take those.
    """
    middle = len(encoded) // 2
    unpadded = encoded.rstrip("=")
    return (
        Encoded("a '%' inside", encoded[:middle] + "%" + encoded[middle + 1 :], _FORMAT),
        Encoded("a '%' added", encoded[:middle] + "%" + encoded[middle:], _FORMAT),
        Encoded("a non-ASCII letter inside", encoded[:middle] + "é" + encoded[middle + 1 :], _FORMAT),
        Encoded("a non-ASCII letter added", encoded[:middle] + "é" + encoded[middle:], _FORMAT),
        Encoded("a length that base64 cannot have", unpadded[: len(unpadded) - (len(unpadded) - 1) % 4], _FORMAT),
        Encoded("plain YAML", base64.b64decode(encoded).decode(), _FORMAT),
        Encoded("plain JSON", '{"apiVersion": "batch/v1", "kind": "Job"}', _FORMAT),
        Encoded("a data: URL", f"data:application/yaml;base64,{encoded}", _FORMAT),
    )


def _damage(label: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def damage(body: Mapping[str, Any]) -> dict[str, Any]:
        damaged = not_base64(body["manifestBase64Encoded"])
        return {**body, "manifestBase64Encoded": next(found.text for found in damaged if found.label == label)}

    return damage


NOT_BASE64: Final[tuple[Rewrite[Mapping[str, Any], dict[str, Any]], ...]] = tuple(
    Rewrite(f"no base64 ({found.label})", _damage(found.label), found.clause)
    for found in not_base64(to_base64("kind: Job\n"))
)
"""The same damages, done to the manifest in base64 of any good body."""


def _of(label: str, write: Callable[[str], str | bytes]) -> Rewrite[Mapping[str, Any], dict[str, Any]]:
    """Returns the rewriting of a good body whose manifest's YAML, in block style, is written as `write` has it."""

    def rewrite(body: Mapping[str, Any]) -> dict[str, Any]:
        text = base64.b64decode(body["manifestBase64Encoded"]).decode()
        return {**body, "manifestBase64Encoded": to_base64(write(text))}

    return Rewrite(f"base64 of {label}", rewrite, _YAML)


NOT_A_MAPPING: Final = (
    _of("a list of one manifest", lambda text: indent(text, "  ").replace("  ", "- ", 1)),
    _of("a text that is a manifest", lambda text: "|\n" + indent(text, "  ")),
    _of("a number", lambda _text: "1\n"),
    _of("a manifest and a list that is not closed", lambda text: f"{text}status: [\n"),
    _of("a manifest and a quote that is not closed", lambda text: f'{text}status: "{{}}\n'),
    _of("a manifest and an alias of nothing", lambda text: f"{text}status: *nothing\n"),
    _of("a manifest and a tab as indentation", lambda text: f"{text}status:\n\tphase: Pending\n"),
    _of("base64", to_base64),
    _of("a manifest with one byte that is not UTF-8", lambda text: text.encode() + b'status: {note: "caf\xe9"}\n'),
    _of("a text", lambda _text: "just a text\n"),
)
"""What is not a mapping, or not YAML: made of a good manifest, so that it is refused for nothing else."""


def oversize(encoded: str, limit: int, over: int) -> str:
    """Returns base64 of the same manifest, in exactly `limit + over` characters: a YAML comment precedes it.

    Args:
        encoded: base64 of a YAML document, with its padding.
        limit: a length, in characters.
        over: how many characters more; with 0 the text just keeps to the limit.

    Raises:
        ValueError: base64 with padding cannot have that length (it comes in fours), or the manifest is longer.
    """
    missing = limit + over - len(encoded)
    if missing % 4 or missing < 0:
        raise ValueError(
            f"base64 of a manifest of {len(encoded)} characters cannot have {limit + over}; choose a multiple of 4 "
            "that is not less."
        )
    if missing == 0:
        return encoded
    return to_base64("#" + "x" * (missing * 3 // 4 - 2) + "\n") + encoded


def _yaml(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def _documents(rewrite: Callable[[str], str | bytes]) -> Callable[[str], str]:
    """Rewrites the YAML behind an encoding."""
    return lambda encoded: to_base64(rewrite(_yaml(encoded)))


def _member(raw: str) -> Callable[[str], str]:
    """Adds a member to the manifest, a YAML mapping in block style."""
    return _documents(lambda text: f"{text}xUnknown: {raw}\n")


def _chained(text: str) -> str:
    """Adds lists in each other, the innermost of each link an alias of the link before."""
    innermost = ["1", *(f"*link{number}" for number in range(_LINKS - 1))]
    links = (
        f"xUnknown{number}: &link{number} {'[' * _CHAIN}{value}{']' * _CHAIN}\n"
        for number, value in enumerate(innermost)
    )
    return text + "".join(links)


def _padded(encoded: str) -> str:
    """The same manifest in an encoding that ends with padding."""
    return encoded if encoded.endswith("=") else to_base64(_yaml(encoded) + "#\n")


def _url_safe(encoded: str) -> str:
    # Six question marks hold three that stand together in four characters: ////.
    return to_base64(_yaml(encoded) + "# ?????? ~~~~~~\n").translate(str.maketrans("+/", "-_"))


def _leftover_bits(encoded: str) -> str:
    """Sets one of the bits that padding leaves over, and that decode to nothing."""
    text = _padded(encoded)
    last = len(text.rstrip("=")) - 1
    return text[:last] + _ALPHABET[_ALPHABET.index(text[last]) + 1] + text[last + 1 :]


def _lines(encoded: str, end: str) -> str:
    return "".join(encoded[start : start + _LINE] + end for start in range(0, len(encoded), _LINE))


def _rewrites(clause: str, functions: dict[str, Callable[[str], str]]) -> tuple[Rewrite[str, str], ...]:
    return tuple(Rewrite(label, function, clause) for label, function in functions.items())


OPEN_ENCODED: Final[tuple[Rewrite[str, str], ...]] = (
    *_rewrites(
        _FORMAT,
        {
            "base64 without its padding": lambda encoded: _padded(encoded).rstrip("="),
            "base64 with too much padding": lambda encoded: _padded(encoded) + "====",
            "base64 in the URL-safe alphabet": _url_safe,
            "base64 with leftover bits": _leftover_bits,
            "base64 in lines": lambda encoded: _lines(encoded, "\n"),
            "base64 in lines that end with CRLF": lambda encoded: _lines(encoded, "\r\n"),
            "base64 with a newline behind it": lambda encoded: encoded + "\n",
            "base64 with spaces around it": lambda encoded: f" {encoded} ",
            "base64 with a tab inside": lambda encoded: f"{encoded[:8]}\t{encoded[8:]}",
            "two encodings in one": lambda encoded: _padded(encoded) + _padded(encoded),
            "an empty text": lambda _: "",
        },
    ),
    *_rewrites(
        _YAML,
        {
            "YAML of several documents": _documents(lambda text: f"{text}---\n{text}"),
            "YAML of no document": lambda _: to_base64("# nothing\n"),
            "YAML of an empty document": lambda _: to_base64("---\n"),
            "YAML of null": lambda _: to_base64("null\n"),
            "YAML with a byte order mark": _documents(lambda text: f"\ufeff{text}"),
            "YAML in UTF-16": _documents(lambda text: text.encode("utf-16")),
            "YAML with a key twice": _documents(lambda text: f"{text}xUnknown: 1\nxUnknown: 2\n"),
            "YAML with a merge key": _member("{<<: {a: 1}, b: 2}"),
            "YAML with a tag of its own": _member("!own {a: 1}"),
            "YAML with a value that contains itself": _member("&self [*self]"),
            "YAML with bytes": _member("!!binary aGVsbG8="),
            "YAML with a set": _member("!!set {a, b}"),
            "YAML with a boolean that is none": _member("!!bool maybe"),
            "YAML with an empty integer": _member('!!int ""'),
            "YAML with a time that is none": _member("!!timestamp noon"),
            "YAML with a text that is a list": _member("!!str [a]"),
            "YAML with a key that is not a text": _member("{1: one, [a]: b}"),
            "YAML with what only 1.1 takes for other types": _member("[yes, 1:30, 0o17, 017, 2024-01-01]"),
            "YAML with a number of base 60 that is too large": _member("1:" * 180 + "1.5"),
            "YAML with tabs after colons": _documents(lambda text: text.replace(": ", ":\t")),
            f"YAML with {_CHAIN * _LINKS} lists in each other through aliases": _documents(_chained),
            "YAML with infinity": _member("[.inf, -.inf, .nan]"),
            "YAML with the number 2^64": _member(str(2**64)),
            "YAML with an integer of 5,000 digits": _member("9" * 5000),
            "YAML with the number 1e400": _member("1.0e+400"),
            f"YAML with {DEPTH} lists in each other": _member("[" * DEPTH + "]" * DEPTH),
            f"YAML with {DEPTH} maps in each other": _member("{a: " * DEPTH + "1" + "}" * DEPTH),
        },
    ),
)
"""Encodings made of a good one, of a manifest in YAML's block style, that some readers take and others refuse."""
