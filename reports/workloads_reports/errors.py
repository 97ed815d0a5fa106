"""The errors of this package.

ReportError    a report cannot be written, read, compared or merged; the text says which file and why
"""

from __future__ import annotations


class ReportError(Exception):
    """A report cannot be written, read, compared or merged. `str()` is the sentence for the user."""
