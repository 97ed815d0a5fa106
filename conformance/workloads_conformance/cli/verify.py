"""`verify`: checks a certificate, offline, and judges the run behind it again."""

from __future__ import annotations

import argparse
from pathlib import Path

from workloads_conformance.certificates import check_signed, check_true, load_public_key
from workloads_conformance.errors import ExitStatus
from workloads_conformance.output import tell
from workloads_reports.escaping import one_line


def execute(options: argparse.Namespace) -> int:
    """Prints what the certificate says: first whether it is what was signed, then whether it is true."""
    key = load_public_key(Path(options.key))
    signed = check_signed(Path(options.directory), key)
    certificate, run = signed.said["certificate"], signed.said["certificate"]["run"]
    told = certificate["implementation"]
    _tell(
        f"signature:   holds, key {key.keyid}",
        f"files:       {len(signed.files)}, each as it was signed",
        f"valid until: {certificate['validUntil']}",
        *([f"not covered: {', '.join(signed.others)}"] if signed.others else []),
    )
    libraries = check_true(signed).libraries
    _tell(
        f"judged:      {run['exchanges']} exchanges; every verdict, case and finding comes out as reported",
        *([f"libraries:   others than the run's, and the cases are those of its record: {'; '.join(libraries)}"]
          if libraries else []),
        f"product:     {told['project']} {told['version']} of {told['organization']}",
        f"details:     {told['url']}, {told['contact']}",
        f"certifier:   {certificate['certifier'] or 'the holder of the key'}",
        f"tested:      {run['finished']}, at {certificate['target']}",
        f"certificate: verified, {signed.said['result']}",
    )  # fmt: skip
    return ExitStatus.CONFORMANT


def _tell(*lines: str) -> None:
    for line in lines:
        tell(one_line(line))
