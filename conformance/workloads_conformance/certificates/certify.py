"""Certifies the directory of a run: judges it again, and signs what it shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.recording import HAR_NAME, RECORD_NAME, RunRecord, write_har
from workloads_conformance.settings import Settings
from workloads_reports import GivenError, Implementation, ReportError, write_all, write_text

from .digests import FileDigest, file_digest
from .eligibility import unfit, unnamed
from .errors import CertificateError
from .evidence import judge_again, read_run
from .keys import Signer
from .libraries import install_line, other_libraries
from .page import PAGE_NAME, page
from .statement import CERTIFICATE_NAME, predicate, sign, statement


def prepare(settings: Settings) -> None:
    """Makes sure, before a long run, that nothing but the target's behaviour can keep it from being certified.

    Raises:
        UsageError: the settings do not say whose product is tested, name no server, or could hide a violation.
    """
    if missing := unnamed(Implementation(**asdict(settings.implementation))):
        raise UsageError(
            f"a certificate names whose product was tested, and {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing; give them in the table [implementation] of the "
            "configuration file."
        )
    if settings.target is None:
        raise UsageError("target is missing; the embedded server is not a product, and is never certified.")
    if problems := unfit(settings):
        raise UsageError(f"a run with these settings cannot be certified: {problems[0]}")


def certify(directory: Path, signer: Signer, *, days: int, certifier: str = "") -> Path:
    """Judges the run in a directory again, signs what it shows, and returns the certificate's path.

    The report's files are rendered once more, from the report that judging again gave; they, the record, the bodies
    and the page are what the certificate speaks of.

    Args:
        directory: of a complete run.
        signer: with the certifier's key.
        days: for which the certificate is valid.
        certifier: who certifies, as people call them; empty if the key has to say it.

    Raises:
        CertificateError: the run does not show what a certificate says; the text says what is missing.
        UsageError: there is no run in the directory, its record is damaged, of the embedded server or of other
            libraries, or the directory cannot be written.
    """
    record = read_run(directory)
    _check_origin(directory, record)
    evidence = judge_again(directory, record)
    if problems := [*evidence.problems, *evidence.shortcomings]:
        raise CertificateError(f"{directory} cannot be certified:" + "".join(f"\n  - {one}" for one in problems))
    issued = datetime.now(UTC)
    said = predicate(evidence, certifier=certifier, issued=issued, until=issued + timedelta(days=days))
    try:
        paths = [*write_all(evidence.report, directory), directory / RECORD_NAME]
        paths += sorted((directory / "bodies").glob("*.bin"))
        if (directory / HAR_NAME).exists():
            paths.append(write_har(evidence.record, directory / HAR_NAME))
        paths.append(write_text(directory / PAGE_NAME, page(said, evidence.report, signer.public_key.keyid)))
        files: dict[str, FileDigest] = {path.relative_to(directory).as_posix(): file_digest(path) for path in paths}
        return write_text(directory / CERTIFICATE_NAME, sign(statement(files, said), signer))
    except (OSError, ReportError, GivenError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"the certificate cannot be written to {str(directory)!r}: {told}") from None


def _check_origin(directory: Path, record: RunRecord) -> None:
    """Refuses a run that no certificate can be made of, whatever it shows."""
    if record.run["embedded"]:
        raise UsageError(
            f"{directory} holds a run of the embedded server, which is not a product; give a run with --target."
        )
    made = record.run["versions"]
    if others := other_libraries(made):
        raise UsageError(
            f"libraries differ: {directory} holds a run made with {', '.join(others)}, and whether it drew the cases "
            "that its seed draws can only be told with those; certify it where this was done: "
            f"{install_line(record.run['suite']['version'], made)}"
        )
