"""Honest servers: the reference server in every way that the contract leaves open."""

from __future__ import annotations

from .declare import variant
from .patching import edit_answer


@variant()
def extra_members_in_responses() -> None:
    """Answers have members that the contract does not name."""
    edit_answer(lambda body: body.update(xExtra=[1, None]))
