"""Parts of a YAML document as people write them, each with what it means."""

from __future__ import annotations

from typing import Any, Final

from .model import BLOCK_ONLY, Specimen

_TEXTS: Final[dict[str, tuple[str, str, str]]] = {
    "literal-clip": ("|\n  a\n   b\n", "a\n b\n", "scripts"),
    "literal-strip": ("|-\n  a\n  b\n", "a\nb", "scripts"),
    "literal-keep": ("|+\n  a\n\n\n", "a\n\n\n", "scripts"),
    "literal-indented": ("|2\n    a\n  b\n", "  a\nb\n", "scripts cut out of others"),
    "literal-indented-strip": ("|2-\n    a\n  b\n", "  a\nb", "scripts cut out of others"),
    "literal-of-a-comment": ("|\n  # a\n  b # c\n", "# a\nb # c\n", "scripts"),
    "literal-of-yaml": ("|\n  a: &b\n  - *c\n", "a: &b\n- *c\n", "configuration in variables"),
    "folded-clip": (">\n  a\n  b\n", "a b\n", "descriptions"),
    "folded-strip": (">-\n  a\n  b\n\n  c\n", "a b\nc", "descriptions"),
    "folded-keep": (">+\n  a\n  b\n\n", "a b\n\n", "descriptions"),
    "plain-over-lines": ("a\n  b\n  c\n", "a b c", "descriptions"),
    "plain-with-signs": ("a:b#c,d[e]{f}&g*h!i|j>k%l@m\n", "a:b#c,d[e]{f}&g*h!i|j>k%l@m", "images, globs"),
    "plain-and-comment": ("a # b\n", "a", "everybody"),
    "double-over-lines": ('"a\n  b\\\n  c\\n"\n', "a bc\n", "long commands"),
    "double-with-escapes": ('"\\x41\\u00e9\\U0001F680\\t\\\\\\""\n', 'Aé🚀\t\\"', "serializers"),
    "single-over-lines": ("'a\n  b''c'\n", "a b'c", "long commands"),
    "tagged-text": ("!!str 012\n", "012", "careful people"),
    "anchored-text": ("&text a\n", "a", "people who repeat themselves"),
    "spaces-at-the-end": ("a   \n", "a", "editors that keep white space"),
    "spaces-before": ("     a\n", "a", "people who align"),
    "plain-with-an-apostrophe": ("it's\n", "it's", "notes"),
    "plain-that-begins-with-a-dash": ("-a\n", "-a", "switches"),
    "plain-that-begins-with-a-dot": (".a\n", ".a", "hidden files"),
    "plain-that-begins-with-a-question-mark": ("?a\n", "?a", "queries"),
    "plain-that-begins-with-a-colon": (":a\n", ":a", "ports"),
    "literal-with-a-comment-behind-the-sign": ("| # c\n  a\n", "a\n", "people who explain"),
    "literal-that-begins-with-an-empty-line": ("|\n\n  a\n", "\na\n", "scripts"),
    "literal-with-a-tab": ("|\n  a\tb\n  \tc\n", "a\tb\n\tc\n", "makefiles"),
    "folded-with-more-indented-lines": (">\n  a\n    b\n  c\n", "a\n  b\nc\n", "descriptions"),
    "verbatim-tag": ("!<tag:yaml.org,2002:str> 1\n", "1", "serializers"),
    "double-with-unicode-escapes": ('"\\u2028\\xa0\\_"\n', "\u2028\xa0\xa0", "serializers"),
}
"""How a text is written, and what it means, by YAML 1.1 and 1.2 alike."""

_A: Final[dict[str, Any]] = {"configMap": {"name": "none", "optional": True}}
_B: Final[dict[str, Any]] = {"configMap": {"name": "other", "optional": True}}

_SOURCES: Final[dict[str, tuple[str, list[dict[str, Any]], str]]] = {
    "flow-inside-block": ("{sources: [{configMap: {name: none, optional: true}}]}\n", [_A], "short maps"),
    "flow-over-lines": (
        '{\n  "sources": [\n    {"configMap": {"name": "none", "optional": true}},\n  ],\n}\n',
        [_A],
        "JSON with a last comma",
    ),
    "json-inside-block": ('{"sources": [{"configMap": {"name": "none", "optional": true}}]}\n', [_A], "toJson of Helm"),
    "list-indented": (
        "\n  sources:\n    - configMap:\n        name: none\n        optional: true\n",
        [_A],
        "formatters",
    ),
    "list-not-indented": (
        "\n  sources:\n  -   configMap:\n          name: none\n          optional: true\n",
        [_A],
        "Kubernetes' own printer",
    ),
    "explicit-key": (
        "\n  ? sources\n  : - configMap: {name: none, optional: true}\n",
        [_A],
        "serializers, for long keys",
    ),
    "quoted-keys": (
        "\n  'sources':\n  - \"configMap\": {'name': none, \"optional\": true}\n",
        [_A],
        "serializers",
    ),
    "anchor-and-alias": (
        "\n  sources:\n  - &map-1\n    configMap: {name: none, optional: true}\n  - *map-1\n",
        [_A, _A],
        "people who repeat themselves",
    ),
    "alias-in-flow": (
        "\n  sources:\n  - configMap: &map-2 {name: none, optional: true}\n  - {configMap: *map-2 }\n",
        [_A, _A],
        "people who repeat themselves",
    ),
    "booleans-in-other-cases": (
        "{sources: [{configMap: {name: none, optional: True}}, {configMap: {name: none, optional: TRUE}}]}\n",
        [_A, _A],
        "Python, Excel",
    ),
    "integers-in-other-notations": (
        (
            "{sources: [{secret: {name: none, optional: true, items: [{key: a, path: b, mode: 0x1A4}, "
            "{key: c, path: d, mode: +256}]}}]}\n"
        ),
        [
            {
                "secret": {
                    "name": "none",
                    "optional": True,
                    "items": [{"key": "a", "path": "b", "mode": 420}, {"key": "c", "path": "d", "mode": 256}],
                }
            }
        ],
        "people",
    ),
    "items-below-their-dash": (
        "\n  sources:\n  -\n    configMap:\n      name: none\n      optional: true\n",
        [_A],
        "formatters",
    ),
    "spaces-around-colons": (
        '\n  "sources"   :\n  - configMap   :    {name   :   none   ,   optional:    true   }   \n',
        [_A],
        "people who align",
    ),
    "map-with-a-tag": (
        "!!map\n  sources: !!seq\n  - configMap: !!map {name: !!str none, optional: !!bool true}\n",
        [_A],
        "careful people",
    ),
    "indented-by-one": ("\n sources:\n - configMap:\n    name: none\n    optional: true\n", [_A], "people"),
    "indented-by-many": (
        "\n       sources:\n           - configMap:\n                  name: none\n                  optional: true\n",
        [_A],
        "people",
    ),
    "blank-lines-and-comments": (
        "# a\n\n  # b\n  sources:  # c\n\n# d\n  - configMap: {name: none, optional: true}\n",
        [_A],
        "people who explain",
    ),
}
"""How a map is written, and the list of sources that it means."""

_FIRST: Final = "\n  sources:\n  - configMap: &map-%d {name: none, optional: true}\n"

_MERGED: Final[dict[str, tuple[str, list[dict[str, Any]], str]]] = {
    "merge-key": (
        f"{_FIRST % 3}  - configMap:\n      <<: *map-3\n",
        [_A, _A],
        "people who repeat themselves",
    ),
    "merge-key-overridden": (
        f"{_FIRST % 4}  - configMap:\n      <<: *map-4\n      name: other\n",
        [_A, _B],
        "people who repeat themselves",
    ),
    "merge-key-overridden-before": (
        f"{_FIRST % 5}  - configMap:\n      name: other\n      <<: *map-5\n",
        [_A, _B],
        "people who repeat themselves",
    ),
    "merge-key-of-several": (
        f"{_FIRST % 6}  - configMap: &map-7 {{defaultMode: 1}}\n  - configMap:\n      <<: [*map-6, *map-7]\n",
        [_A, {"configMap": {"defaultMode": 1}}, {"configMap": {**_A["configMap"], "defaultMode": 1}}],
        "people who repeat themselves",
    ),
}
"""Merge keys, as Kubernetes' reader of YAML has them. YAML 1.2 has dropped them: a server may refuse them."""


def _part(name: str, part: tuple[str, Any, str], *, must_be_taken: bool = True) -> Specimen:
    fragment, value, sender = part
    place = "annotation"
    if isinstance(value, list):
        place, value = "projected volume", {"sources": value}
    return Specimen(
        f"documents/{name}",
        value,
        sender,
        (place,),
        must_be_taken=must_be_taken,
        forms=BLOCK_ONLY,
        fragment=fragment,
    )


DOCUMENTS: Final[tuple[Specimen, ...]] = (
    *(_part(name, part) for name, part in _TEXTS.items()),
    *(_part(name, part) for name, part in _SOURCES.items()),
    *(_part(name, part, must_be_taken=False) for name, part in _MERGED.items()),
)
