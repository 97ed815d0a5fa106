"""`verify`: checks a certificate, offline, and judges the run behind it again."""

from __future__ import annotations

import argparse
from pathlib import Path

from workloads_conformance.certificates import load_public_key, verify
from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_reports.escaping import one_line


def execute(options: argparse.Namespace) -> int:
    """Prints what the certificate says, once all of it has been checked."""
    key = load_public_key(Path(options.key))
    found = verify(Path(options.directory), key)
    certificate, run = found.said["certificate"], found.said["certificate"]["run"]
    told = certificate["implementation"]
    lines = [
        f"signature:   key {key.keyid}",
        f"files:       {len(found.files)}, each as it was signed",
        f"judged:      {run['exchanges']} exchanges; every verdict, case and finding comes out as reported",
        f"product:     {told['project']} {told['version']} of {told['organization']}",
        f"details:     {told['url']}, {told['contact']}",
        f"tested:      {run['finished']}, at {certificate['target']}",
        f"valid until: {certificate['validUntil']}",
    ]
    if found.others:
        lines.append(f"not covered: {', '.join(found.others)}")
    for line in lines:
        tell(one_line(line))
    tell(f"certificate: verified, {found.said['result']}")
    return ExitStatus.CONFORMANT
