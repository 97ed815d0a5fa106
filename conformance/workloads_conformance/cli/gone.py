"""A working directory that was deleted: libraries ask for it, whether they need it or not."""

from __future__ import annotations

import os
from pathlib import Path


def leave_what_is_gone() -> bool:
    """Goes to the root if the working directory was deleted; returns whether it was."""
    try:
        Path.cwd()
    except FileNotFoundError:
        os.chdir(os.sep)
        return True
    return False
