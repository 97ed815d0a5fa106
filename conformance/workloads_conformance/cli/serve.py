"""`serve`: the reference server alone, for trying the suite, a client, or a change to either."""

from __future__ import annotations

import argparse
import json
import subprocess

from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_conformance.processes import bare_environment, reference_command


def execute(options: argparse.Namespace) -> int:
    """Runs the server until it is interrupted; prints the commands that reach it."""
    command = reference_command("--port", str(options.port))
    with subprocess.Popen(command, env=bare_environment(), stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line:
            return ExitStatus.USAGE if server.wait() else ExitStatus.INCONCLUSIVE
        tell(_instructions(json.loads(line)))
        try:
            server.wait()
        except KeyboardInterrupt:
            server.terminate()
        return ExitStatus.CONFORMANT


def _instructions(access: dict[str, str]) -> str:
    return (
        f"The reference server listens on {access['url']} until it is interrupted.\n\n"
        f"export CONFORMANCE_SECRET={access['clientSecret']}\n"
        f"export CONFORMANCE_EXPIRED={access['expiredToken']}\n"
        f"export CONFORMANCE_FORBIDDEN={access['forbiddenToken']}\n"
        f"workloads-conformance run --target {access['url']} --project-id {access['projectId']} "
        f"--cluster-id {access['clusterId']} --client-id {access['clientId']} "
        "--client-secret-env CONFORMANCE_SECRET --expired-token-env CONFORMANCE_EXPIRED "
        "--forbidden-token-env CONFORMANCE_FORBIDDEN"
    )
