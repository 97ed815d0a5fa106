"""Imported once by the process that all others are forked from: what each of them would have to load again."""

from __future__ import annotations

import gc

from workloads_conformance.api import Shapes
from workloads_conformance.runner.drawing import draw
from workloads_conformance.runner.judges import Drawn
from workloads_conformance.session.collected import suite_tests
from workloads_conformance.settings import Settings
from workloads_specs import load_catalogue, load_contract

from .catalogue import load_faults, load_variants
from .space import judging

assert judging  # of the fault space, with all that a proxy needs
load_faults()
load_variants()
load_catalogue()
Shapes(load_contract())
for test in suite_tests().values():
    if isinstance(test.cases, Drawn):
        draw(test.cases.strategy(Settings()), 1, 0)
gc.collect()
gc.freeze()  # what is loaded stays; collecting it again in every process would only cost time
