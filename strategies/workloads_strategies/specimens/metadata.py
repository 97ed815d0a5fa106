"""Specimens of a workload's own metadata: names that are told apart late, and categories of any text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .model import Specimen

_LONGEST: Final = 63


@dataclass(frozen=True, slots=True)
class Names:
    """Two names that live side by side.

    Attributes:
        name: as a specimen's.
        sender: who sends them.
        size: how many characters they have; 0 for as many as they need.
        endings: what they end with.
    """

    name: str
    sender: str
    endings: tuple[str, str]
    size: int = 0

    def of(self, unique: str) -> tuple[str, str]:
        """Returns the two names; they begin with `unique`, a DNS label of at most 57 characters."""
        first, second = (unique.ljust(self.size - len(ending), "n") + ending for ending in self.endings)
        return first, second

    def __repr__(self) -> str:
        return self.name


NAMES: Final[tuple[Names, ...]] = (
    Names("metadata/name-and-its-prefix", "people who count", ("-1", "-10")),
    Names("metadata/names-that-differ-in-the-63rd-character", "generators", ("a", "b"), _LONGEST),
)
"""Names that a server has to tell apart."""


def _texts(place: str, beginning: str, texts: dict[str, tuple[str, str]]) -> tuple[Specimen, ...]:
    """Returns specimens of a member that a server may refuse, by the end of their names."""
    return tuple(
        Specimen(f"metadata/{beginning}-{name}", text, sender, (place,), must_be_taken=False)
        for name, (text, sender) in texts.items()
    )


ENDINGS: Final = _texts(
    "name",
    "name-that-ends",
    {
        "in-upper-case": ("-Ab", "people"),
        "with-an-underscore": ("_a", "names of variables"),
        "with-a-dot": (".a", "versions"),
        "with-a-space": ("a ", "forms that do not trim"),
        "with-two-spaces": ("a  b", "people"),
        "with-signs-of-html": ("<a>&amp;", "tests"),
        "with-percent": ("%41+", "links"),
        "with-a-slash": ("/a//b", "people who sort"),
        "composed": ("\u00e9", "people"),
        "decomposed": ("e\u0301", "people on macOS"),
        "beyond-the-basic-plane": ("🚀", "people"),
        "with-quotes": ("'a\"\\", "people"),
        "with-a-line-end": ("a\n", "people who paste"),
    },
)
"""What names end with that are not DNS labels: the schema takes any, a cluster none."""

CATEGORIES: Final = _texts(
    "category",
    "category",
    {
        "with-spaces": ("Build and train", "people"),
        "unicode": ("Événement 漢字 🚀", "people"),
        "of-250-characters": ("c" * 250, "people who explain"),
        "with-quotes": ("a'b\"c\\d<e>&f", "people"),
        "in-lower-case": ("train", "people"),
        "of-mixed-case": ("Fine-Tuning Of LARGE Models, Q3", "people who explain"),
        "with-spaces-around": (" Build and Train ", "forms that do not trim"),
        "with-tab-and-newline": ("Build\tand\nTrain", "people who paste"),
        "of-digits": ("007", "numbering schemes"),
        "that-looks-like-false": ("false", "scripts"),
        "of-one-space": (" ", "forms that do not trim"),
        "of-combining-characters": ("e\u0301tude", "people on macOS"),
        "with-percent-and-plus": ("100%25+a", "people"),
        "that-looks-like-null": ("null", "scripts with an unset value"),
        "that-looks-like-none": ("None", "scripts with an unset value"),
    },
)
"""Categories: the contract has any text, a server may know some only."""
