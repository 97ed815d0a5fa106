"""`serve`: the reference server alone, for trying the suite, a client, or a change to either."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Sequence

from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_conformance.processes import bare_environment, server_command


def execute(options: argparse.Namespace) -> int:
    """Runs the server until it is interrupted or told to end; prints the commands that reach it.

    Raises:
        UsageError: no fault or variant has a name that was given.
    """
    _check(options.fault)
    command = server_command(options.fault, "--host", options.host, "--port", str(options.port), "--exit-with-parent")
    with subprocess.Popen(  # noqa: S603 - our own module
        command, env=bare_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        # The first process of a container is not ended by a signal that it does not handle, and a shell's background
        # process ignores interrupts.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(ExitStatus.CONFORMANT))
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line:
            return ExitStatus.USAGE if server.wait() else ExitStatus.INCONCLUSIVE
        tell(_instructions(json.loads(line), options.fault))
        server.wait()
    return ExitStatus.CONFORMANT


def _check(names: Sequence[str]) -> None:
    """Returns if all are names of faults or variants."""
    if names:
        from workloads_conformance.selfcheck.catalogue import known  # noqa: PLC0415 - loads hundreds

        for name in names:
            known(name)


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
