"""The errors of this package.

    SpecError          anything wrong with the contract as shipped or as edited
    ├── FragmentError  a fragment is not the one whose digest is recorded, or two fragments disagree
    ├── OverlayError   an erratum does not apply
    ├── CatalogueError a requirement is malformed, or its source is not in the contract
    └── CoverageError  an element of the contract has no requirement and no reason why, or an entry says what is not so

They say what is wrong with which value and what to do; a user of the installed suite never meets one. The command line
tells them as it tells a mistake in the configuration.
"""

from __future__ import annotations


class SpecError(Exception):
    """Something is wrong with the contract, its errata or the requirement catalogue."""


class FragmentError(SpecError):
    """A fragment has changed, or the fragments do not merge."""


class OverlayError(SpecError):
    """An entry of the errata overlay does not apply to the contract."""


class CatalogueError(SpecError):
    """An entry of the requirement catalogue is malformed or unfounded."""


class CoverageError(SpecError):
    """An entry of the coverage map is wrong, or something is missing from it."""
