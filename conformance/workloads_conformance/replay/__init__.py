"""A run judged again from its record: the same tests on the same cases, answered by the record."""

from .rejudge import Rejudged, examine, rejudge
from .transport import ReplayTransport

__all__ = ["Rejudged", "ReplayTransport", "examine", "rejudge"]
