"""Keys: long ones, with dots and slashes, and those that look like something else to a reader, a store or a merge."""

from __future__ import annotations

from typing import Final

from .model import Specimen

_DOMAIN: Final = ".".join(["d" * 62, "e" * 62, "f" * 62, "g" * 61, "hh"])
"""A DNS subdomain of 253 characters."""

_QUALIFIED: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "63-characters": (("k" * 63,), "names at the limit"),
    "253-and-63-characters": ((f"{_DOMAIN}/{'n' * 63}",), "names at both limits"),
    "with-dots": (("a.b.c", "a.b"), "versions in keys, beside their beginning"),
    "with-a-slash": (("example.com/a", "example.org/a"), "two prefixes"),
    "with-underscores": (("a_b", "a-b"), "names of variables"),
    "looks-like-a-boolean": (("y", "no", "true", "on"), "coordinates, countries"),
    "looks-like-a-number": (("0", "1", "007", "1.0", "1e3"), "indices, versions"),
    "looks-like-null": (("null",), "unset names"),
    "looks-like-a-date": (("2024-01-31",), "calendars"),
    "differ-in-case": (("Case", "case", "CASE"), "names of teams"),
    "upper-case": (("UPPER",), "variables"),
    "of-a-prototype": (("constructor", "toString", "hasOwnProperty"), "names that JavaScript's objects have"),
    "not-in-order": (("zz", "aa", "mm"), "everybody"),
}
"""Keys that Kubernetes takes as names of annotations and labels."""

_LOOSE: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "prototype": (("__proto__",), "names that JavaScript's objects have"),
    "patch-directive": (("$patch", "$retainKeys", "$setElementOrder/a"), "strategic merge patches"),
    "query-operator": (("$set", "$ref", "$where"), "documents of MongoDB, JSON Schema"),
    "empty": (("",), "joined texts"),
    "space": ((" ", "a b", " a"), "titles"),
    "colon": (("a:b", "a: b"), "names with a port"),
    "slashes": (("a/b/c", "/", "~1"), "paths, and pointers to them"),
    "brackets": (("a[0]", "{a}", "*"), "templates"),
    "unicode": (("é", "漢字", "🚀"), "names of people"),
    "combining": (("e\u0301", "\u00e9"), "file names of two systems"),
    "line-end": (("a\nb",), "texts as keys"),
    "merge-sign": (("<<",), "texts about YAML"),
    "quotes": (("'", '"', "\\"), "texts as keys"),
    "field-names": (("f:metadata", 'k:{"name":"a"}', "v:1", "."), "managedFields, as Kubernetes prints them"),
    "tag-names": (("apiVersion", "kind", "metadata", "name"), "objects inside objects"),
}
"""Keys that stand where any key may."""


def _members(keys: tuple[str, ...]) -> dict[str, str]:
    """Returns members of these names, each with a value of its own: what is mixed up shows."""
    return {key: f"value-{number}" for number, key in enumerate(keys)}


KEYS: Final[tuple[Specimen, ...]] = (
    *(
        Specimen(f"keys/{name}", _members(keys), sender, ("annotation keys", "label keys", "node selector keys"))
        for name, (keys, sender) in _QUALIFIED.items()
    ),
    *(
        Specimen(f"keys/{name}", _members(keys), sender, ("loose",), must_be_taken=False)
        for name, (keys, sender) in _LOOSE.items()
    ),
)
