"""The embedded reference server: a process of its own, started for one run and stopped with it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, replace
from functools import cached_property

from workloads_conformance.errors import TargetError
from workloads_conformance.processes import bare_environment, reference_command
from workloads_conformance.settings import Settings

_START_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedAccess:
    """How the embedded server is reached, as it said when it was ready."""

    url: str
    project_id: str
    cluster_id: str
    client: tuple[str, str]
    forbidden_token: str
    expired_token: str


class EmbeddedServer:
    """The reference server on a free port, which ends with `close`, or with this process however that ends.

    It starts when the object is made, and `access` waits until it is ready: other work can be done in between.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            reference_command("--port", "0", "--exit-with-parent"),
            env=bare_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    @cached_property
    def access(self) -> EmbeddedAccess:
        """How the server is reached.

        Raises:
            TargetError: it did not start.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(_START_SECONDS)
            raise TargetError(f"the embedded server did not start (exit status {self._process.returncode}).")
        said = json.loads(line)
        return EmbeddedAccess(
            url=said["url"],
            project_id=said["projectId"],
            cluster_id=said["clusterId"],
            client=(said["clientId"], said["clientSecret"]),
            forbidden_token=said["forbiddenToken"],
            expired_token=said["expiredToken"],
        )

    def close(self) -> None:
        """Ends the server at once: it holds nothing that is worth keeping."""
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
            # It has one processor and no latency to hide: more connections only cost time.
            concurrency=min(settings.concurrency, 3),
        )
