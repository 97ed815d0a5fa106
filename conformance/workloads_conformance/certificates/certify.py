"""Certifies the directory of a run: judges it again, and signs what it shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.recording import HAR_NAME, RECORD_NAME, write_har
from workloads_conformance.settings import Settings
from workloads_reports import Implementation, ReportError, write_all, write_text

from .digests import file_digest
from .eligibility import shortcomings, unnamed
from .errors import CertificateError
from .evidence import judge_again
from .keys import Signer
from .page import PAGE_NAME, page
from .statement import CERTIFICATE_NAME, predicate, sign, statement


def prepare(settings: Settings) -> None:
    """Makes sure, before a long run, that nothing but the target's behaviour can keep it from being certified.

    Raises:
        UsageError: the settings do not say whose product is tested.
    """
    if missing := unnamed(Implementation(**asdict(settings.implementation))):
        raise UsageError(
            f"a certificate names whose product was tested, and {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing; give them in the table [implementation] of the "
            "configuration file."
        )


def certify(directory: Path, signer: Signer, *, days: int) -> Path:
    """Judges the run in a directory again, signs what it shows, and returns the certificate's path.

    The report's files are rendered once more, from the report that judging again gave; they, the record, the bodies
    and the page are what the certificate speaks of.

    Args:
        directory: of a complete run.
        signer: with the certifier's key.
        days: for which the certificate is valid.

    Raises:
        CertificateError: the run does not show what a certificate says; the text says what is missing.
        UsageError: there is no run in the directory, its record is damaged, or the directory cannot be written.
    """
    evidence = judge_again(directory)
    problems = [*evidence.problems, *shortcomings(evidence.report)]
    if problems:
        raise CertificateError(f"{directory} cannot be certified:" + "".join(f"\n  - {one}" for one in problems))
    issued = datetime.now(UTC)
    said = predicate(evidence.report, evidence.record, issued=issued, until=issued + timedelta(days=days))
    try:
        paths = [*write_all(evidence.report, directory), directory / RECORD_NAME]
        paths += sorted((directory / "bodies").glob("*.bin"))
        if (directory / HAR_NAME).exists():
            paths.append(write_har(evidence.record, directory / HAR_NAME))
        paths.append(write_text(directory / PAGE_NAME, page(said, evidence.report, signer.public_key.keyid)))
        digests = {path.relative_to(directory).as_posix(): file_digest(path) for path in paths}
        return write_text(directory / CERTIFICATE_NAME, sign(statement(digests, said), signer))
    except (OSError, ReportError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"the certificate cannot be written to {str(directory)!r}: {told}") from None
