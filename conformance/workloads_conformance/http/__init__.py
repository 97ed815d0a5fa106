"""How requests reach a target: transport, limits, tokens, answers as values. It knows no API."""

from .certificate import Certificate, certificate_of
from .client import LOST, Client, Custody, TargetLostError
from .credentials import ClientCredentials, TokenEndpoint
from .line import BESIDE, Line
from .messages import Authorization, Exchange, Request, Response
from .sources import token_source
from .tokens import NoTokenError, TokenSource, claims, hide_token, segment
from .transport import DirectTransport, Transport
from .wire import Wire, client_of, final_url, sent_headers

__all__ = [
    "BESIDE",
    "LOST",
    "Authorization",
    "Certificate",
    "Client",
    "ClientCredentials",
    "Custody",
    "DirectTransport",
    "Exchange",
    "Line",
    "NoTokenError",
    "Request",
    "Response",
    "TargetLostError",
    "TokenEndpoint",
    "TokenSource",
    "Transport",
    "Wire",
    "certificate_of",
    "claims",
    "client_of",
    "final_url",
    "hide_token",
    "segment",
    "sent_headers",
    "token_source",
]
