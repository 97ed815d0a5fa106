"""The command line, but for a thorough profile that has few cases: certificates are made of it, and take minutes."""

from __future__ import annotations

import sys

from workloads_conformance.cli.main import main
from workloads_conformance.runner.judges import EXAMPLES
from workloads_conformance.settings import Profile
from workloads_conformance.suite import test_numbers, test_stories

FEW = 4

if __name__ == "__main__":
    EXAMPLES[Profile.THOROUGH] = FEW
    test_stories.TOGETHER[Profile.THOROUGH] = 1
    test_numbers.MANY[Profile.THOROUGH] = FEW
    sys.exit(main())
