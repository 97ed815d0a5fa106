"""What leaves the process: secrets are hidden, and what a stranger wrote is shown as text and nothing more."""

from .redaction import SHORTEST_SECRET, Redactor, without_secrets

__all__ = ["SHORTEST_SECRET", "Redactor", "without_secrets"]
