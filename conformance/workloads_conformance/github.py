"""What a run tells GitHub when it runs there: annotations, the job's summary, and which lines are not commands."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workloads_conformance.output import tell_build_server
from workloads_reports import Report, ReportError, annotations_text, markdown_text


@contextmanager
def commands_stopped(environ: Mapping[str, str]) -> Iterator[None]:
    """Keeps GitHub from obeying the target's words, for a line of output that begins with `::` is a command."""
    if environ.get("GITHUB_ACTIONS") != "true":
        yield
        return
    token = secrets.token_hex(16)
    tell_build_server(f"::stop-commands::{token}\n")
    try:
        yield
    finally:
        tell_build_server(f"\n::{token}::\n")


def tell_github(report: Report, environ: Mapping[str, str]) -> None:
    """Tells annotations and appends the summary to the job's page, where the environment says that there is one.

    Raises:
        ReportError: the file that GITHUB_STEP_SUMMARY names cannot be written.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        tell_build_server(annotations_text(report))
    if name := environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(name).open("a", encoding="utf-8") as file:
                file.write(markdown_text(report))
        except OSError as error:
            raise ReportError(
                f"the summary cannot be added to {name!r}, which GITHUB_STEP_SUMMARY names: {error.strerror}; "
                "unset it to do without."
            ) from None
