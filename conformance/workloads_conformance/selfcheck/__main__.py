"""`python -m workloads_conformance.selfcheck --fault NAME …`: the reference server with faults or variants in it."""

from __future__ import annotations

import argparse
import sys

from .catalogue import known, patch_of


def main() -> int:
    """Serves; returns the exit status. Options beside `--fault` are those of the reference server."""
    parser = argparse.ArgumentParser("workloads_conformance.selfcheck", add_help=False)
    parser.add_argument("--fault", action="append", default=[])
    given, others = parser.parse_known_args()
    for name in given.fault:
        patch_of(known(name))()
    # Only now: a patch may have put other modules in their place.
    from workloads_conformance.reference.__main__ import main as serve  # noqa: PLC0415

    sys.argv[1:] = others
    return serve()


if __name__ == "__main__":
    sys.exit(main())
