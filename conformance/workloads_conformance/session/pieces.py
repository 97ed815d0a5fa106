"""The pieces of the contract, as reports show them."""

from __future__ import annotations

from functools import cache

from workloads_reports import Piece
from workloads_specs import elements, kind_of, load_contract, load_coverage, sentences


@cache
def pieces() -> tuple[Piece, ...]:
    """Returns every element and every sentence of the contract with the requirements that judge it, in its order."""
    contract, fates = load_contract(literal=True), load_coverage()
    kinds = {name: kind_of(name) for name in elements(contract)} | dict.fromkeys(sentences(contract), "sentence")
    return tuple(Piece(name, kind, fates[name].requirements, fates[name].binds_nobody) for name, kind in kinds.items())
