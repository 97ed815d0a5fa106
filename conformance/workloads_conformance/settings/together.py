"""Checks of options that are valid each by itself: whether they fit together, and what they name is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workloads_conformance.errors import UsageError

from .options import OF_TARGET, OPTIONS, Option
from .surroundings import flaw_of_proxy
from .validation import refuse_unknown

_LARGEST = 32 * 2**20
"""Bytes of a file that an option names."""


def check_together(values: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Returns if options, valid each by itself, fit together, the environment, and the files that they name.

    Raises:
        UsageError: they do not; one sentence names the options and what to do.
    """
    _check_texts(values)
    if "target" in values:
        _check_target(values)
    elif given := [key for key in OF_TARGET if key in values]:
        raise UsageError(
            f"{given[0]} is given without target; give --target URL, or leave it out to judge the embedded server."
        )
    _check_credentials(values, environ)
    _check_kinds(values.get("kinds", ()))
    _check_paths(values)


def _given(values: Mapping[str, Any], wanted: Callable[[Option], bool]) -> list[str]:
    """Returns the keys of the options that are wanted and given, in the order of the table."""
    return [option.key for option in OPTIONS if option.key in values and wanted(option)]


def _check_texts(values: Mapping[str, Any]) -> None:
    for key in sorted(_given(values, lambda option: option.is_path)):
        if "\0" in values[key]:
            raise UsageError(f"{key} is {values[key]!r:.200}; expected a path, which holds no NUL.")
    if "proxy" in values and (flaw := flaw_of_proxy(values["proxy"])):
        raise UsageError(f"proxy is {flaw}.")


def _check_credentials(values: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    if ("client-id" in values) != ("client-secret-env" in values):
        raise UsageError("client-id and client-secret-env go together; give both or neither.")
    if len(ways := [key for key in ("token-env", "token-file", "client-id") if key in values]) > 1:
        raise UsageError(f"{' and '.join(ways)} are given; one way to get a token is enough.")
    if "client-key" in values and "client-cert" not in values:
        raise UsageError("client-key is given without client-cert; give both.")
    for key in _given(values, lambda option: option.is_variable):
        if not environ.get(values[key], "").strip():
            raise UsageError(
                f"{key} names the environment variable {values[key]}, which is not set or empty; export it."
            )


def _check_paths(values: Mapping[str, Any]) -> None:
    from workloads_reports import GivenError, open_given  # noqa: PLC0415 - `--help` has to be fast

    for key in sorted(_given(values, lambda option: option.is_read)):
        try:
            with open_given(Path(values[key])) as file:
                size = os.fstat(file.fileno()).st_size
        except GivenError:
            raise UsageError(f"{key} is {values[key]!r}, which is not a readable file.") from None
        if size > _LARGEST:
            raise UsageError(f"{key} is {values[key]!r}, which is larger than any such file.")
    draft = values.get("write-waivers")
    if draft is not None and (Path(draft).exists() or not Path(draft).absolute().parent.is_dir()):
        raise UsageError(f"write-waivers is {draft!r}; expected a file that is not there yet, in a directory that is.")


def _check_kinds(kinds: Iterable[str]) -> None:
    from workloads_strategies import KINDS  # noqa: PLC0415 - brings hypothesis, and `--help` has to be fast

    refuse_unknown("kinds", kinds, KINDS, kind="kind")


def _flaw_of_url(url: str) -> bool:
    """True for what the client would refuse when it is made."""
    import httpx  # noqa: PLC0415 - `--help` has to be fast

    try:
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        return True
    return False


def _check_target(values: Mapping[str, Any]) -> None:
    target = values["target"]
    try:
        url = urlsplit(target)
        port_is_fine = url.port is None or url.port > 0
    except ValueError:
        port_is_fine, url = False, urlsplit("")
    if url.username is not None or url.password is not None:
        raise UsageError("target holds credentials; leave them out of the URL and give --token-env or --client-id.")
    if url.scheme not in ("http", "https") or not url.hostname or not port_is_fine:
        raise UsageError(f"target is {target!r}; expected a URL such as https://runai.example.com.")
    if _flaw_of_url(target):
        raise UsageError(f"target is {target!r:.200}; expected a URL such as https://runai.example.com.")
    if url.query or url.fragment:
        raise UsageError(f"target is {target!r}; expected a base URL, without '?' or '#'.")
    if "project-id" not in values:
        raise UsageError(
            "project-id is missing; a remote target needs --project-id ID, the project to create workloads in."
        )
    if not {"token-env", "token-file", "client-id"} & values.keys():
        raise UsageError("no credentials are given; a remote target needs --token-env, --token-file or --client-id.")
