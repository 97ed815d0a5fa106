"""Certificates to test with: whose product, and what a certifier can do who has a key and much time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workloads_conformance.certificates import load_public_key, load_signer
from workloads_conformance.certificates.digests import file_digest
from workloads_conformance.certificates.statement import sign, unseal

VENDOR = """\
[implementation]
organization = "Example Vendor"
project = "Example <Workloads>"
version = "1.4.0"
url = "https://vendor.example.com/workloads"
contact = "conformance@vendor.example.com"
"""


def signed_anew(directory: Path, key: Path, change: Callable[[dict[str, Any]], None] = lambda _said: None) -> None:
    """Signs the directory's files as they are now, and a statement that was changed."""
    path = directory / "certificate.json"
    found = unseal(path.read_bytes(), load_public_key(key.with_name(f"{key.name}.pub")))
    change(found)
    for subject in found["subject"]:
        file = directory / subject["name"]
        if file.is_file():
            made = file_digest(file)
            subject |= {"digest": {"sha256": made.sha256}, "annotations": {"size": made.size}}
    path.write_text(sign(found, load_signer(key, None)))
