"""What is judged on every exchange, whatever test caused it."""

from .judgement import Judgement, excerpt
from .shapes import Flaw, Shapes, operation_of
from .universal import UniversalChecks

__all__ = ["Flaw", "Judgement", "Shapes", "UniversalChecks", "excerpt", "operation_of"]
