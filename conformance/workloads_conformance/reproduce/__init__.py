"""A finding's requests as commands to paste: curl, httpx, and as they go over the wire."""

from .shell import Shell
from .snippets import Snippets
from .steps import Given, Step, steps

__all__ = ["Given", "Shell", "Snippets", "Step", "steps"]
