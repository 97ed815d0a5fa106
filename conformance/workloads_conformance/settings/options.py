"""The one table of options: all that depends on which there are, and on what kind of thing one is, is made from it.

`Settings` alone has a field for each row, for the sake of its type; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from .model import Mode, Profile
from .shard import PATTERN, Shard

ENVIRONMENT_PREFIX = "WORKLOADS_CONFORMANCE_"

ENVIRONMENT_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
"""How the name of an environment variable looks."""

_ENV_NAME = {"type": "string", "pattern": ENVIRONMENT_NAME, "examples": ["RUNAI_TOKEN"]}
_TEXT = {"type": "string", "minLength": 1}
_SECONDS = {"type": "number", "exclusiveMinimum": 0, "maximum": 86400}
_SHARD = {"type": "string", "pattern": PATTERN, "examples": ["1/4, which is the first of four parts, or auto"]}
_UUID = {
    "type": "string",
    "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "examples": ["71f69d83-ba66-4822-adf5-55ce55efd210"],
}


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        key: its name in conformance.toml.
        schema: the JSON Schema of its value.
        help: what it is for.
        metavar: what stands for the value in the help.
        choices: the type of the value, if it is one of several names.
        is_path: whether it is a path; one in a configuration file is relative to that.
        is_read: whether it names a file that has to be there.
        of_target: whether it means nothing to the embedded server: given without a target, that was forgotten.
        affects_replay: whether it decides what is sent, how it is judged, or how a finding is reproduced, so that the
            record has to say it.
        is_divided: whether it is an amount that the shards of a run share.
    """

    key: str
    schema: dict[str, Any]
    help: str
    metavar: str = ""
    choices: type[StrEnum] | None = None
    is_path: bool = False
    is_read: bool = False
    of_target: bool = False
    affects_replay: bool = False
    is_divided: bool = False

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

    @property
    def is_variable(self) -> bool:
        """True for an option that is the name of an environment variable, which holds a secret."""
        return self.schema is _ENV_NAME

    @property
    def of_parser(self) -> dict[str, Any]:
        """How a parser of a command line, such as argparse, has to take the flag; a list may be given in parts."""
        if self.is_switch:
            return {"action": "store_true", "default": None, "help": self.help}
        choices = self.schema.get("enum")
        metavar = self.metavar or ("|".join(choices) if choices else "VALUE")
        action = {"action": "append"} if self.schema["type"] == "array" else {}
        return {**action, "metavar": metavar, "help": self.help}

    def value(self, given: Any) -> Any:
        """Returns a value that fits the schema as `Settings` has it."""
        if self.is_path:
            return Path(given)
        if self.schema is _SHARD:
            return Shard.read(given)
        if self.choices is not None:
            return self.choices(given)
        if self.schema["type"] == "array":
            return tuple(given)
        return int(given) if self.schema["type"] == "integer" else given  # 1.0 is a whole number, too


OPTIONS: tuple[Option, ...] = (
    Option(
        "target",
        _TEXT,
        "base URL of the server to judge (default: the embedded reference server)",
        "URL",
        affects_replay=True,
    ),
    Option("token-env", _ENV_NAME, "environment variable that holds the access token", "NAME", of_target=True),
    Option(
        "token-file",
        _TEXT,
        "file that holds the access token; read again when the token runs out",
        "PATH",
        is_path=True,
        is_read=True,
        of_target=True,
    ),
    Option("client-id", _TEXT, "client credentials: the client's id", "ID", of_target=True, affects_replay=True),
    Option(
        "client-secret-env",
        _ENV_NAME,
        "client credentials: environment variable with the client's secret",
        "NAME",
        of_target=True,
        affects_replay=True,
    ),
    Option(
        "token-endpoint",
        {"type": "string", "enum": ["v1", "v2"]},
        "the platform's endpoint for client credentials: v1 (JSON) or v2 (RFC 6749)",
        of_target=True,
        affects_replay=True,
    ),
    Option(
        "forbidden-token-env",
        _ENV_NAME,
        "environment variable with a valid token of a user without permission, not even to read",
        "NAME",
        of_target=True,
    ),
    Option(
        "expired-token-env",
        _ENV_NAME,
        "environment variable with a token that expired over five minutes ago",
        "NAME",
        of_target=True,
    ),
    Option(
        "project-id",
        _TEXT,
        "project to create workloads in (required with --target)",
        "ID",
        of_target=True,
        affects_replay=True,
    ),
    Option("cluster-id", _UUID, "cluster to create workloads on", "UUID", of_target=True, affects_replay=True),
    Option(
        "profile",
        {"type": "string", "enum": list(Profile)},
        "how much is tried (default: standard; with only: smoke)",
        choices=Profile,
        affects_replay=True,
    ),
    Option(
        "mode",
        {"type": "string", "enum": list(Mode)},
        "what may be done to the target",
        choices=Mode,
        affects_replay=True,
    ),
    Option(
        "seed",
        {"type": "integer", "minimum": 0, "maximum": 2**64 - 1},
        "repeats a run's choice of cases",
        "N",
        affects_replay=True,
    ),
    Option(
        "budget",
        {"type": "number", "minimum": 0, "maximum": 86400},
        "seconds for which thorough draws cases, at least as many as standard (default: 250 cases for each property)",
        "S",
        affects_replay=True,
    ),
    Option(
        "time-limit",
        {"type": "number", "minimum": 10, "maximum": 604800},
        "seconds after which the run ends, with a report on what was judged so far (default: none)",
        "S",
    ),
    Option(
        "concurrency",
        {"type": "integer", "minimum": 1, "maximum": 256},
        "requests in flight, at most: fewer where answers slow down (default: 64)",
        "N",
        affects_replay=True,
    ),
    Option(
        "rate",
        {"type": "number", "minimum": 0.1, "maximum": 100000},
        "requests in a second, at most (default: as many as the target takes)",
        "R",
        is_divided=True,
    ),
    Option(
        "report-dir",
        _TEXT,
        "directory for the report (default: conformance-report)",
        "DIR",
        is_path=True,
        affects_replay=True,
    ),
    Option(
        "kinds",
        {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True},
        "Kubernetes kinds to create, separated by commas (default: Job,Deployment)",
        "KINDS",
        affects_replay=True,
    ),
    Option("deadline", _SECONDS, "seconds that one exchange may take in all (default: 30)", "S", affects_replay=True),
    Option(
        "settle", _SECONDS, "seconds within which a write has to take effect (default: 60)", "S", affects_replay=True
    ),
    Option(
        "max-live",
        {"type": "integer", "minimum": 4, "maximum": 10000},
        "live workloads at a time (default: 64)",
        "N",
        affects_replay=True,
        is_divided=True,
    ),
    Option(
        "shard",
        _SHARD,
        "run the K-th of N parts, which share the target alone; auto: as the engine says (merge joins the reports)",
        "K/N|auto",
        affects_replay=True,
    ),
    Option(
        "only",
        {"type": "array", "items": _TEXT, "minItems": 1},
        "run the tests of these alone: ids, levels, areas, operations, names of tests; globs; of several sorts, those "
        "in all",
        "WHAT",
    ),
    Option(
        "rerun",
        _TEXT,
        "report.json of an earlier run: run what failed or was undecided there, with its cases first",
        "PATH",
        is_path=True,
        is_read=True,
    ),
    Option("fail-fast", {"type": "boolean"}, "end the run at the first MUST that failed", affects_replay=True),
    Option("literal", {"type": "boolean"}, "judge by the published fragments, without the errata", affects_replay=True),
    Option("har", {"type": "boolean"}, "write the exchanges as exchanges.har, too"),
    Option(
        "allow-token-in-url",
        {"type": "boolean"},
        "also send the access token in URLs, where a target on another machine may log it",
        affects_replay=True,
    ),
    Option(
        "waivers",
        _TEXT,
        "TOML file of known failures, each with who answers for it and until when",
        "PATH",
        is_path=True,
        is_read=True,
        of_target=True,
    ),
    Option(
        "since",
        _TEXT,
        "report.json of an earlier run; the report then says what changed since",
        "PATH",
        is_path=True,
        is_read=True,
    ),
    Option(
        "write-waivers", _TEXT, "where to write drafts of waivers for the failures of this run", "PATH", is_path=True
    ),
    Option(
        "ca-bundle",
        _TEXT,
        "PEM file of the authorities that TLS certificates are checked against",
        "PATH",
        is_path=True,
        is_read=True,
        of_target=True,
        affects_replay=True,
    ),
    Option(
        "client-cert",
        _TEXT,
        "PEM file of the client certificate",
        "PATH",
        is_path=True,
        is_read=True,
        of_target=True,
        affects_replay=True,
    ),
    Option(
        "client-key",
        _TEXT,
        "PEM file of the client certificate's key",
        "PATH",
        is_path=True,
        is_read=True,
        of_target=True,
        affects_replay=True,
    ),
    Option(
        "proxy",
        _TEXT,
        "proxy (http, https or socks5) for every request, the token request included",
        "URL",
        of_target=True,
        affects_replay=True,
    ),
    Option(
        "trust-env",
        {"type": "boolean"},
        "obey HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
    ),
)

TABLE = "implementation"
"""The one table among the options: the product under test, in the words of whoever runs the suite."""

OF_TARGET = (*(option.key for option in OPTIONS if option.of_target), TABLE)
REPLAYED = (*(option.attribute for option in OPTIONS if option.affects_replay), TABLE)
"""The fields of `Settings` that decide what is sent and how it is judged, in the order of the table."""

IMPLEMENTATION: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": dict.fromkeys(("organization", "project", "version", "url", "contact"), _TEXT),
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "conformance.toml",
    "type": "object",
    "additionalProperties": False,
    "properties": {option.key: option.schema for option in OPTIONS} | {TABLE: IMPLEMENTATION},
}
