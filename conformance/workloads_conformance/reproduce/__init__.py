"""A finding's requests as commands to paste: curl, httpx, and as they go over the wire."""

from .shell import Shell
from .snippets import Snippets
from .steps import Bodies, Given, Step, steps
from .subject import Subject
from .way import SECRET, TokenRequest, Way

__all__ = ["SECRET", "Bodies", "Given", "Shell", "Snippets", "Step", "Subject", "TokenRequest", "Way", "steps"]
