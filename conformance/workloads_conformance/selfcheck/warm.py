"""Imported once by the process that all others are forked from: what each of them would have to load again."""

from __future__ import annotations

from workloads_conformance.checks import Shapes
from workloads_specs import load_catalogue, load_contract

from .catalogue import load_faults, load_variants
from .judging import suite_tests

load_faults()
load_variants()
suite_tests()
load_catalogue()
Shapes(load_contract())
