"""The settings of a run, as frozen values that are right once they exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from .shard import Shard


class Mode(StrEnum):
    """What the suite may do to the target; enforced where requests leave."""

    READ_ONLY = "read-only"
    DRY_RUN = "dry-run"
    FULL = "full"


class Profile(StrEnum):
    """How much is tried: every requirement at least once, a daily run, a search for the rare."""

    SMOKE = "smoke"
    STANDARD = "standard"
    THOROUGH = "thorough"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImplementationSettings:
    """The product under test, as the person who runs the suite describes it; copied into the report."""

    organization: str = ""
    project: str = ""
    version: str = ""
    url: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """One run's settings. Durations are in seconds; `target` is None for the embedded reference server."""

    target: str | None = None
    token_env: str | None = None
    token_file: Path | None = None
    client_id: str | None = None
    client_secret_env: str | None = None
    token_endpoint: str = "v1"  # noqa: S105 - no password
    forbidden_token_env: str | None = None
    expired_token_env: str | None = None
    project_id: str | None = None
    cluster_id: str | None = None
    profile: Profile = Profile.STANDARD
    mode: Mode = Mode.FULL
    seed: int = 0
    budget: float = 0.0
    time_limit: float = 0.0
    concurrency: int = 64
    rate: float = 0.0
    report_dir: Path = Path("conformance-report")
    kinds: tuple[str, ...] = ("Job", "Deployment")
    deadline: float = 30.0
    settle: float = 60.0
    max_live: int = 64
    only: tuple[str, ...] = ()
    rerun: Path | None = None
    fail_fast: bool = False
    shard: Shard | None = None
    literal: bool = False
    har: bool = False
    allow_token_in_url: bool = False
    waivers: Path | None = None
    write_waivers: Path | None = None
    since: Path | None = None
    ca_bundle: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    proxy: str | None = None
    trust_env: bool = False
    implementation: ImplementationSettings = field(default_factory=ImplementationSettings)
    config: Path | None = None
    """The configuration file that was read."""
    config_place: str = "conformance.toml"
    """The same, relative to the root of its repository: by this name others know it."""
