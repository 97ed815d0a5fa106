"""The errors of this package.

ReportError    a report cannot be written; the text says which file and why
"""

from __future__ import annotations


class ReportError(Exception):
    """A report cannot be written. `str()` is the sentence for the user."""
