"""What is judged on every exchange, whatever test caused it."""

from .shapes import Flaw, Shapes, methods_of
from .times import instant, is_timestamp
from .universal import JUDGED_ON_EVERY_EXCHANGE, UniversalChecks

__all__ = [
    "JUDGED_ON_EVERY_EXCHANGE",
    "Flaw",
    "Shapes",
    "UniversalChecks",
    "instant",
    "is_timestamp",
    "methods_of",
]
