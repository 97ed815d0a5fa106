"""How requests reach a target: transport, limits, tokens, answers as values. It knows no API."""

from .certificate import Certificate, certificate_of
from .client import Client, Custody, TargetLostError
from .messages import Authorization, Exchange, Request, Response
from .tokens import ClientCredentials, TokenEndpoint, TokenSource, claims, hide_token, segment, token_source
from .transport import DirectTransport, Transport
from .wire import Wire, client_of, final_url, sent_headers

__all__ = [
    "Authorization",
    "Certificate",
    "Client",
    "ClientCredentials",
    "Custody",
    "DirectTransport",
    "Exchange",
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
