"""How requests reach the target: transport, limits, tokens, redaction, safety and ledger."""

from workloads_conformance.output import SHORTEST_SECRET, Redactor

from .client import Client, TargetLostError
from .course import Course, Direct
from .inventory import Account, Claim, CreateLog, Inventory
from .ledger import EMBEDDED, Ledger, LedgerHeader, NoLedger, Unfinished, ledgers, read_ledger
from .messages import Authorization, Exchange, Request, Response, workload_id
from .safety import CREATE_PATH, LIST_PATH, TYPES_PATH, Safety, creates, is_dry_run
from .shell import Shell
from .snippets import Snippets
from .state import ledger_key
from .tokens import TokenSource, claims, hide_token, segment, token_source
from .wire import Wire, sent_headers

__all__ = [
    "CREATE_PATH",
    "EMBEDDED",
    "LIST_PATH",
    "SHORTEST_SECRET",
    "TYPES_PATH",
    "Account",
    "Authorization",
    "Claim",
    "Client",
    "Course",
    "CreateLog",
    "Direct",
    "Exchange",
    "Inventory",
    "Ledger",
    "LedgerHeader",
    "NoLedger",
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
    "is_dry_run",
    "ledger_key",
    "ledgers",
    "read_ledger",
    "segment",
    "sent_headers",
    "token_source",
    "workload_id",
]
