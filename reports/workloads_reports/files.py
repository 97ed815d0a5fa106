"""Writes a report's files, each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from .errors import ReportError
from .html import html_text
from .json_report import json_text
from .junit import junit_text
from .model import Report

_RENDERINGS: dict[str, Callable[[Report], str]] = {
    "report.json": json_text,
    "junit.xml": junit_text,
    "report.html": html_text,
}


def write_all(report: Report, directory: Path) -> tuple[Path, ...]:
    """Writes the report's files to `directory`, which is made if need be; returns their paths.

    Raises:
        ReportError: the directory cannot be written.
    """
    return write_files(directory, {name: render(report) for name, render in _RENDERINGS.items()})


def write_files(directory: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Writes texts under their names to `directory`, which is made if need be; returns their paths.

    Raises:
        ReportError: the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return tuple(_write(directory / name, text) for name, text in texts.items())
    except OSError as error:
        raise ReportError(
            f"the report cannot be written to {str(directory)!r}: {error.strerror}; choose another report-dir."
        ) from None


def _write(path: Path, text: str) -> Path:
    """Writes beside the file and renames, so that a reader sees the old report or the new one and nothing between."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)  # noqa: PTH101 - a report is for others to read; mkstemp makes it private
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
