"""`serve`: the reference server alone, for trying the suite, a client, or a change to either."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Sequence

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import tell
from workloads_conformance.selfcheck.declare import Patch
from workloads_conformance.selfcheck.server import ServerError, served, wait_for_end


def execute(options: argparse.Namespace) -> int:
    """Runs the server until it is interrupted or told to end; prints the commands that reach it."""
    patches = _patches(options.fault)
    try:
        with contextlib.suppress(KeyboardInterrupt), served(patches, options.host, options.port) as access:
            # The first process of a container is not ended by a signal that it does not handle.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitStatus.CONFORMANT))
            tell(_instructions(access, options.fault))
            wait_for_end()
    except ServerError as error:
        raise UsageError(
            f"the server cannot listen on {options.host}:{options.port}: {error}; choose another --port, or --host."
        ) from None
    return ExitStatus.CONFORMANT


def _patches(names: Sequence[str]) -> list[Patch]:
    """Returns the patches of faults and variants.

    Raises:
        UsageError: one has another name.
    """
    if not names:
        return []
    from workloads_conformance.selfcheck.catalogue import known, patch_of  # noqa: PLC0415 - loads hundreds

    return [patch_of(known(name)) for name in names]


def _instructions(access: dict[str, str], faults: Sequence[str]) -> str:
    wrong = f", with {', '.join(faults)}" if faults else ""
    return (
        f"The reference server{wrong} listens on {access['url']} until it is interrupted.\n\n"
        f"export CONFORMANCE_SECRET={access['clientSecret']}\n"
        f"export CONFORMANCE_EXPIRED={access['expiredToken']}\n"
        f"export CONFORMANCE_FORBIDDEN={access['forbiddenToken']}\n"
        f"workloads-conformance run --target {access['url']} --project-id {access['projectId']} "
        f"--cluster-id {access['clusterId']} --client-id {access['clientId']} "
        "--client-secret-env CONFORMANCE_SECRET --expired-token-env CONFORMANCE_EXPIRED "
        "--forbidden-token-env CONFORMANCE_FORBIDDEN"
    )
