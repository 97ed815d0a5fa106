"""`requirements`: the catalogue, as a list or as JSON; of single requirements, all that belongs to them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase

from workloads_conformance.api import JUDGED_ON_EVERY_EXCHANGE
from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import tell
from workloads_conformance.selfcheck.catalogue import load_faults
from workloads_conformance.session import suite_tests
from workloads_reports import document_text
from workloads_specs import Requirement, load_catalogue


def execute(options: argparse.Namespace) -> int:
    """Prints the requirements."""
    chosen = [found for found in _named(options.ids) if options.level in (None, found.level)]
    if options.json:
        tell(document_text([asdict(found) for found in chosen]), end="")
    elif options.ids:
        tell("\n\n".join("\n".join(_lines(found)) for found in chosen))
    else:
        for found in chosen:
            tell(f"{found.id:<17} {found.level:<8} {found.title}")
    return ExitStatus.CONFORMANT


def _named(globs: Sequence[str]) -> list[Requirement]:
    """Returns the requirements whose ids fit one of the globs; all, if there is none.

    Raises:
        UsageError: a glob fits none.
    """
    catalogue = load_catalogue()
    for glob in globs:
        if not any(fnmatchcase(identifier, glob.upper()) for identifier in catalogue):
            raise UsageError(
                f"no requirement has the id {glob!r:.100}; `workloads-conformance requirements` lists all, and "
                "'*-UPDATE-*' is short for several."
            )
    return [
        found
        for identifier, found in catalogue.items()
        if not globs or any(fnmatchcase(identifier, glob.upper()) for glob in globs)
    ]


def _lines(requirement: Requirement) -> Iterator[str]:
    """Yields what there is to know of a requirement: the clause, the tests, the faults, and how to run the tests."""
    source = requirement.source
    yield f"{requirement.id}  {requirement.level}  {requirement.title}"
    yield f"  the clause:  “{source.clause}”"
    yield f"               {source.document}, {source.location}"
    if requirement.rationale:
        yield f"  read as:     {requirement.rationale}"
    tests = [test for test in suite_tests().values() if requirement.id in test.requirements]
    for label, test in zip(("judged by:  ", *[" " * 12] * len(tests)), tests, strict=False):
        yield f"  {label} {test.name.partition('.')[2]}  ({test.file}:{test.line})"
    if requirement.id in JUDGED_ON_EVERY_EXCHANGE:
        yield "  judged on every exchange, whatever test caused it  (workloads_conformance/api/checks)"
    faults = [fault for fault in load_faults().values() if requirement.id in fault.requirements]
    for label, fault in zip(("proved by:  ", *[" " * 12] * len(faults)), faults, strict=False):
        yield f"  {label} {fault.name}: {fault.sentence}"
    if tests:
        yield f"  to run it:   workloads-conformance run --only {requirement.id} --target …"
    if faults:
        yield f"  to prove it: workloads-conformance self-check --faults {','.join(fault.name for fault in faults[:3])}"
