"""Specimens: what people send, by name, and the museums that show them all in a few manifests."""

from .coverage import PairCoverage, pairs_in, pairs_possible, pairs_shown
from .forms import FORMS, PLAIN, Form
from .metadata import CATEGORIES, ENDINGS, NAMES, Names
from .model import Specimen
from .museums import (
    CREATE,
    DRY_RUN,
    OPERATIONS,
    SPECIMENS,
    UPDATE,
    Built,
    Exhibit,
    Museum,
    Visit,
    museum,
    places_of,
    small_museum,
    visits_on,
)
from .places import PLACES, Place

__all__ = [
    "CATEGORIES",
    "CREATE",
    "DRY_RUN",
    "ENDINGS",
    "FORMS",
    "NAMES",
    "OPERATIONS",
    "PLACES",
    "PLAIN",
    "SPECIMENS",
    "UPDATE",
    "Built",
    "Exhibit",
    "Form",
    "Museum",
    "Names",
    "PairCoverage",
    "Place",
    "Specimen",
    "Visit",
    "museum",
    "pairs_in",
    "pairs_possible",
    "pairs_shown",
    "places_of",
    "small_museum",
    "visits_on",
]
