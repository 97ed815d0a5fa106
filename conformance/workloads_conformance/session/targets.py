"""What a session judges: a server, over the network; `rejudge` holds the other kind, the record of a run."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from workloads_conformance.api import (
    PROBE,
    TOKEN_ENDPOINTS,
    CreateLog,
    Identity,
    Inventory,
    Ledger,
    LedgerHeader,
    NoLedger,
    Safety,
    WorkloadCustody,
    ledger_key,
)
from workloads_conformance.errors import ConformanceError, TargetError, UsageError
from workloads_conformance.http import (
    Authorization,
    ClientCredentials,
    Line,
    TokenSource,
    Transport,
    Wire,
    hide_token,
    token_source,
)
from workloads_conformance.output import Redactor
from workloads_conformance.recording import Recorder, RecordingTransport
from workloads_conformance.recording.recorder import MOST
from workloads_conformance.runner import LoopThread, check_hypothesis
from workloads_conformance.settings import Mode, Profile, Settings

from .embedded import EmbeddedServer

_RECORDS = {Profile.THOROUGH: 1024 * 1024 * 1024}
"""Bytes that a record may have where it is not what others have: a thorough run goes on for as long as it is told."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class RunLedger(CreateLog, Protocol):
    """Where the creates of a run are written down."""

    def close(self, *, clean: bool) -> None:
        """Ends the ledger, and removes it if nothing is left."""
        ...


class RunLog(Protocol):
    """Where a session tells what happens beside the exchanges."""

    def begin(self, run: Mapping[str, Any]) -> None:
        """Takes down what is judged, how and with what."""
        ...

    def test(self, name: str) -> None:
        """Takes down that a test's turn has come."""
        ...

    def finding(self, requirement: str, finding: Mapping[str, Any]) -> None:
        """Takes down a finding."""
        ...

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Takes down how the run ended."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTarget:
    """A target that has been opened. `settings` are those in effect; `redactor` knows its secrets."""

    settings: Settings
    transport: Transport
    tokens: TokenSource
    identity: Identity
    custody: WorkloadCustody
    ledger: RunLedger
    log: RunLog


class Target(Protocol):
    """What a session judges.

    Attributes:
        run_id: which names carry, and which tells this run from all others.
        started: when the run began.
        live: false if nothing may be changed by judging, on the target or on disk.
        embedded: true if it is the reference server that the suite brings up for a run, and not a product.
    """

    run_id: str
    started: datetime
    live: bool
    embedded: bool

    def open(self, loop: LoopThread, redactor: Redactor, resources: contextlib.ExitStack) -> OpenTarget:
        """Opens the target; what has to be closed is left with `resources`.

        Raises:
            UsageError, TargetError: it cannot be judged.
        """
        ...

    def finished(self) -> datetime:
        """When the run ended, if it is over now."""
        ...

    def close(self) -> None:
        """Ends what began with the object."""
        ...


class LiveTarget:
    """The server that the settings name, or the embedded one, which begins to start at once."""

    live = True

    def __init__(self, settings: Settings, environ: Mapping[str, str], *, lasting: str | None = None) -> None:
        """Begins with the target.

        Args:
            settings: where and how it is reached.
            environ: the environment, which holds the tokens.
            lasting: the URL at which it will still be reached after the run, if it is another one.
        """
        self._lasting = lasting
        self.run_id = "".join(secrets.choice(_ALPHABET) for _ in range(6))
        self.started = datetime.now(UTC)
        self._given, self._environ = settings, environ
        self.embedded = settings.target is None
        self._server = EmbeddedServer() if self.embedded else None

    def open(self, loop: LoopThread, redactor: Redactor, resources: contextlib.ExitStack) -> OpenTarget:
        """Connects, gets the token, and begins the files that a killed run leaves."""
        check_hypothesis()  # a record holds its cases, and needs none drawn
        recorder = Recorder(self._given.report_dir, redactor, _RECORDS.get(self._given.profile, MOST))
        resources.callback(recorder.close)
        settings = self._server.settings(self._given) if self._server else self._given
        if password := urlsplit(settings.proxy or "").password:
            redactor.add(unquote(password), "PROXY_PASSWORD")
        assert settings.target
        ledger, inventory = self._accounts(settings)
        safety = Safety(settings.mode, settings.target, inventory)
        try:
            wire = loop.run(_connect(settings, safety))
            resources.callback(_disconnect, loop, wire)
            tokens, identity = loop.run(self._credentials(settings, wire, redactor))
        except ConformanceError:
            ledger.close(clean=True)  # nothing was created, and a sweep has nothing to look for
            raise
        line = Line(wire, tokens, PROBE, settings.settle)
        transport = RecordingTransport(line, redactor, recorder)
        return OpenTarget(
            settings=settings,
            transport=transport,
            tokens=tokens,
            identity=identity,
            custody=WorkloadCustody(safety, inventory),
            ledger=ledger,
            log=recorder,
        )

    def _accounts(self, settings: Settings) -> tuple[RunLedger, Inventory]:
        """Returns the ledger, which a run on the embedded server does without, and the inventory that writes it."""
        prefix = f"wlc-{self.run_id}-"
        ledger: RunLedger = NoLedger()
        if self._server is None and settings.mode is not Mode.READ_ONLY:
            assert settings.target
            assert settings.project_id
            header = LedgerHeader(prefix, self._lasting or settings.target, settings.project_id)
            ledger = Ledger(settings.report_dir, header, ledger_key(os.environ))
        return ledger, Inventory(prefix, ledger)

    def finished(self) -> datetime:
        """Now."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Stops the embedded server."""
        if self._server is not None:
            self._server.close()

    async def _credentials(self, settings: Settings, wire: Wire, redactor: Redactor) -> tuple[TokenSource, Identity]:
        if self._server is None:
            tokens = token_source(settings, self._environ, wire, redactor, TOKEN_ENDPOINTS[settings.token_endpoint])
            own = await tokens.token()
            assert settings.project_id
            for key, what in _OTHERS.items():
                name = getattr(settings, key.replace("-", "_"))
                if name and self._environ[name].strip() == own:
                    raise UsageError(f"{key} names {name}, which holds the access token itself; give {what}.")
            return tokens, Identity(
                project_id=settings.project_id,
                cluster_id=settings.cluster_id,
                forbidden=self._named_token(settings.forbidden_token_env, redactor),
                expired=self._named_token(settings.expired_token_env, redactor),
            )
        access = self._server.access
        tokens = ClientCredentials(
            wire, redactor, access.client, TOKEN_ENDPOINTS[settings.token_endpoint], patience=settings.settle
        )
        await tokens.token()
        return tokens, Identity(
            project_id=access.project_id,
            cluster_id=access.cluster_id,
            forbidden=_authorization(access.forbidden_token, "FORBIDDEN_TOKEN", redactor),
            expired=_authorization(access.expired_token, "EXPIRED_TOKEN", redactor),
        )

    def _named_token(self, name: str | None, redactor: Redactor) -> Authorization | None:
        return _authorization(self._environ[name].strip(), name, redactor) if name else None


_OTHERS = {
    "forbidden-token-env": "the token of a user who lacks the rights",
    "expired-token-env": "one that has run out",
}
"""The options for other tokens than the run's own, and what each takes."""


async def _connect(settings: Settings, safety: Safety) -> Wire:
    assert settings.target
    return Wire(settings, settings.target, safety.check_url)


def _disconnect(loop: LoopThread, wire: Wire) -> None:
    with contextlib.suppress(TargetError):  # nothing goes on any more that could end the connections
        loop.run(wire.__aexit__())


def _authorization(token: str, name: str, redactor: Redactor) -> Authorization:
    hide_token(redactor, token, name)
    return Authorization(f"Bearer {token}", f"Bearer ${name}")
