"""One judgement: a requirement, satisfied or violated, in one exchange."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workloads_conformance.http import Exchange

from .codes import code_of

_LONGEST = 600
_MOST = {"message": 500, "expected": 8000, "observed": 8000}
"""Characters of a judgement's texts: what they quote of an answer may be as long as the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A requirement judged once. The texts are empty where it was satisfied.

    `message` tells one way of breaking a requirement from another, also when a case is repeated: it names no value
    that differs from one time to the next. Those are in `observed`. Where it does name one, `way` does not. Long
    texts are cut.

    Attributes:
        way: what has to be the same for two judgements to be of one kind; the message, if empty.
        code: what a finding of it is known by from run to run (see `code_of`); made of the way, if empty.
        alone: the exchange alone was judged, whatever test it was part of.
    """

    requirement: str
    satisfied: bool
    message: str = ""
    expected: str = ""
    observed: str = ""
    exchange: Exchange | None = None
    way: str = ""
    code: str = ""
    alone: bool = False

    def is_like(self, other: Judgement) -> bool:
        """True if the two say of one requirement that it was violated in one way."""
        return self.requirement == other.requirement and (self.way or self.message) == (other.way or other.message)

    def __post_init__(self) -> None:
        for name, most in _MOST.items():
            text = getattr(self, name)
            if len(text) > most:
                object.__setattr__(self, name, text[:most] + "…")
        if not self.satisfied:
            object.__setattr__(self, "code", code_of(self.code or self.way or self.message))

    def of(self, exchange: Exchange) -> Judgement:
        """Returns the judgement as it is stored: a violation with this form of its exchange, others without one."""
        return (
            Judgement(requirement=self.requirement, satisfied=True)
            if self.satisfied
            else replace(self, exchange=exchange)
        )


def excerpt(exchange: Exchange) -> str:
    """Returns the answer in a few words: its status and the beginning of its body."""
    if exchange.response is None:
        return exchange.failure or "no answer"
    answer = exchange.response.public  # what is cut could not be freed of secrets any more
    body = answer.body[:_LONGEST].decode("utf-8", "replace")
    more = "…" if len(answer.body) > _LONGEST else ""
    return f"{answer.status} {body}{more}".rstrip()
