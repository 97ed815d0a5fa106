"""One judgement: a requirement, satisfied or violated, in one exchange."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workloads_conformance.http import Exchange

from .codes import code_of

_LONGEST = 600
_LONGEST_MESSAGE, _LONGEST_VALUE = 500, 8000
"""Characters of a judgement's texts: what they quote of an answer may be as long as the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A requirement judged once; made by `satisfied` and `violated`. The texts are empty where it was satisfied.

    `message` tells one way of breaking a requirement from another, also when a case is repeated: it names no value
    that differs from one time to the next. Those are in `observed`. Where it does name one, `way` does not.

    Attributes:
        way: what has to be the same for two judgements to be of one kind; the message, if empty.
        code: what a finding of it is known by from run to run (see `code_of`).
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

    def of(self, exchange: Exchange) -> Judgement:
        """Returns the judgement as it is stored: a violation with this form of its exchange."""
        return self if self.satisfied else replace(self, exchange=exchange)


def satisfied(requirement: str) -> Judgement:
    """Returns the judgement that a requirement was satisfied."""
    return Judgement(requirement=requirement, satisfied=True)


def violated(  # noqa: PLR0913 - the texts go by name
    requirement: str,
    *,
    message: str,
    expected: str,
    observed: str,
    exchange: Exchange | None,
    way: str = "",
    code: str = "",
    alone: bool = False,
) -> Judgement:
    """Returns the judgement that a requirement was violated. Long texts are cut; an empty code is made of the way."""
    return Judgement(
        requirement=requirement,
        satisfied=False,
        message=_cut(message, _LONGEST_MESSAGE),
        expected=_cut(expected, _LONGEST_VALUE),
        observed=_cut(observed, _LONGEST_VALUE),
        exchange=exchange,
        way=way,
        code=code_of(code or way or message),
        alone=alone,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def excerpt(exchange: Exchange) -> str:
    """Returns the answer in a few words: its status and the beginning of its body."""
    if exchange.response is None:
        return exchange.failure or "no answer"
    answer = exchange.response.public  # what is cut could not be freed of secrets any more
    body = answer.body[:_LONGEST].decode("utf-8", "replace")
    more = "…" if len(answer.body) > _LONGEST else ""
    return f"{answer.status} {body}{more}".rstrip()
