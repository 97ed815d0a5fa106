"""One judgement: a requirement, kept or broken, in one exchange."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workloads_conformance.client import Exchange

_LONGEST = 600
_MOST = {"message": 500, "expected": 8000, "observed": 8000}
"""Characters of a judgement's texts: what they quote of an answer may be as long as the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A requirement judged once. The texts are empty where it was kept.

    `message` tells one way of breaking a requirement from another, also when a case is repeated: it names no value
    that differs from one time to the next. Those stand in `observed`. Long texts are cut.
    """

    requirement: str
    kept: bool
    message: str = ""
    expected: str = ""
    observed: str = ""
    exchange: Exchange | None = None

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            text = getattr(self, name)
            if len(text) > most:
                object.__setattr__(self, name, text[:most] + "…")

    def of(self, exchange: Exchange) -> Judgement:
        """Returns the judgement as it is kept: with another form of its exchange if it says that something is wrong."""
        return Judgement(requirement=self.requirement, kept=True) if self.kept else replace(self, exchange=exchange)


def excerpt(exchange: Exchange) -> str:
    """Returns the answer in a few words: its status and the beginning of its body."""
    answer = exchange.response
    if answer is None:
        return exchange.failure or "no answer"
    body = answer.body[:_LONGEST].decode("utf-8", "replace")
    more = "…" if len(answer.body) > _LONGEST else ""
    return f"{answer.status} {body}{more}".rstrip()
