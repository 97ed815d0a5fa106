"""The Workloads V2 contract as data: fragments, errata, the bundled document and the requirement catalogue."""

from .bundle import Contract, Operation, added_statuses, load_contract, load_errata
from .coverage import RequirementMapping, load_coverage, read_coverage
from .elements import elements, kind_of, sentences
from .errors import CatalogueError, CoverageError, FragmentError, OverlayError, SpecError
from .fragments import FRAGMENTS, VERSION, load_fragment
from .overlay import apply_overlay
from .requirements import Catalogue, Level, Requirement, Source, load_catalogue

__all__ = [
    "FRAGMENTS",
    "VERSION",
    "Catalogue",
    "CatalogueError",
    "Contract",
    "CoverageError",
    "FragmentError",
    "Level",
    "Operation",
    "OverlayError",
    "Requirement",
    "RequirementMapping",
    "Source",
    "SpecError",
    "added_statuses",
    "apply_overlay",
    "elements",
    "kind_of",
    "load_catalogue",
    "load_contract",
    "load_coverage",
    "load_errata",
    "load_fragment",
    "read_coverage",
    "sentences",
]
