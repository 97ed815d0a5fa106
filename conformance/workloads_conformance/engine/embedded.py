"""The embedded reference server: a process of its own, started for one run and stopped with it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from workloads_conformance.errors import TargetError
from workloads_conformance.settings import Settings

_START_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """How the embedded server is reached, as it said when it was ready."""

    url: str
    project_id: str
    cluster_id: str
    client: tuple[str, str]
    forbidden_client: tuple[str, str]
    expired_token: str


class EmbeddedServer:
    """Starts the reference server on a free port; it ends with the block, or with this process however that ends."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "workloads_conformance.reference", "--port", "0", "--exit-with-parent"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(_START_SECONDS)
            raise TargetError(f"the embedded server did not start (exit status {self._process.returncode}).")
        said = json.loads(line)
        self.access = Access(
            url=said["url"],
            project_id=said["projectId"],
            cluster_id=said["clusterId"],
            client=(said["clientId"], said["clientSecret"]),
            forbidden_client=(said["forbiddenClientId"], said["forbiddenClientSecret"]),
            expired_token=said["expiredToken"],
        )
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def settings(self, settings: Settings) -> Settings:
        """Returns the settings with this server as the target, and patience that fits it."""
        return replace(
            settings,
            target=self.access.url,
            project_id=self.access.project_id,
            cluster_id=self.access.cluster_id,
            settle=min(settings.settle, 5.0),
            deadline=min(settings.deadline, 10.0),
        )
