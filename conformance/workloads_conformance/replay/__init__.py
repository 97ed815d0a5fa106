"""A run judged again from its record: the same tests on the same cases, answered by the record."""

from .rejudge import Rejudged, examine, rejudge
from .replayed import Replayed

__all__ = ["Rejudged", "Replayed", "examine", "rejudge"]
