"""The four OpenAPI fragments as published, unchanged; each is checked against its digest when it is read."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from .errors import FragmentError

VERSION = "2.24"
FRAGMENTS = {
    "create": "df5a71b112f8461df5fac94e50ff3e11add5afbaf2ab127622879244671eb782",
    "get": "5e6b1ce47eea32904c241696e238cc3248f9892276af6e4ba2920b54d830d515",
    "update": "d2bd7c7c68be47a9bd7f31be574712a9fc5a18fa1e7c12a2e6c0a7fd9de53561",
    "delete": "f7c9492f623d016e3201468c107967221c99585f72ffe7bfdf0c5f01e2b8aa3c",
}
"""The fragments' names and the sha256 (hex) of each file."""


@cache
def load_fragment(name: str) -> dict[str, Any]:
    """Returns the fragment `name` as parsed JSON. Treat it as read-only: it is shared.

    Raises:
        FragmentError: the file is not, byte for byte, the published one.
    """
    data = files("workloads_specs").joinpath(f"v2_24/{name}.json").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != FRAGMENTS[name]:
        raise FragmentError(
            f"{name}.json has sha256 {digest}, expected {FRAGMENTS[name]}; fragments stay verbatim, "
            "corrections belong in errata.yaml."
        )
    document: dict[str, Any] = json.loads(data)
    return document
