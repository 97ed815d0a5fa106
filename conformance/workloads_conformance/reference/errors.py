"""Refusals, each with the contract's Error object."""

from __future__ import annotations


class RefusalError(Exception):
    """A request is refused: status, message in the style of the vendor's examples, and what exactly is wrong."""

    def __init__(self, status: int, message: str, details: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details
        self.headers = headers or {}

    def body(self) -> dict[str, object]:
        """Returns the Error object."""
        error: dict[str, object] = {"code": self.status, "message": self.message}
        return error | ({"details": self.details} if self.details else {})


def bad_request(details: str) -> RefusalError:
    """400: something in the request is wrong; `details` names the member."""
    return RefusalError(400, "Request validation failed", details)


def unauthorized(reason: str | None) -> RefusalError:
    """401 with the challenge of RFC 6750, section 3: no error code where no token was given."""
    challenge = 'Bearer realm="workloads"'
    if reason is None:
        return RefusalError(401, "Authorization is required", headers={"WWW-Authenticate": challenge})
    challenge += f', error="invalid_token", error_description="{reason}"'
    return RefusalError(401, "Issuer is not familiar.", reason, {"WWW-Authenticate": challenge})


def forbidden() -> RefusalError:
    """403: the role has no rights."""
    return RefusalError(403, "You do not have sufficient permissions.")


def not_found() -> RefusalError:
    """404: no such workload."""
    return RefusalError(404, "Resource id not found.")


def conflict(name: str) -> RefusalError:
    """409: the name is in use in the project."""
    return RefusalError(409, "Resource with this name already exists", f"metadata.name: {name!r} is in use")
