"""How requests reach the target: transport, limits, tokens, redaction, safety and ledger."""

from .client import Client, TargetLostError
from .course import Course, Direct
from .ledger import EMBEDDED, CreateLog, Ledger, Unfinished, ledgers, read_ledger
from .messages import Authorization, Exchange, Request, Response
from .redaction import SHORTEST_SECRET, Redactor
from .safety import CREATE_PATH, Safety, creates
from .shell import Shell
from .snippets import Snippets
from .tokens import TokenSource, claims, hide_token, segment, token_source
from .wire import Wire, sent_headers

__all__ = [
    "CREATE_PATH",
    "EMBEDDED",
    "SHORTEST_SECRET",
    "Authorization",
    "Client",
    "Course",
    "CreateLog",
    "Direct",
    "Exchange",
    "Ledger",
    "Redactor",
    "Request",
    "Response",
    "Safety",
    "Shell",
    "Snippets",
    "TargetLostError",
    "TokenSource",
    "Unfinished",
    "Wire",
    "claims",
    "creates",
    "hide_token",
    "ledgers",
    "read_ledger",
    "segment",
    "sent_headers",
    "token_source",
]
