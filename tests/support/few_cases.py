"""The command line, but for a thorough profile that draws as few cases as the standard one: certificates are made of it,
and tests have no time for more."""

from __future__ import annotations

import sys

from workloads_conformance.cli.main import main
from workloads_conformance.engine.judges import EXAMPLES
from workloads_conformance.settings import Profile

FEW = EXAMPLES[Profile.STANDARD]

if __name__ == "__main__":
    EXAMPLES[Profile.THOROUGH] = FEW
    sys.exit(main())
