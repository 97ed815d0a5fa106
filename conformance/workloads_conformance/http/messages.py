"""Requests, responses and exchanges, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import quote

from .decode import Decoded, decode_json
from .limits import beginning, first_lines
from .memory import Lease

_GATEWAYS = (502, 504)
"""Statuses of a gateway whose target gave no answer, or none that it could read (RFC 9110, 15.6.3 and 15.6.5)."""

_REQUEST_TIMEOUT = 408

_BRIEF = 4096
"""Bytes that a brief response keeps of its body, and of its header lines: what a report shows."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a request authenticates with.

    Attributes:
        value: the Authorization header's value; None sends no such header.
        shell: how a shell command writes the value, the token as `$NAME`; never the token itself.
    """

    value: str | None
    shell: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request.

    Attributes:
        path: the percent-encoded path.
        headers: beside those that every request has (Accept, Accept-Encoding, User-Agent, Content-Type), or in place
            of them.
        without: names, in lower case, of headers that every other request has and this one has not.
        authorization: None stands for the run's own token.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    authorization: Authorization | None = None
    without: frozenset[str] = frozenset()

    @property
    def target(self) -> str:
        """Path and query as they are in the request line."""
        pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.query)
        return f"{self.path}?{pairs}" if pairs else self.path

    def header(self, name: str) -> str | None:
        """Returns the value of the header `name`, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Response:
    """One response, its content coding removed: as it is judged, secrets in it and all.

    Attributes:
        flaw: why the answer could not be read to its end as sent.
        redacted: the response without secrets, where that is another.
        whole: the bytes that the body had, where `body` is only its beginning.
        given: what was read of the whole body, where that was given up and this has to stay known: the id in it.
        lease: the memory that the response holds.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    flaw: str | None = None
    redacted: Response | None = None
    whole: int | None = field(default=None, compare=False)
    given: str | None = field(default=None, compare=False)
    lease: Lease | None = field(default=None, compare=False, repr=False)

    @property
    def public(self) -> Response:
        """The response as it may be shown, stored and cut."""
        return self.redacted or self

    @property
    def size(self) -> int:
        """The bytes of the body."""
        return len(self.body) if self.whole is None else self.whole

    def brief(self, given: str | None = None) -> Response:
        """Returns what a report needs of the response, in a few kilobytes; `given` stays known of the whole body."""
        return Response(
            self.status,
            first_lines(self.headers, _BRIEF),
            beginning(self.body, _BRIEF),
            self.flaw,
            whole=self.size,
            given=given,
            redacted=self.redacted.brief() if self.redacted else None,
        )

    def header(self, name: str) -> str | None:
        """Returns the value of the first header `name`, or None: for headers that have a single value."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def combined(self, name: str) -> str | None:
        """Returns the value of a header that is a list, however many lines it is in, or None (RFC 9110, 5.2)."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty if there is no Content-Type."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()

    @cached_property
    def json(self) -> Decoded:
        """The body read as JSON."""
        return decode_json(self.body)


NEVER_SENT = "not sent"
NOT_SENT = ("no connection", NEVER_SENT)
TOO_LATE = "no complete answer"
"""How the failures begin of exchanges in which nothing reached the target, or no response came in time."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it: a response, or the `failure` in words.

    Attributes:
        seconds: the time it took.
        started: when it began, in seconds from the beginning of the run. Waits are measured by the times of their
            exchanges, so that a replay ends them at the same exchange.
        number: its place among the run's exchanges; 0 outside a run.
        stale: the run's own token was refused, and it is the token that is no longer good: nothing was done.
        away: the target was found to be away when this came, or did not come: it is not an answer of the target.
        outages: how often the target had been found to go away, or to come back, when this was over.
        gone: why nothing more can be asked, in a sentence, where this showed it: the target is gone for good, or there
            is not a token that it takes.
        after_503: it was sent before, and what came was 503, which may be a gateway's that did not wait for the target.
    """

    request: Request
    response: Response | None
    failure: str | None
    seconds: float
    started: float = 0.0
    number: int = 0
    stale: bool = False
    away: bool = False
    outages: int = 0
    gone: str = ""
    after_503: bool = False

    def brief(self, given: str | None = None) -> Exchange:
        """Returns the exchange with as much of the response as a report needs: trials keep all that they had.

        `given` is what stays known of the whole body.
        """
        if self.response is None:
            return self
        return replace(self, response=self.response.brief(given))

    def bare(self) -> Exchange:
        """Returns which method it was, when and how long: what is counted of an exchange that showed nothing."""
        return replace(self, request=Request(method=self.request.method, path=""), response=None, failure=None)

    @property
    def unanswered(self) -> bool:
        """True if the target was reached, and gave no complete response."""
        return self.response is None and not (self.failure or "").startswith(NOT_SENT)

    @property
    def is_between(self) -> bool:
        """True if what came may be of what lies between target and suite: of a gateway, or a connection that broke."""
        if self.response is None:
            return not self.too_late and not (self.failure or "").startswith(NEVER_SENT)
        return self.response.status in _GATEWAYS

    @property
    def is_of_idle(self) -> bool:
        """True if a connection that was idle is being closed, and no request was read (RFC 9110, 15.5.9)."""
        answer = self.response
        return (
            answer is not None
            and answer.status == _REQUEST_TIMEOUT
            and "close" in (answer.header("connection") or "").lower()
        )

    @property
    def may_repeat(self) -> bool:
        """True if what came may say that the same request was done before: it is of a write that is done once."""
        done = {"POST": 409, "DELETE": 404}.get(self.request.method)
        return self.after_503 and self.response is not None and self.response.status == done

    @property
    def is_cut_off(self) -> bool:
        """True if a connection was made, and closed before there was a whole answer."""
        return self.unanswered and not self.too_late

    @property
    def too_late(self) -> bool:
        """True if the response was waited for as long as the deadline allows."""
        return (self.failure or "").startswith(TOO_LATE)

    @property
    def ended(self) -> float:
        """When it was over, in seconds from the beginning of the run."""
        return self.started + self.seconds
