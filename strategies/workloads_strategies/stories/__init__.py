"""Stories: what is done, one step after the other, to workloads that have to do with each other."""

from .acts import BY_STRANGER, UPDATES, Act, Life, Scene
from .drawn import stories
from .sequences import Story, is_feasible, sequences, shorter, stories_of

__all__ = [
    "BY_STRANGER",
    "UPDATES",
    "Act",
    "Life",
    "Scene",
    "Story",
    "is_feasible",
    "sequences",
    "shorter",
    "stories",
    "stories_of",
]
