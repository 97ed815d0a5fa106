"""Writes a report's files, all of them whole or none, readable by their owner alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .badge import badge_text
from .code_quality import code_quality_text
from .errors import ReportError
from .html import html_text
from .json_report import json_text
from .junit import junit_text
from .markdown import markdown_text
from .model import Report
from .private import stage_private
from .sarif import sarif_text

RENDERINGS: dict[str, Callable[[Report], str]] = {
    "report.json": json_text,
    "report.html": html_text,
    "junit.xml": junit_text,
    "report.sarif": sarif_text,
    "code-quality.json": code_quality_text,
    "summary.md": markdown_text,
    "badge.svg": badge_text,
}


def write_all(report: Report, directory: Path, names: Iterable[str] | None = None) -> tuple[Path, ...]:
    """Writes the report's files to `directory`, which is made if need be; returns their paths.

    Args:
        report: the report.
        directory: where to.
        names: which of `RENDERINGS`; all if left out.

    Raises:
        ReportError: the directory cannot be written.
    """
    texts = {directory / name: RENDERINGS[name](report) for name in (RENDERINGS if names is None else names)}
    try:
        return _write(texts)
    except OSError as error:
        raise ReportError(
            f"the report cannot be written to {str(directory)!r}: {error.strerror}; choose another directory with "
            "--report-dir or --out."
        ) from None


def remove_all(directory: Path) -> None:
    """Removes what `write_all` wrote to a directory, so that no report in it is of an earlier run.

    Raises:
        ReportError: it cannot be removed.
    """
    try:
        for name in RENDERINGS:
            (directory / name).unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(
            f"the report of an earlier run in {str(directory)!r} cannot be removed: {error.strerror}; choose another "
            "directory with --report-dir."
        ) from None


def write_text(path: Path, text: str) -> Path:
    """Writes a file whole or not at all, in a directory that is made if need be; returns its path.

    Raises:
        ReportError: it cannot be written.
    """
    try:
        return _write({path: text})[0]
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}; choose another path.") from None


def _write(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    """Writes beside the files and renames at the end, so that a reader sees the old report or the new one, whole."""
    staged: dict[Path, Path] = {}
    try:
        for path, text in texts.items():
            data = text.encode()
            staged[path] = stage_private(path, lambda file, data=data: file.write(data))  # type: ignore[misc]
        for path, temporary in staged.items():
            temporary.replace(path)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    return tuple(texts)
