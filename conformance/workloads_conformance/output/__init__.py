"""What leaves the process: secrets are hidden, and what a stranger wrote is shown as text and nothing more."""

from .redaction import SHORTEST_SECRET, Redactor, hide, without_secrets
from .terminal import Guarded, draws, guarded, open_standard_streams, shown, tell, tell_build_server, terminal

__all__ = [
    "SHORTEST_SECRET",
    "Guarded",
    "Redactor",
    "draws",
    "guarded",
    "hide",
    "open_standard_streams",
    "shown",
    "tell",
    "tell_build_server",
    "terminal",
    "without_secrets",
]
