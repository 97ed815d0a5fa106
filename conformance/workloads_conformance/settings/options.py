"""The one table of options, from which flags, environment variables and the schema of conformance.toml are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ENVIRONMENT_PREFIX = "WORKLOADS_CONFORMANCE_"

ENVIRONMENT_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
"""How the name of an environment variable looks."""

_ENV_NAME = {"type": "string", "pattern": ENVIRONMENT_NAME}
_TEXT = {"type": "string", "minLength": 1}
_SECONDS = {"type": "number", "exclusiveMinimum": 0, "maximum": 86400}
_UUID = {"type": "string", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its key in conformance.toml, the JSON Schema of its value, and what it is for."""

    key: str
    schema: dict[str, Any]
    help: str
    metavar: str = ""

    @property
    def flag(self) -> str:
        """The command line flag, such as `--token-env`."""
        return "--" + self.key

    @property
    def attribute(self) -> str:
        """The name of the field in `Settings`."""
        return self.key.replace("-", "_")

    @property
    def environment(self) -> str:
        """The environment variable, such as `WORKLOADS_CONFORMANCE_TOKEN_ENV`."""
        return ENVIRONMENT_PREFIX + self.attribute.upper()

    @property
    def is_switch(self) -> bool:
        """True for an option whose flag takes no value."""
        return bool(self.schema["type"] == "boolean")


OPTIONS: tuple[Option, ...] = (
    Option("target", _TEXT, "base URL of the server to judge (default: the embedded reference server)", "URL"),
    Option("token-env", _ENV_NAME, "environment variable that holds the access token", "NAME"),
    Option("token-file", _TEXT, "file that holds the access token; read again when the token runs out", "PATH"),
    Option("client-id", _TEXT, "client credentials: the client's id", "ID"),
    Option("client-secret-env", _ENV_NAME, "client credentials: environment variable with the client's secret", "NAME"),
    Option(
        "token-endpoint",
        {"type": "string", "enum": ["v1", "v2"]},
        "where client credentials are exchanged: v1 is /api/v1/token (JSON), v2 is /api/v2/token (RFC 6749)",
    ),
    Option("forbidden-token-env", _ENV_NAME, "environment variable with a valid token that has no rights", "NAME"),
    Option(
        "expired-token-env",
        _ENV_NAME,
        "environment variable with a token that expired over five minutes ago",
        "NAME",
    ),
    Option("project-id", _TEXT, "project to create workloads in (required with --target)", "ID"),
    Option("cluster-id", _UUID, "cluster to create workloads on", "UUID"),
    Option("profile", {"type": "string", "enum": ["smoke", "standard", "thorough"]}, "how much is tried"),
    Option("mode", {"type": "string", "enum": ["read-only", "dry-run", "full"]}, "what may be done to the target"),
    Option("seed", {"type": "integer", "minimum": 0, "maximum": 2**64 - 1}, "repeats a run's choice of cases", "N"),
    Option(
        "budget",
        {"type": "number", "minimum": 0, "maximum": 86400},
        "seconds for which thorough draws cases, no fewer than standard (default: 250 for each property)",
        "S",
    ),
    Option(
        "time-limit",
        {"type": "number", "minimum": 10, "maximum": 604800},
        "seconds after which the run has ended, with a report on what was judged so far (default: none)",
        "S",
    ),
    Option("concurrency", {"type": "integer", "minimum": 1, "maximum": 256}, "requests in flight", "N"),
    Option("report-dir", _TEXT, "directory for the report (default: conformance-report)", "DIR"),
    Option(
        "kinds",
        {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True},
        "Kubernetes kinds to create, separated by commas (default: Job,Deployment)",
        "KINDS",
    ),
    Option("deadline", _SECONDS, "seconds that one exchange may take in all (default: 30)", "S"),
    Option("settle", _SECONDS, "seconds within which a write has to take effect (default: 60)", "S"),
    Option(
        "max-live", {"type": "integer", "minimum": 4, "maximum": 10000}, "live workloads at a time (default: 64)", "N"
    ),
    Option("literal", {"type": "boolean"}, "judge by the fragments alone, without the errata"),
    Option("har", {"type": "boolean"}, "write the exchanges as exchanges.har, too"),
    Option(
        "allow-token-in-url",
        {"type": "boolean"},
        "also send the access token in URLs, where a target on another machine may log it",
    ),
    Option("waivers", _TEXT, "TOML file of the failures that somebody answers for, and until when", "PATH"),
    Option("since", _TEXT, "report.json of an earlier run; this one's report says what changed since", "PATH"),
    Option("write-waivers", _TEXT, "where to write drafts of waivers for the failures of this run", "PATH"),
    Option("ca-bundle", _TEXT, "PEM file of the authorities that TLS certificates are checked against", "PATH"),
    Option("client-cert", _TEXT, "PEM file of the client certificate", "PATH"),
    Option("client-key", _TEXT, "PEM file of the client certificate's key", "PATH"),
    Option("proxy", _TEXT, "proxy for every request, the token request included", "URL"),
    Option("trust-env", {"type": "boolean"}, "obey HTTP_PROXY, NO_PROXY and SSL_CERT_FILE"),
)

IMPLEMENTATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": dict.fromkeys(("organization", "project", "version", "url", "contact"), _TEXT),
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "conformance.toml",
    "type": "object",
    "additionalProperties": False,
    "properties": {option.key: option.schema for option in OPTIONS} | {"implementation": IMPLEMENTATION},
}
