"""Which options of `run` other commands take, too."""

from __future__ import annotations

from typing import Final

_CREDENTIALS: Final = ("target", "token-env", "token-file", "client-id", "client-secret-env", "token-endpoint")
_OTHER_TOKENS: Final = ("forbidden-token-env", "expired-token-env")
_PLACE: Final = ("project-id", "cluster-id")
_CONNECTION: Final = ("ca-bundle", "client-cert", "client-key", "proxy", "trust-env")
_WAITING: Final = ("deadline", "settle")

BY_INIT: Final = (
    *_CREDENTIALS, *_OTHER_TOKENS, *_PLACE, "profile", "mode", "kinds", *_WAITING, *_CONNECTION,
)  # fmt: skip
BY_SELF_CHECK: Final = (
    *_CREDENTIALS, *_OTHER_TOKENS, *_PLACE, "mode", "kinds", *_WAITING, "concurrency", "max-live", *_CONNECTION,
    "time-limit",
)  # fmt: skip
BY_SWEEP: Final = (*_CREDENTIALS, "report-dir", *_WAITING, *_CONNECTION, "concurrency")
"""Those that say what the target is, how it is reached, and how long to wait; `sweep` lets the others pass."""
