"""The error of this package."""

from __future__ import annotations

from workloads_conformance.errors import ConformanceError, ExitStatus


class CertificateError(ConformanceError):
    """A run cannot be certified, or a certificate does not verify; the text says why, a line for each reason."""

    exit_status = ExitStatus.NONCONFORMANT
