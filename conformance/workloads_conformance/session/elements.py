"""The elements of the contract, as reports show them."""

from __future__ import annotations

from functools import cache

from workloads_reports import Element
from workloads_specs import elements, kind_of, load_contract, load_coverage, sentences


@cache
def contract_elements() -> tuple[Element, ...]:
    """Returns every element and every sentence of the contract with the requirements that judge it, in its order."""
    contract, mappings = load_contract(literal=True), load_coverage()
    kinds = {name: kind_of(name) for name in elements(contract)} | dict.fromkeys(sentences(contract), "sentence")
    return tuple(
        Element(name, kind, mappings[name].requirements, mappings[name].non_normative) for name, kind in kinds.items()
    )
