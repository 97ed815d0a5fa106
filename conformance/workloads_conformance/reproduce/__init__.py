"""A finding's requests as commands to paste: curl, httpx, and as they go over the wire."""

from .shell import Shell
from .snippets import Snippets
from .steps import Given, Step, steps
from .way import SECRET, TokenRequest, Way

__all__ = ["SECRET", "Given", "Shell", "Snippets", "Step", "TokenRequest", "Way", "steps"]
